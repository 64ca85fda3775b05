package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Decision;
import io.jenkins.plugins.gitpod.engine.Update.Operation;

/**
 * Follows a prebuild whose id is known until it has ended, is over a limit of time, or can no longer be read. Belongs to a
 * {@link PrebuildMachine}.
 */
final class WatchPhase {

    /** How many failed reads in a row are not reported. */
    private static final int UNREPORTED_FAILURES = 1;

    private final RequestState state;
    private final TokenRenewal token;
    private final MissingPrebuild missing;
    private final CancelPhase cancel;
    private final StatusVersion versions;
    private final ObservedTime trouble = new ObservedTime();
    private int failures;

    WatchPhase(RequestState state, TokenRenewal token, MissingPrebuild missing, CancelPhase cancel) {
        this.state = state;
        this.token = token;
        this.missing = missing;
        this.cancel = cancel;
        this.versions = new StatusVersion(state.settings.failureBudget());
    }

    /** Has the prebuild read regularly from now on. */
    void start() {
        state.calls.watch(state.knownId());
    }

    void read(Prebuild prebuild) {
        if (state.stage != Stage.WATCHING) {
            return;
        }
        long now = state.actions.nanoTime();
        state.updates.recovered();
        trouble.reset();
        failures = 0;
        missing.wasRead();
        token.accepted();
        TimeLimits.Reached reached = null;
        if (!versions.isOld(prebuild, now)) {
            state.phase = prebuild.status().phase();
            state.snapshotPercentage =
                    Math.max(state.snapshotPercentage, prebuild.status().snapshotCompletionPercentage());
            state.updates.phase(prebuild);
            if (state.cancelReason == null && !state.isConcluded()) {
                state.builtCommit.look(prebuild);
            }
            reached = state.limits.look(prebuild, now);
        }
        if (state.phase.isEnd()) {
            state.end(new Outcome.Ended(prebuild, state.cancelReason));
        } else if (state.cancelReason != null) {
            cancel.pursue(now);
        } else if (reached != null) {
            overLimit(reached);
        } else {
            state.saveObservedTime();
        }
    }

    private void overLimit(TimeLimits.Reached reached) {
        boolean cancels = state.request.cancelOnAbort();
        state.conclude(new Outcome.OverLimit(state.knownId(), reached.limit(), reached.allowed(), cancels));
        if (cancels) {
            cancel.begin(reached.limit());
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
            if (missing.notFoundByRead(now)) {
                gone();
            }
            return;
        }
        trouble.look(now);
        failures++;
        if (decision == Decision.REAUTHENTICATE) {
            // No more reads with this token: the next one starts them again.
            state.calls.unwatch();
            token.renew(e);
        } else if (!isLost(decision)) {
            if (decision != Decision.WAIT && failures > UNREPORTED_FAILURES) {
                state.updates.trouble(Operation.WATCH, e);
            }
        } else if (state.cancelReason == null) {
            lost(e);
        } else {
            cancel.readsLost(now);
        }
    }

    private boolean isLost(Decision decision) {
        return switch (decision) {
            case WAIT -> trouble.reached(state.settings.createPatience());
            case TRANSIENT -> trouble.reached(state.settings.failureBudget());
            case SUSPECT -> state.isSuspectForLong(failures, trouble);
            default -> true;
        };
    }

    /** Reads say that the prebuild does not exist. A cancel finds out whether writes agree. */
    private void gone() {
        Outcome gone = new Outcome.Gone(state.knownId());
        if (cancel.isAccepted() || !state.wantsCancel()) {
            state.end(gone);
        } else {
            state.conclude(gone);
            cancel.begin(CancelReason.WATCH_LOST);
        }
    }

    /** The prebuild can no longer be read: reports that, and cancels it if the request says so. */
    void lost(GitpodException e) {
        boolean cancels = state.wantsCancel();
        state.conclude(new Outcome.WatchLost(state.knownId(), state.phase, e, trouble.total(), cancels));
        if (cancels) {
            start();
            cancel.begin(CancelReason.WATCH_LOST);
        } else {
            state.finishUnsure();
        }
    }

    void environmentRead(EnvironmentGit git) {
        if (state.builtCommit.answered(git) && state.stage == Stage.WATCHING) {
            state.saveOrWarn();
            state.updates.tell(new Update.BuiltFrom(state.knownId(), git));
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
}
