package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Instant;

/**
 * The state of an open request at a recent moment.
 *
 * @param snapshotPercentage the progress of the snapshot, 0 to 100
 */
public record RequestView(
        @NonNull PrebuildRequest request,
        @NonNull Stage stage,
        @Nullable Instant intentTime,
        @Nullable String prebuildId,
        @NonNull PrebuildPhase phase,
        int snapshotPercentage,
        boolean detached,
        @Nullable CancelReason cancelReason,
        @Nullable EnvironmentGit builtFrom,
        @Nullable GitpodException lastFailure) {}
