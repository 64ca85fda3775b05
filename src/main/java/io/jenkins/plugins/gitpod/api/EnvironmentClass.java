package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;

/**
 * A kind of machine that environments run on.
 *
 * @param id the class's id
 * @param displayName the name for people
 * @param description a description for people
 * @param enabled whether new environments may use it
 */
public record EnvironmentClass(
        @NonNull String id,
        @Nullable String displayName,
        @Nullable String description,
        boolean enabled) {}
