package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Decision;
import io.jenkins.plugins.gitpod.engine.Update.Operation;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Follows a prebuild whose id is known until it has ended, is over a limit of time, or can no longer be read. Belongs to a
 * {@link PrebuildMachine}.
 */
final class WatchPhase {

    /** How many failed reads in a row are not reported. */
    private static final int UNREPORTED_FAILURES = 1;

    private final RequestState state;
    private final TokenRenewal token;
    private final CreatePhase create;
    private final Supplier<CancelPhase> cancel;
    private final SurplusCreates surplus;
    private final WarmPoolWait warmPool;
    private final StatusVersion versions;

    /** Since the first read that failed, or null if the last one did not. */
    @CheckForNull
    private ObservedTime trouble;

    private int failures;

    WatchPhase(
            RequestState state,
            TokenRenewal token,
            CreatePhase create,
            Supplier<CancelPhase> cancel,
            SurplusCreates surplus,
            WarmPoolWait warmPool) {
        this.state = state;
        this.token = token;
        this.create = create;
        this.cancel = cancel;
        this.surplus = surplus;
        this.warmPool = warmPool;
        this.versions = new StatusVersion(state.settings.failureBudget());
    }

    /**
     * This prebuild is the request's: saves that, and follows it.
     *
     * @param number the number of the create that made it
     */
    void begin(Prebuild prebuild, int number) {
        state.prebuildId = prebuild.id();
        state.stage = Stage.WATCHING;
        create.endResending();
        if (state.request.detached()) {
            state.detached = true;
        }
        surplus.handOverAllBut(number, prebuild);
        if (state.surplusOf != null) {
            state.actions.reportSurplus(new Update.SurplusCancelled(prebuild.id()));
        }
        state.updates.recovered();
        state.updates.report(new Update.Created(prebuild));
        if (!prebuild.status().phase().isEnd()) {
            start();
        }
        read(prebuild);
    }

    /** Has the prebuild read regularly from now on. */
    void start() {
        state.calls.watch(state.requirePrebuildId());
    }

    void read(Prebuild prebuild) {
        if (state.stage != Stage.WATCHING) {
            return;
        }
        long now = state.actions.nanoTime();
        state.updates.recovered();
        trouble = null;
        failures = 0;
        state.missing.wasRead();
        token.accepted();
        TimeLimits.Reached reached = null;
        if (!versions.isOld(prebuild, now)) {
            state.phase = prebuild.status().phase();
            state.snapshotPercentage =
                    Math.max(state.snapshotPercentage, prebuild.status().snapshotCompletionPercentage());
            state.updates.phase(prebuild);
            if (state.cancelReason == null && !state.isConcluded()) {
                state.builtCommit.check(prebuild);
                warmPool.check(prebuild);
            }
            reached = state.limits.check(prebuild, now);
        }
        if (state.phase.isEnd()) {
            if (!warmPool.begin(prebuild)) {
                state.end(new Outcome.Ended(prebuild, state.cancelReason));
            }
        } else if (state.cancelReason != null) {
            cancel.get().pursue(now);
        } else if (reached != null) {
            overLimit(reached);
        } else {
            state.saveObservedTime();
        }
    }

    private void overLimit(TimeLimits.Reached reached) {
        boolean cancels = state.request.cancelOnAbort();
        state.conclude(new Outcome.OverLimit(state.requirePrebuildId(), reached.limit(), reached.allowed(), cancels));
        if (cancels) {
            cancel.get().begin(reached.limit());
        } else {
            state.finish();
        }
    }

    void readFailed(GitpodException e) {
        if (state.stage != Stage.WATCHING) {
            return;
        }
        long now = state.actions.nanoTime();
        Decision decision = RetryPolicy.read(e);
        if (decision == Decision.NOT_FOUND) {
            if (state.missing.notFoundByRead(now)) {
                gone();
            }
            return;
        }
        if (trouble == null) {
            trouble = new ObservedTime();
        }
        trouble.observe(now);
        failures++;
        if (decision == Decision.REAUTHENTICATE) {
            // No more reads with this token: the next one starts them again.
            state.calls.unwatch();
            token.renew(e);
        } else if (!isLost(decision, trouble)) {
            if (decision != Decision.WAIT && failures > UNREPORTED_FAILURES) {
                state.updates.trouble(Operation.WATCH, e);
            }
        } else if (state.cancelReason == null) {
            lost(e);
        } else {
            cancel.get().readsLost(now);
        }
    }

    private boolean isLost(Decision decision, ObservedTime since) {
        return switch (decision) {
            case WAIT -> since.reached(state.settings.createPatience());
            case TRANSIENT -> since.reached(state.settings.failureBudget());
            case UNEXPECTED -> state.isUnexpectedForLong(failures, since);
            default -> true;
        };
    }

    /** Reads say that the prebuild does not exist. A cancel finds out whether writes agree. */
    private void gone() {
        Outcome gone = new Outcome.Gone(state.requirePrebuildId());
        if (cancel.get().isAccepted() || !state.wantsCancel()) {
            state.end(gone);
        } else {
            state.conclude(gone);
            cancel.get().begin(CancelReason.WATCH_LOST);
        }
    }

    /** The prebuild can no longer be read: reports that, and cancels it if the request says so. */
    void lost(GitpodException e) {
        boolean cancels = state.wantsCancel();
        Duration lasted = trouble == null ? Duration.ZERO : trouble.total();
        state.conclude(new Outcome.WatchLost(state.requirePrebuildId(), state.phase, e, lasted, cancels));
        if (cancels) {
            start();
            cancel.get().begin(CancelReason.WATCH_LOST);
        } else {
            state.finishUnsure();
        }
    }

    void environmentRead(EnvironmentGit git) {
        if (state.builtCommit.answered(git) && state.stage == Stage.WATCHING) {
            state.saveOrWarn();
            state.updates.report(new Update.BuiltFrom(state.requirePrebuildId(), git));
        }
    }

    /**
     * The environment could not be read. Nothing depends on it, so the failure is not reported.
     *
     * @param e null if the call was not made
     */
    void environmentNotRead(@Nullable GitpodException e) {
        state.builtCommit.failed(e);
    }

    /**
     * Recognizes answers of stale replicas by {@code status.statusVersion}, an increasing number (an int64 as text). An answer
     * whose version is missing or not a number is never stale.
     */
    private static final class StatusVersion {

        private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");

        private static final long NONE = -1;

        private final Duration longest;
        private long newest = NONE;

        /** How long all versions have been older, or null if the last one was not. */
        @CheckForNull
        private ObservedTime older;

        /** @param longest after this time with only older versions, they are believed, since no replica is that late */
        StatusVersion(Duration longest) {
            this.longest = longest;
        }

        /**
         * Whether this answer is older than one before and must be ignored. An end is always believed.
         *
         * @param nanos the time of the read
         */
        boolean isOld(Prebuild prebuild, long nanos) {
            long version = version(prebuild.status().statusVersion());
            if (version == NONE) {
                return false;
            }
            boolean old = version < newest && !prebuild.status().phase().isEnd();
            if (old) {
                if (older == null) {
                    older = new ObservedTime();
                }
                older.observe(nanos);
                if (!older.reached(longest)) {
                    return true;
                }
            }
            older = null;
            newest = version;
            return false;
        }

        private static long version(@Nullable String text) {
            if (text == null || !NUMBER.matcher(text).matches()) {
                return NONE;
            }
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException tooLarge) {
                return NONE;
            }
        }
    }
}
