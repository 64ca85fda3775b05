package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Instant;
import java.util.UUID;

/** A request that is open. All methods return at once and may be called by any thread. */
public interface PrebuildHandle {

    @NonNull
    UUID requestId();

    /** The present state. */
    @NonNull
    View view();

    /**
     * The waiting build leaves early: cancels the prebuild if the request says so. The observer is still told the outcome.
     */
    void leave(@NonNull CancelReason reason);

    /** Cancels the prebuild, whether or not a build waits for it. */
    void cancel();

    /** Whether a create has been sent and is not answered. */
    boolean isCreateOut();

    /**
     * The state of an open request at a recent moment.
     *
     * @param snapshotPercentage the progress of the snapshot, 0 to 100
     */
    record View(
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
}
