package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.MachineActions.RetryTimer;
import io.jenkins.plugins.gitpod.engine.Update.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks for the prebuild of a create whose answer was lost. A create is sent again only after a whole read lag without a
 * match, a limited number of times, and only while an owner waits. After it has given up, it looks for a while longer, so
 * that a prebuild that turns up late is cancelled. Belongs to a {@link PrebuildMachine}.
 */
final class LookUpPhase {

    private static final Logger LOGGER = Logger.getLogger(LookUpPhase.class.getName());

    private final RequestState state;
    private final TokenRenewal token;
    private final CreatePhase create;

    /** The time of look-ups that were answered. */
    private final ObservedTime looking = new ObservedTime();

    private final ObservedTime trouble = new ObservedTime();
    private final ObservedTime unclearFor = new ObservedTime();
    private final ObservedTime ownerAway = new ObservedTime();
    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private int failures;
    private boolean unanswered;

    /** Whether the look-up that is out began after the read lag, so that what it does not find was not made. */
    private boolean afterLag;

    private boolean resendDue;
    private boolean surplusReported;
    private List<Prebuild> found = List.of();

    /** How the answer to the create was lost; null after a restart. */
    @CheckForNull
    private GitpodException unclear;

    LookUpPhase(RequestState state, TokenRenewal token, CreatePhase create) {
        this.state = state;
        this.token = token;
        this.create = create;
    }

    /** The answer to a create was lost. */
    void begin(GitpodException e) {
        create.endResending();
        state.stage = Stage.LOOKING_UP;
        unclear = e;
        state.saveOrWarn();
        state.updates.lookingUp();
        later(backoff.next(state.actions.random()));
    }

    /** Whether the read lag is over, so that what no look-up finds by now was not made. */
    private boolean isReadLagOver() {
        return looking.reached(state.settings.readLag());
    }

    /** Looks now, unless a look-up or a resend is out. */
    void lookUp() {
        if (!unanswered && !create.isResending()) {
            unanswered = true;
            state.updates.lookingUp();
            afterLag = isReadLagOver();
            state.calls.lookUp(afterLag);
        }
    }

    private void later(Duration wait) {
        looking.next(wait);
        trouble.next(wait);
        state.actions.startTimer(RetryTimer.LOOK_UP, wait);
    }

    /** Looks again after the usual wait. */
    private void lookUpLater() {
        later(nextWait());
    }

    /** A look-up was answered, with whatever result. */
    void answered() {
        unanswered = false;
    }

    /**
     * A look-up found no prebuild that is surely this request's.
     *
     * @param candidates what might be its work, none of it surely
     * @param held whether another create, still unanswered, may yet explain the candidates
     */
    void foundNone(List<Prebuild> candidates, boolean held) {
        answered();
        if (state.stage != Stage.LOOKING_UP) {
            return;
        }
        trouble.reset();
        failures = 0;
        token.accepted();
        state.updates.recovered();
        found = List.copyOf(candidates);
        looking.observe(state.actions.nanoTime());
        unclearFor.observe(state.actions.nanoTime());
        boolean holdEnded = !held || looking.reached(state.settings.failureBudget());
        if (afterLag && holdEnded) {
            notFound();
        } else if (isReadLagOver() && !afterLag) {
            later(RequestState.MIN_WAIT); // one more look-up, which may conclude from what it does not find
        } else if (state.surplusOf == null && !isReadLagOver()) {
            Duration left = state.settings.readLag().minus(looking.total());
            Duration atLeast = left.compareTo(RequestState.MIN_WAIT) < 0 ? RequestState.MIN_WAIT : left;
            later(Backoff.min(nextWait(), atLeast));
        } else {
            lookUpLater();
        }
    }

    /** Nothing was made, or it cannot be told which prebuild it is. */
    private void notFound() {
        boolean wanted = !state.isConcluded() && state.cancelReason == null && !state.ownerLeft;
        boolean mayResend = state.attempts.mayRepeat()
                && !state.request.connection().sharedAccount()
                && !unclearFor.reached(state.settings.createPatience());
        if (!wanted || !mayResend) {
            giveUp(null);
        } else if (!state.request.detached() && !state.actions.isOwnerThere()) {
            // After a restart, the owner comes back or is found to be gone.
            ownerAway.observe(state.actions.nanoTime());
            if (ownerAway.reached(state.settings.lateLook())) {
                giveUp(null);
            } else {
                later(state.withJitter(state.settings.readLag()));
            }
        } else if (resendDue) {
            resend();
        } else {
            resendDue = true;
            later(state.attempts.waitBeforeNext(state.settings.readLag()));
        }
    }

