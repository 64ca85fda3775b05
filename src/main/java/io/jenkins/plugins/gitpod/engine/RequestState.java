package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What the phases of one {@link PrebuildMachine} share: the state of the request, what of it is saved, and how it ends.
 * Not thread-safe; the machine and its phases use it one event at a time.
 */
final class RequestState {

    /** The longest wait between two tries of the same call, whatever the server asks for. */
    static final Duration MAX_WAIT = Duration.ofMinutes(5);

    static final Duration MIN_WAIT = Duration.ofSeconds(1);

    /** After so many failures in a row, a suspect answer (an HTML page, an internal error) is believed. */
    private static final int MAX_UNEXPECTED_FAILURES = 5;

    private static final Logger LOGGER = Logger.getLogger(RequestState.class.getName());

    final PrebuildRequest request;
    final EngineSettings settings;
    final MachineActions actions;
    final GitpodCalls calls;
    final UpdateFilter updates;
    final TimeLimits limits;
    final BuiltCommit builtCommit;
    final CreateAttempts attempts;
    final MissingPrebuild missing;

    /** The request whose surplus prebuild this one looks for, or null if a caller asked for this one. */
    @CheckForNull
    final UUID surplusOf;

    Stage stage = Stage.NEW;
    boolean detached;

    /** Whether the waiting build left without a cancel before the prebuild's id was known. */
    boolean ownerLeft;

    @CheckForNull
    Instant intentTime;

    @CheckForNull
    String prebuildId;

    @CheckForNull
    CancelReason cancelReason;

    /** The snapshot of the warm pool before the end of the prebuild: empty if it had none, null while that is not known. */
    @CheckForNull
    String poolSnapshot;

    /** The phase that was read last. */
    PrebuildPhase phase = PrebuildPhase.UNKNOWN;

    /** The progress of the snapshot. It never goes back. */
    int snapshotPercentage;

    private boolean concluded;
    private Duration savedObserved = Duration.ZERO;

    /** The state of a request that a caller has just made. */
    RequestState(PrebuildRequest request, EngineSettings settings, MachineActions actions, GitpodCalls calls) {
        this(request, settings, actions, calls, Duration.ZERO, List.of(), null);
    }

    /** The state that was saved before a restart. Creates that were sent have to be looked up. */
    RequestState(SavedRequest saved, EngineSettings settings, MachineActions actions, GitpodCalls calls) {
        this(saved.request(), settings, actions, calls, saved.observed(), saved.attempts(), saved.surplusOf());
        if (saved.prebuildId() != null) {
            stage = Stage.WATCHING;
        } else if (saved.surplusOf() != null || !saved.attempts().isEmpty()) {
            stage = Stage.LOOKING_UP;
        }
        intentTime = saved.intentTime();
        prebuildId = saved.prebuildId();
        detached = saved.detached();
        cancelReason = saved.cancelReason();
        builtCommit.restore(saved.builtFrom());
        poolSnapshot = saved.poolSnapshot();
        savedObserved = saved.observed();
        if (surplusOf != null) {
            // No observer waits for its outcome.
            concluded = true;
            updates.end();
        }
    }

    private RequestState(
            PrebuildRequest request,
            EngineSettings settings,
            MachineActions actions,
            GitpodCalls calls,
            Duration observed,
            List<CreateAttempt> attempts,
            @Nullable UUID surplusOf) {
        this.request = request;
        this.settings = settings;
        this.actions = actions;
        this.calls = calls;
        this.updates = new UpdateFilter(actions);
        this.limits = new TimeLimits(request, settings, observed);
        this.builtCommit = new BuiltCommit(calls);
        this.attempts = new CreateAttempts(attempts);
        this.missing = new MissingPrebuild(settings);
        this.surplusOf = surplusOf;
    }

    /** What has to survive a crash. */
    SavedRequest saved() {
        return new SavedRequest(
                request,
                stage,
                intentTime == null ? actions.now() : intentTime,
                prebuildId,
                detached,
                cancelReason,
                limits.observed(),
                attempts.open(),
                surplusOf,
                builtCommit.known(),
                poolSnapshot);
    }

    /** @param lastFailure the failure of the latest call, or null if it succeeded */
    PrebuildHandle.View view(@Nullable GitpodException lastFailure) {
        return new PrebuildHandle.View(
                request,
                stage,
                intentTime,
                prebuildId,
                phase,
                snapshotPercentage,
                detached,
                cancelReason,
                builtCommit.known(),
                lastFailure);
    }

    /** The id of the prebuild, in stages in which it is known. */
    String requirePrebuildId() {
        return Objects.requireNonNull(prebuildId, "prebuildId");
    }

