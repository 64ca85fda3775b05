package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.engine.MachineActions.RetryTimer;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Decision;
import io.jenkins.plugins.gitpod.engine.Update.Operation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * CreateAttempts the create of one request, and attempts it again: at once if it surely did nothing, or as a resend after a look-up
 * found nothing. A create leaves only after its intent was saved. Belongs to a {@link PrebuildMachine}.
 */
final class CreatePhase {

    private static final Logger LOGGER = Logger.getLogger(CreatePhase.class.getName());

    /** A bad certificate rarely repairs itself, unlike a bad network. */
    private static final int MAX_TLS_FAILURES = 3;

    private final RequestState state;
    private final TokenRenewal token;
    private final ObservedTime trouble = new ObservedTime();
    private final ObservedTime rateLimitWaits = new ObservedTime();
    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(20));

    /** Whether a create was handed to the queue and is not answered. */
    private boolean unanswered;

    /** Whether another create is being sent although an earlier one may have been carried out. */
    private boolean resending;

    private int rateLimits;

    CreatePhase(RequestState state, TokenRenewal token) {
        this.state = state;
        this.token = token;
    }

    /** Whether the answer to a create decides what happens next. */
    boolean isSending() {
        return state.stage == Stage.CREATING || resending;
    }

    boolean isResending() {
        return resending;
    }

    /** Saves the intent and attempts the first create. */
    void begin() {
        Instant now = state.actions.now();
        state.intentTime = now;
        state.attempts.add(now, state.actions.serverTime());
        state.stage = Stage.CREATING;
        try {
            state.actions.save();
        } catch (IOException e) {
            state.end(new Outcome.NotSaved(e));
            return;
        }
        send();
    }

    private void send() {
        unanswered = true;
        state.calls.create(state.attempts.latest());
    }

    /** CreateAttempts a create that surely did nothing once more. The time of the intent moves, since nothing older is its work. */
    void repeat() {
        if (!unanswered) {
            Instant now = state.actions.now();
            if (!resending) {
                state.intentTime = now;
            }
            state.attempts.repeat(now, state.actions.serverTime());
            state.saveOrWarn();
            send();
        }
    }

    /** A create was answered, or its answer was lost. @return whether one was out */
    boolean answered() {
        boolean was = unanswered;
        unanswered = false;
        return was;
    }

    /**
     * The create failed, surely without making anything, and the request still wants a prebuild.
     *
     * @return the failure if it is final; null if the create will be sent again
     */
    @CheckForNull
    Outcome failed(Decision decision, GitpodException e) {
        switch (decision) {
            case NOT_SENT -> {
                return notSent(e);
            }
            case WAIT -> {
                return rateLimited(e);
            }
            case REAUTHENTICATE -> {
                token.renew(e);
                return null;
            }
            default -> {
                return new Outcome.CreateRefused(e);
            }
        }
    }

    @CheckForNull
    private Outcome notSent(GitpodException e) {
        trouble.look(state.actions.nanoTime());
        boolean hopeless = e.kind() == GitpodException.Kind.TLS && backoff.failures() >= MAX_TLS_FAILURES - 1;
        if (hopeless || trouble.reached(state.settings.connectBudget())) {
            return new Outcome.NotSent(e, trouble.total());
        }
        state.updates.trouble(Operation.CREATE, e);
        repeatLater(trouble, backoff.next(state.actions.random()));
        return null;
    }

    @CheckForNull
    private Outcome rateLimited(GitpodException e) {
        trouble.reset();
        rateLimitWaits.look(state.actions.nanoTime());
        Duration asked = RequestState.retryAfter(e);
        if (rateLimitWaits.total().plus(asked).compareTo(state.settings.createPatience()) > 0) {
            return new Outcome.CreateRefused(e);
        }
        state.updates.rateLimited(new Update.RateLimited(asked));
        rateLimits++;
        repeatLater(rateLimitWaits, state.withJitter(asked, rateLimits));
        return null;
    }

    private void repeatLater(ObservedTime counted, Duration wait) {
        counted.next(wait);
        state.actions.startTimer(RetryTimer.CREATE, wait);
    }

    // ---- resends, while the request is being looked up

    /** Saves the intent of another create. @return false if it could not be saved, so that it must not be sent */
    boolean prepareResend() {
        state.attempts.add(state.actions.now(), state.actions.serverTime());
        resending = true;
        try {
            state.actions.save();
            return true;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save that a Gitpod prebuild is asked for again, so it is not", e);
            stopResending();
            return false;
        }
    }

    /** CreateAttempts what {@link #prepareResend} saved. */
    void resend() {
        trouble.reset();
        backoff.reset();
        send();
    }

    /** The resend surely did nothing and will not be repeated. */
    void stopResending() {
        if (resending) {
            resending = false;
            state.attempts.latestDidNothing();
            state.saveOrWarn();
        }
    }

    /** The resend's answer no longer decides anything: it was lost, or the prebuild is known. */
    void endResending() {
        resending = false;
    }

    // ---- withdrawing a create that has not left

    /** Whether the first create was about to be sent but has not left and never will. */
    boolean isNeverSent() {
        return state.stage == Stage.CREATING && isBack();
    }

    /** Withdraws a resend from the queue. @return whether it has not left and never will */
    boolean withdrawResend() {
        if (!resending || !isBack()) {
            return false;
        }
        unanswered = false;
        return true;
    }

    private boolean isBack() {
        return !unanswered || state.calls.withdrawCreate();
    }
}
