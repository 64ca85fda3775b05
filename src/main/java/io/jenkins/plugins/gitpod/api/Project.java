package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.List;

/**
 * A project: a repository and how environments of it are made.
 *
 * @param id the project's id
 * @param name its name for people
 * @param remoteUri the repository, of the first Git initializer
 * @param cloneTarget what that initializer checks out, usually a branch; a prebuild builds this and nothing else
 * @param environmentClassIds the classes environments may use, the default first
 * @param prebuildConfiguration how prebuilds are set up
 */
public record Project(
        @NonNull String id,
        @Nullable String name,
        @Nullable String remoteUri,
        @Nullable String cloneTarget,
        @NonNull List<String> environmentClassIds,
        @NonNull PrebuildConfiguration prebuildConfiguration) {

    /** Copies the list. */
    public Project {
        environmentClassIds = List.copyOf(environmentClassIds);
    }

    /**
     * How prebuilds of a project are set up.
     *
     * @param enabled whether they are; false also when they were never configured
     * @param environmentClassIds the classes that get a prebuild
     */
    public record PrebuildConfiguration(
            boolean enabled, @NonNull List<String> environmentClassIds) {

        /** Copies the list. */
        public PrebuildConfiguration {
            environmentClassIds = List.copyOf(environmentClassIds);
        }
    }
}
