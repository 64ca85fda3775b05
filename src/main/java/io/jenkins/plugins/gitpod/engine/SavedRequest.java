package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * What must survive a crash of one open request. The {@link RequestStore} saves it, and the engine continues from it.
 *
 * @param request the request itself
 * @param stage {@link Stage#CREATING}, {@link Stage#LOOKING_UP} or {@link Stage#WATCHING}
 * @param intentTime when the create was intended, by this machine's clock
 * @param prebuildId the prebuild's id once known
 * @param detached whether no build waits for it, from the beginning or by now
 * @param cancelReason why it is being cancelled, or null
 * @param observed how long the prebuild has been watched so far
 * @param attempts the creates that may have made a prebuild and are not accounted for, the oldest first
 * @param surplusOf for a surplus request, the request whose create may have made a prebuild that is not wanted, which this
 *     one looks for and cancels; else null
 * @param builtFrom the commit that the prebuild is built from, or null while that is not known
 * @param poolSnapshot the snapshot of the warm pool before the end of the prebuild; empty if it had none, null while that is not known
 */
public record SavedRequest(
        @NonNull PrebuildRequest request,
        @NonNull Stage stage,
        @NonNull Instant intentTime,
        @Nullable String prebuildId,
        boolean detached,
        @Nullable CancelReason cancelReason,
        @NonNull Duration observed,
        @NonNull List<CreateAttempt> attempts,
        @Nullable UUID surplusOf,
        @Nullable EnvironmentGit builtFrom,
        @Nullable String poolSnapshot) {

    public SavedRequest {
        attempts = List.copyOf(attempts);
    }

    /** Without a list of creates: one was to be sent at the time of the intent, unless the prebuild is known. */
    public SavedRequest(
            @NonNull PrebuildRequest request,
            @NonNull Stage stage,
            @NonNull Instant intentTime,
            @Nullable String prebuildId,
            boolean detached,
            @Nullable CancelReason cancelReason,
            @NonNull Duration observed) {
        this(
                request,
                stage,
                intentTime,
                prebuildId,
                detached,
                cancelReason,
                observed,
                prebuildId == null ? List.of(new CreateAttempt(1, intentTime, null)) : List.of(),
                null,
                null,
                null);
    }

    /** The same with these creates, on behalf of that request. */
    @NonNull
    public SavedRequest with(@NonNull List<CreateAttempt> creates, @Nullable UUID surplus) {
        return new SavedRequest(
                request,
                stage,
                intentTime,
                prebuildId,
                detached,
                cancelReason,
                observed,
                creates,
                surplus,
                builtFrom,
                poolSnapshot);
    }

    /** How often the observed time is saved. After a crash, a limit of time is reached later by up to this. */
    static final Duration OBSERVED_EVERY = Duration.ofMinutes(10);

    /** The same with the commit that the prebuild is built from. */
    @NonNull
    public SavedRequest withBuiltFrom(@Nullable EnvironmentGit git) {
        return known(git, poolSnapshot);
    }

    /** The same with the snapshot of the warm pool before the end of the prebuild. */
    @NonNull
    public SavedRequest withPoolSnapshot(@Nullable String snapshotId) {
        return known(builtFrom, snapshotId);
    }

    private SavedRequest known(@Nullable EnvironmentGit git, @Nullable String snapshotId) {
        return new SavedRequest(
                request,
                stage,
                intentTime,
                prebuildId,
                detached,
                cancelReason,
                observed,
                attempts,
                surplusOf,
                git,
                snapshotId);
    }

    /** Whether this state, restored after a crash, would do as well as a later one of the same request. */
    boolean survivesAs(@NonNull SavedRequest later) {
        return stage == later.stage
                && intentTime.equals(later.intentTime)
                && Objects.equals(prebuildId, later.prebuildId)
                && detached == later.detached
                && cancelReason == later.cancelReason
                && Objects.equals(builtFrom, later.builtFrom)
                && Objects.equals(poolSnapshot, later.poolSnapshot)
                && attempts.equals(later.attempts)
                && later.observed.minus(observed).compareTo(OBSERVED_EVERY) < 0;
    }

    /**
     * One create of a request that may have reached Gitpod. Saved just before it is sent.
     *
     * @param number the number within its request, from 1
     * @param intentTime when it was intended, by this machine's clock
     * @param serverTime Gitpod's time at that moment, or a little earlier; null if it was not known
     */
    public record CreateAttempt(
            int number,
            @NonNull Instant intentTime,
            @Nullable Instant serverTime) {}
}
