package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;

/**
 * Environments that Gitpod keeps running for a project and an environment class, made from the snapshot of a prebuild.
 *
 * @param id the pool's id
 * @param projectId the project's id
 * @param environmentClassId the environment class's id
 * @param snapshotId the snapshot that its instances are made from; how it relates to the id of a prebuild is not documented
 * @param minSize how many instances it should have at least; 0 if absent
 * @param phase how it stands
 * @param failureMessage what is wrong, as Gitpod worded it
 * @param runningInstances how many instances are running
 */
public record WarmPool(
        @NonNull String id,
        @Nullable String projectId,
        @Nullable String environmentClassId,
        @Nullable String snapshotId,
        int minSize,
        @NonNull WarmPoolPhase phase,
        @Nullable String failureMessage,
        int runningInstances) {

    /** Whether it serves as many instances as it should. */
    public boolean isServing() {
        return phase == WarmPoolPhase.READY && runningInstances >= minSize;
    }
}
