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
 * What must survive a crash of one open request. The {@link RequestStore} keeps it; the engine goes on from it.
 *
 * @param request what was asked
 * @param stage {@link Stage#CREATING}, {@link Stage#LOOKING_UP} or {@link Stage#WATCHING}
 * @param intentTime when the create was intended, by this machine's clock
 * @param prebuildId the prebuild's id once known
 * @param detached whether nobody waits for it any longer (it may have become so)
 * @param cancelReason why it is to be cancelled, or null
 * @param observed how long the prebuild has been watched so far
 * @param attempts the creates that may have made a prebuild and are not accounted for, the oldest first
 * @param surplusOf the request whose create may have made a prebuild too many, for which this one looks to cancel it; null
 *     for what somebody asked for
 * @param builtFrom the commit that the prebuild is built from, or null while that is not known
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
        @Nullable EnvironmentGit builtFrom) {

    public SavedRequest {
        attempts = List.copyOf(attempts);
    }

    /** Without a list of creates: one was meant to be sent at the time of the intent, unless the prebuild is known. */
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
                null);
    }

    /** The same with these creates, on behalf of that request. */
    @NonNull
    public SavedRequest with(@NonNull List<CreateAttempt> creates, @Nullable UUID surplus) {
        return new SavedRequest(
                request, stage, intentTime, prebuildId, detached, cancelReason, observed, creates, surplus, builtFrom);
    }

    /** The time of watching need not be exact: a limit that is counted in it is reached so much later after a crash. */
    static final Duration OBSERVED_EVERY = Duration.ofMinutes(10);

    /** The same once it is known which commit the prebuild is built from. */
    @NonNull
    public SavedRequest withBuiltFrom(@Nullable EnvironmentGit git) {
        return new SavedRequest(
                request, stage, intentTime, prebuildId, detached, cancelReason, observed, attempts, surplusOf, git);
    }

    /** Whether after a crash this would do as well as a later state of the same request. */
    boolean survivesAs(@NonNull SavedRequest later) {
        return stage == later.stage
                && intentTime.equals(later.intentTime)
                && Objects.equals(prebuildId, later.prebuildId)
                && detached == later.detached
                && cancelReason == later.cancelReason
                && Objects.equals(builtFrom, later.builtFrom)
                && attempts.equals(later.attempts)
                && later.observed.minus(observed).compareTo(OBSERVED_EVERY) < 0;
    }
}