    private void resend() {
        resendDue = false;
        state.updates.report(new Update.SendingAgain(state.attempts.sent(), CreateAttempts.MAX_RESENDS, found));
        looking.reset();
        backoff.reset();
        create.resend();
    }

    /** The owner left: a resend that has not left is not sent, and what was sent before is looked for. */
    void withdrawResend() {
        resendDue = false;
        if (create.withdrawResend()) {
            create.stopResending();
            later(RequestState.MIN_WAIT);
        }
    }

    /** The owner left while a resend was out, which surely did nothing. */
    void resendNotWanted() {
        create.stopResending();
        lookUpLater();
    }

    /** A resend could not be saved, so it is not sent. */
    void resendNotSaved(IOException e) {
        LOGGER.log(Level.WARNING, "Could not save that a Gitpod prebuild is requested again, so it is not", e);
        create.stopResending();
        giveUp(null);
    }

    /** A resend surely did nothing, and is not repeated. */
    void resendFailed(Outcome failure) {
        create.stopResending();
        if (failure instanceof Outcome.CreateRefused) {
            state.conclude(failure);
            lookUpLate(null);
        } else {
            giveUp(null);
        }
    }

    /** Another request's look-up has just decided about this request too: its result is on the way. */
    void overtaken() {
        answered();
        if (state.stage == Stage.LOOKING_UP) {
            later(backoff.next(state.actions.random()));
        }
    }

    /** The create that this surplus request looks after was answered: it made nothing. */
    void nothingMade() {
        if (state.stage == Stage.LOOKING_UP && state.surplusOf != null) {
            state.finish();
        }
    }

    /** The token of a look-up was refused, but another one is in use by now. */
    void failedWithOldToken() {
        answered();
        if (state.stage == Stage.LOOKING_UP) {
            lookUp();
        }
    }

    void failed(GitpodException e) {
        answered();
        if (state.stage != Stage.LOOKING_UP) {
            return;
        }
        // Only look-ups that were answered count for the read lag and for late look-ups.
        looking.pause();
        trouble.observe(state.actions.nanoTime());
        failures++;
        EngineSettings settings = state.settings;
        switch (RetryPolicy.read(e)) {
            case REAUTHENTICATE -> token.renew(e);
            case WAIT ->
                retry(e, trouble.reached(settings.createPatience()), state.withJitter(RequestState.retryAfter(e)));
            case TRANSIENT -> retry(e, trouble.reached(settings.failureBudget()), nextWait());
            case UNEXPECTED -> retry(e, state.isUnexpectedForLong(failures, trouble), nextWait());
            default -> giveUp(e);
        }
    }

    private void retry(GitpodException e, boolean hopeless, Duration wait) {
        if (hopeless || state.isConcluded()) {
            giveUp(e);
        } else {
            state.updates.trouble(Operation.LOOK_UP, e);
            later(wait);
        }
    }

    private Duration nextWait() {
        // Before a surplus request begins, its create was looked for through a whole read lag.
        return state.surplusOf == null ? backoff.next(state.actions.random()) : lateWait();
    }

    private Duration lateWait() {
        return state.withJitter(state.settings.readLag().multipliedBy(2));
    }

    /** Reports that the outcome is unclear, then keeps looking: what turns up late is surely not wanted. */
    void giveUp(@Nullable GitpodException failure) {
        state.conclude(new Outcome.CreateUnclear(
                unclear, failure, found, state.request.connection().sharedAccount(), state.attempts.sent()));
        lookUpLate(failure);
    }

    private void lookUpLate(@Nullable GitpodException failure) {
        boolean pointless = state.request.connection().sharedAccount();
        boolean longEnough = failure == null
                ? looking.reached(state.settings.readLag().plus(state.settings.lateLook()))
                : trouble.reached(state.settings.cancelBudget());
        if (state.surplusOf != null && failure == null && !found.isEmpty() && !surplusReported) {
            surplusReported = true;
            state.actions.reportSurplus(new Update.SurplusUnsure(found));
        }
        if (pointless || longEnough) {
            if (!found.isEmpty()) {
                LOGGER.log(
                        Level.WARNING,
                        "Cannot tell which of {0} prebuilds of project {1} a lost request made",
                        new Object[] {found.size(), state.request.projectId()});
            }
            state.finish();
            return;
        }
        if (state.wantsCancel()) {
            state.decideCancel(CancelReason.FOUND_TOO_LATE);
        }
        later(failure == null ? lateWait() : state.withJitter(RequestState.MAX_WAIT));
    }
}
