package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;

/**
 * A configured connection to Gitpod, without its secret.
 *
 * @param name as configured
 * @param endpoint the URL of the API
 * @param sharedAccount whether other automation uses the token's account: then the engine never takes a prebuild with no
 *     known request for its own
 */
public record Connection(@NonNull String name, @NonNull GitpodEndpoint endpoint, boolean sharedAccount) {}
