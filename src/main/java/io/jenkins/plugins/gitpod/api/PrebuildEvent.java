package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * A hint that something happened to a prebuild. It says neither what nor how the prebuild stands now: that has to be read.
 *
 * @param prebuildId the prebuild
 * @param creation whether it was just created, which its creator knows already
 */
public record PrebuildEvent(@NonNull String prebuildId, boolean creation) {}