    /** Whether the outcome was reported. */
    boolean isConcluded() {
        return concluded;
    }

    /** Whether surely no prebuild was made for this request. */
    boolean isNothingMade() {
        return stage == Stage.NEW || stage == Stage.CREATING;
    }

    /** Whether the prebuild is to be cancelled, or will be once it can no longer be watched. */
    boolean wantsCancel() {
        return cancelReason != null || (request.cancelOnAbort() && !detached);
    }

    /** From now on the prebuild is to be cancelled. The first reason stays. */
    void decideCancel(CancelReason reason) {
        if (cancelReason == null) {
            cancelReason = reason;
            saveOrWarn();
        }
    }

    /**
     * Saves what the next read of the prebuild would restore if a crash lost it: a full disk is logged and does not end
     * the wait.
     */
    void saveOrWarn() {
        savedObserved = limits.observed();
        try {
            actions.save();
        } catch (IOException e) {
            LOGGER.log(
                    Level.WARNING,
                    "Could not save the state of Gitpod prebuild " + prebuildId + "; a crash now would lose it",
                    e);
        }
    }

    /** Saves how long the prebuild was watched, now and then. */
    void saveObservedTime() {
        if (limits.observed().minus(savedObserved).compareTo(SavedRequest.OBSERVED_EVERY) >= 0) {
            saveOrWarn();
        }
    }

    // ---- ends

    /** Reports the outcome, unless one was reported before. */
    void conclude(Outcome outcome) {
        if (!concluded) {
            concluded = true;
            updates.end();
            actions.conclude(outcome);
        }
    }

    /** Reports what finally happened to the prebuild, and ends. */
    void end(Outcome outcome) {
        if (concluded) {
            actions.settle(outcome);
        } else {
            conclude(outcome);
        }
        finish();
    }

    /** Ends without knowing what happens to the prebuild, and tells administrators in the log. */
    void finishUnsure() {
        LOGGER.log(
                Level.WARNING,
                "No longer looking after Gitpod prebuild {0} of project {1}, last seen {2}; check it in Gitpod",
                new Object[] {prebuildId, request.projectId(), phase});
        finish();
    }

    /** Ends. */
    void finish() {
        if (stage != Stage.ENDED) {
            stage = Stage.ENDED;
            calls.unwatch();
            actions.finish();
        }
    }

    // ---- waits

    /** What the server asked for, at least {@link #MIN_WAIT}. */
    static Duration retryAfter(GitpodException e) {
        Duration asked = e.retryAfter().orElse(MIN_WAIT);
        return asked.compareTo(MIN_WAIT) < 0 ? MIN_WAIT : asked;
    }

    /** The wait and up to a fifth of it more, so that many requests do not return at the same time. */
    Duration withJitter(Duration wait) {
        return withJitter(wait, 1);
    }

    /** @param failures how often the call failed: each one, up to ten, adds up to a fifth of the wait */
    Duration withJitter(Duration wait, int failures) {
        return wait.plusMillis(1 + (long) (wait.toMillis() * 0.2 * Math.min(failures, 10) * actions.random()));
    }

    /** Whether suspect answers came so often and for so long that they are believed. */
    boolean isUnexpectedForLong(int failures, ObservedTime trouble) {
        return failures >= MAX_UNEXPECTED_FAILURES
                && trouble.reached(settings.failureBudget().dividedBy(3));
    }

    /**
     * For how long Gitpod has said that a known prebuild does not exist. During the read lag that is not believed; later one
     * stale replica may say so. Reads and cancels both count.
     */
    static final class MissingPrebuild {

        private final EngineSettings settings;

        /** Since the first answer that it does not exist, or null if it was read since then. */
        @CheckForNull
        private ObservedTime missing;

        private boolean missingForReads;

        MissingPrebuild(EngineSettings settings) {
            this.settings = settings;
        }

        /** The prebuild was read. */
        void wasRead() {
            missing = null;
            missingForReads = false;
        }

        /** A read says that it does not exist. @return whether that is believed */
        boolean notFoundByRead(long now) {
            missingForReads = true;
            return missing(now).reached(settings.readLag());
        }

        /**
         * A cancel says that it does not exist.
         *
         * @return whether that is believed: if reads do not agree, cancels alone may be wrong, so it takes longer
         */
        boolean notFoundByCancel(long now) {
            ObservedTime since = missing(now);
            return since.reached(settings.readLag()) && (missingForReads || since.reached(settings.failureBudget()));
        }

        private ObservedTime missing(long now) {
            if (missing == null) {
                missing = new ObservedTime();
            }
            missing.observe(now);
            return missing;
        }
    }
}
