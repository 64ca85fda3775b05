package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;

/**
 * A prebuild as Gitpod described it in one answer.
 *
 * @param id the prebuild's id
 * @param metadata who and what for
 * @param spec what was asked for
 * @param status how it stands
 */
public record Prebuild(
        @NonNull String id,
        @NonNull Metadata metadata,
        @NonNull Spec spec,
        @NonNull Status status) {

    /**
     * Who made a prebuild, when, and what for.
     *
     * @param projectId the project's id
     * @param environmentClassId the environment class's id
     * @param creatorId the id of the subject that asked for it
     * @param createdAt when it was made
     * @param triggeredBy what made it
     */
    public record Metadata(
            @Nullable String projectId,
            @Nullable String environmentClassId,
            @Nullable String creatorId,
            @Nullable Instant createdAt,
            @NonNull Trigger triggeredBy) {}

    /**
     * What was asked for.
     *
     * @param desiredPhase where it is heading; CANCELLED once a cancel was accepted
     * @param timeout how long it may run, null for the server's default
     */
    public record Spec(
            @NonNull PrebuildPhase desiredPhase, @Nullable Duration timeout) {}

    /**
     * How it stands.
     *
     * @param phase the phase
     * @param rawPhase the phase's name in the answer, also when it is not known here; empty if absent
     * @param completionTime when it ended
     * @param environmentId the environment it runs in
     * @param failureMessage why it failed, as Gitpod worded it
     * @param warningMessage what went wrong without failing it, as Gitpod worded it
     * @param logUrl where its log is; usually not on the API's host
     * @param snapshotCompletionPercentage 0 to 100, only while snapshotting, and it may stay 0
     * @param snapshotSizeBytes the snapshot's size once completed, else 0
     * @param statusVersion changes whenever the status does
     */
    public record Status(
            @NonNull PrebuildPhase phase,
            @NonNull String rawPhase,
            @Nullable Instant completionTime,
            @Nullable String environmentId,
            @Nullable String failureMessage,
            @Nullable String warningMessage,
            @Nullable String logUrl,
            int snapshotCompletionPercentage,
            long snapshotSizeBytes,
            @Nullable String statusVersion) {}
}
