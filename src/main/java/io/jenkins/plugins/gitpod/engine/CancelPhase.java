package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.MachineActions.RetryTimer;
import io.jenkins.plugins.gitpod.engine.Update.Operation;
import java.time.Duration;
import java.util.Objects;

/**
 * Cancels a prebuild whose id is known, and repeats the cancel until the prebuild has ended or the limit of time is
 * reached. Belongs to a {@link PrebuildMachine}.
 */
final class CancelPhase {

    private static final Duration FIRST_WAIT = Duration.ofSeconds(2);

    private final RequestState state;
    private final TokenRenewal token;
    private final ObservedTime sinceAccepted = new ObservedTime();
    private final ObservedTime trouble = new ObservedTime();
    private final Backoff backoff = new Backoff(FIRST_WAIT, RequestState.MAX_WAIT);
    private boolean unanswered;
    private boolean retryScheduled;
    private boolean accepted;

    CancelPhase(RequestState state, TokenRenewal token) {
        this.state = state;
        this.token = token;
    }

    /** Whether Gitpod has accepted the cancel. */
    boolean isAccepted() {
        return accepted;
    }

    /** Cancels a prebuild that is being watched, unless that was decided before. */
    void begin(CancelReason reason) {
        if (state.cancelReason == null) {
            state.decideCancel(reason);
            send();
        }
    }

    void send() {
        if (unanswered || !token.isKnown()) {
            return; // the answer, or the token, leads to the next try
        }
        unanswered = true;
        CancelReason reason = Objects.requireNonNull(state.cancelReason);
        state.updates.cancelling(new Update.Cancelling(state.requirePrebuildId(), reason));
        state.calls.cancel(state.requirePrebuildId());
    }

    /** Sends the cancel if it is wanted and was not accepted. */
    void sendIfWanted() {
        if (state.cancelReason != null && !accepted) {
            send();
        }
    }

    /** The prebuild was read and has not ended: makes sure that the cancel is out or was accepted recently. */
    void pursue(long now) {
        if (accepted) {
            if (state.phase == PrebuildPhase.CANCELLING) {
                return;
            }
            sinceAccepted.observe(now);
            if (!sinceAccepted.reached(state.settings.cancelRecheck())) {
                return;
            }
            accepted = false;
        }
        if (!retryScheduled && !token.isRefused()) {
            send();
        }
    }

    void answered() {
        unanswered = false;
    }

    /** Gitpod has accepted the cancel, or says that the prebuild has ended. */
    void accept() {
        token.accepted();
        accepted = true;
        trouble.reset();
        backoff.reset();
        sinceAccepted.reset();
        sinceAccepted.observe(state.actions.nanoTime());
        CancelReason reason = Objects.requireNonNull(state.cancelReason);
        state.conclude(new Outcome.CancelAccepted(state.requirePrebuildId(), reason));
        state.calls.watch(state.requirePrebuildId());
    }

    void failed(GitpodException e) {
        switch (RetryPolicy.cancel(e)) {
            case ALREADY_OVER -> accept();
            case NOT_FOUND -> {
                if (state.missing.notFoundByCancel(state.actions.nanoTime())) {
                    state.end(new Outcome.Gone(state.requirePrebuildId()));
                } else {
                    retryLater(e);
                }
            }
            case WAIT ->
                retryLater(e, state.withJitter(Backoff.min(RequestState.retryAfter(e), RequestState.MAX_WAIT)));
            case REAUTHENTICATE -> token.renew(e);
            default -> retryLater(e);
        }
    }

    /** The token is refused for good. The prebuild may be running, and the credential may be corrected. */
    void tokenRefused(GitpodException e) {
        accepted = false;
        retryLater(e);
    }

    private void retryLater(GitpodException e) {
        retryLater(e, backoff.next(state.actions.random()));
    }

    private void retryLater(GitpodException e, Duration wait) {
        trouble.observe(state.actions.nanoTime());
        trouble.next(wait);
        state.updates.trouble(Operation.CANCEL, e);
        if (!finishIfOutOfTime()) {
            retryScheduled = true;
            state.actions.startTimer(RetryTimer.CANCEL, wait);
        }
    }

    void retry() {
        retryScheduled = false;
        if (state.stage == Stage.WATCHING && !accepted) {
            send();
        }
    }

    /** Reads of a prebuild that is to be cancelled have failed for too long. */
    void readsLost(long now) {
        trouble.observe(now);
        finishIfOutOfTime();
    }

    private boolean finishIfOutOfTime() {
        if (!trouble.reached(state.settings.cancelBudget())) {
            return false;
        }
        state.finishUnsure();
        return true;
    }
}
