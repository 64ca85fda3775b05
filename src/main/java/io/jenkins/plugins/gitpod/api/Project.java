package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.List;

/**
 * A project: a repository and how its environments are created.
 *
 * @param id the project's id
 * @param name its name for people
 * @param remoteUri the repository's URL as the project has it, of the first Git initializer, or else what the first
 *     context URL is of
 * @param target what is checked out of it; a prebuild is always created from this
 * @param environmentClassIds the classes environments may use, the default first. Lists of projects do not fill it:
 *     {@link GitpodClient#getProject} does
 * @param prebuildConfiguration how prebuilds are set up
 * @param isDeleted whether the project is to be deleted; it may still be listed for a while
 * @param files where the repository has the files that environments are made from
 */
public record Project(
        @NonNull String id,
        @Nullable String name,
        @Nullable String remoteUri,
        @NonNull ProjectTarget target,
        @NonNull List<String> environmentClassIds,
        @NonNull PrebuildConfiguration prebuildConfiguration,
        boolean isDeleted,
        @NonNull Files files) {

    /** Copies the list. */
    public Project {
        environmentClassIds = List.copyOf(environmentClassIds);
    }

    /** A project that does not say where its files are. */
    public Project(
            @NonNull String id,
            @Nullable String name,
            @Nullable String remoteUri,
            @NonNull ProjectTarget target,
            @NonNull List<String> environmentClassIds,
            @NonNull PrebuildConfiguration prebuildConfiguration,
            boolean isDeleted) {
        this(id, name, remoteUri, target, environmentClassIds, prebuildConfiguration, isDeleted, new Files(null, null));
    }

    /**
     * Where the repository has the files that environments are made from.
     *
     * @param devcontainer the path of the devcontainer file, relative to the root of the repository; null if the project
     *     does not say
     * @param automations the same of the automations file
     */
    public record Files(
            @Nullable String devcontainer, @Nullable String automations) {}

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
