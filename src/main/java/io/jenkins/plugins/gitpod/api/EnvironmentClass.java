package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;

/**
 * A kind of machine that environments run on.
 *
 * @param id the class's id
 * @param displayName its name for people
 * @param description what it offers
 * @param enabled whether new environments may use it
 */
public record EnvironmentClass(
        @NonNull String id,
        @Nullable String displayName,
        @Nullable String description,
        boolean enabled) {}
