package io.jenkins.plugins.gitpod.engine;

import java.net.URI;

/**
 * What makes two requests share a watcher: the same API and the same secret, never the credential's id, for two
 * credentials may hold one token and one credential may be rotated. Requests from before a change of limits keep those
 * they began with.
 *
 * @param fingerprint of the token, in memory only
 */
record SessionKey(String connection, URI apiUrl, String fingerprint, SessionLimits limits) {}
