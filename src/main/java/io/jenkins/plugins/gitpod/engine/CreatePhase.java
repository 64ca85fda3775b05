package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.engine.MachineActions.RetryTimer;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Decision;
import io.jenkins.plugins.gitpod.engine.Update.Operation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Sends the create of one request, and sends it again: at once if it surely did nothing, or as a resend after a look-up
 * found nothing. A create is saved when its turn in the queue has come, just before it is sent: after a crash, only what was
 * sent is looked for. Belongs to a {@link PrebuildMachine}.
 */
final class CreatePhase {

    /** A bad certificate rarely repairs itself, unlike a bad network. */
    private static final int MAX_TLS_FAILURES = 3;

    /** How often a request that was restored looks whether its owner has come back. */
    private static final Duration OWNER_CHECK = Duration.ofSeconds(1);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration MAX_WAIT = Duration.ofSeconds(20);

    private final RequestState state;
    private final TokenRenewal token;
    private final ObservedTime trouble = new ObservedTime();
    private final ObservedTime rateLimitWaits = new ObservedTime();
    private final ObservedTime ownerAway = new ObservedTime();
    private final Backoff backoff = new Backoff(FIRST_WAIT, MAX_WAIT);

    /** The number of the create that is being sent, or was sent last. */
    private int number;

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

    /** Sends the first create. After a restart it waits for the owner, who may not come back. */
    void begin() {
        boolean isLeft = state.cancelReason != null || state.detached && !state.request.detached();
        if (isLeft || ownerAway.reached(state.settings.lateLook())) {
            state.end(new Outcome.NotCreated());
        } else if (state.request.detached() || state.actions.isOwnerThere()) {
            state.intentTime = state.actions.now();
            state.stage = Stage.CREATING;
            sendNext();
        } else {
            ownerAway.observe(state.actions.nanoTime());
            state.actions.startTimer(RetryTimer.CREATE, OWNER_CHECK);
        }
    }

    private void sendNext() {
        number = state.attempts.sent() + 1;
        send();
    }

    private void send() {
        unanswered = true;
        state.calls.create(number);
    }

    /** Sends a create that surely did nothing once more. */
    void repeat() {
        if (!unanswered) {
            send();
        }
    }

    /**
     * The turn of the create has come. Saves that it is being sent. The time of the intent moves, since nothing older is its
     * work.
     *
     * @throws IOException if that cannot be saved. Then the create is not sent
     */
    void leave() throws IOException {
        Instant now = state.actions.now();
        if (!resending) {
            state.intentTime = now;
        }
        state.attempts.send(number, now, state.actions.serverTime());
        try {
            state.actions.save();
        } catch (IOException e) {
            state.attempts.forget(number);
            unanswered = false;
            throw e;
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
        Outcome failure =
                switch (decision) {
                    case NOT_SENT -> notSent(e);
                    case WAIT -> rateLimited(e);
                    case REAUTHENTICATE -> {
                        token.renew(e);
                        yield null;
                    }
                    default -> new Outcome.CreateRefused(e);
                };
        if (failure == null) {
            state.attempts.forget(number);
            state.saveOrWarn();
        }
        return failure;
    }

    @CheckForNull
    private Outcome notSent(GitpodException e) {
        trouble.observe(state.actions.nanoTime());
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
        rateLimitWaits.observe(state.actions.nanoTime());
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

    /** Sends another create. */
    void resend() {
        resending = true;
        trouble.reset();
        backoff.reset();
        sendNext();
    }

    /** The resend surely did nothing and will not be repeated. */
    void stopResending() {
        if (resending) {
            resending = false;
            state.attempts.forget(number);
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
