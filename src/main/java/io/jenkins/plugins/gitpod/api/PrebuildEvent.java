package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * Says that something happened to a prebuild, but not what: the prebuild has to be read.
 *
 * @param prebuildId the prebuild
 * @param creation whether it was just created, which its creator knows already
 */
public record PrebuildEvent(@NonNull String prebuildId, boolean creation) {}
