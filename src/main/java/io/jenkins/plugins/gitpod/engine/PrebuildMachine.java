package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.MachineActions.RetryTimer;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Decision;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The state machine of one request. Each package-private method is an event; the machine decides by the stage which of its
 * phases handles it, and the phases act through {@link MachineActions} and {@link GitpodCalls}. Not thread-safe: {@link RequestRunner} passes on
 * one event at a time.
 *
 * <p>The machine and its phases keep three promises. A create is saved just before it is sent. A create that may
 * have reached Gitpod is looked for through a whole read lag before another one follows, a limited number of times and
 * only while an owner waits. Once a prebuild is known, all others that may have been made are handed over to be looked for
 * and cancelled. A request whose owner left stays open until its prebuild, if there is one, has surely ended.
 */
final class PrebuildMachine {

    private final RequestState state;
    private final MachineActions actions;
    private final TokenRenewal token;
    private final CreatePhase create;
    private final WatchPhase watch;
    private final SurplusCreates surplus;
    private final WarmPoolWait warmPool;

    /** This phase and the next one are null until they are needed, since most requests never do. */
    @CheckForNull
    private LookUpPhase lookUpPhase;

    @CheckForNull
    private CancelPhase cancelPhase;

    PrebuildMachine(PrebuildRequest request, EngineSettings settings, MachineActions actions, GitpodCalls calls) {
        this(new RequestState(request, settings, actions, calls));
    }

    /** Continues what was saved. */
    PrebuildMachine(SavedRequest saved, EngineSettings settings, MachineActions actions, GitpodCalls calls) {
        this(new RequestState(saved, settings, actions, calls));
    }

    private PrebuildMachine(RequestState state) {
        this.state = state;
        this.actions = state.actions;
        this.token = new TokenRenewal(state);
        this.create = new CreatePhase(state, token);
        this.surplus = new SurplusCreates(state);
        this.warmPool = new WarmPoolWait(state);
        this.watch = new WatchPhase(state, token, create, this::cancel, surplus, warmPool);
    }

    private LookUpPhase lookUp() {
        lookUpPhase = lookUpPhase == null ? new LookUpPhase(state, token, create) : lookUpPhase;
        return lookUpPhase;
    }

    private CancelPhase cancel() {
        cancelPhase = cancelPhase == null ? new CancelPhase(state, token) : cancelPhase;
        return cancelPhase;
    }

    Stage stage() {
        return state.stage;
    }

    PrebuildRequest request() {
        return state.request;
    }

    @CheckForNull
    String prebuildId() {
        return state.prebuildId;
    }

    /** The request whose surplus prebuild this one looks for, or null if a caller asked for this one. */
    @CheckForNull
    UUID surplusOf() {
        return state.surplusOf;
    }

    /** @param lastFailure the failure of the latest call, or null if it succeeded */
    PrebuildHandle.View view(@Nullable GitpodException lastFailure) {
        return state.view(lastFailure);
    }

    SavedRequest saved() {
        return state.saved();
    }

    boolean isNothingMade() {
        return state.isNothingMade();
    }

    // ---- events: start and token

    void begin() {
        if (state.stage == Stage.WATCHING && state.surplusOf == null) {
            surplus.handOverRest();
        }
        actions.fetchToken();
    }

    /** @param changed whether the token differs from the one before */
    void tokenReady(boolean changed) {
        GitpodException refused = token.found(changed);
        if (refused != null) {
            tokenRefused(refused);
            return;
        }
        switch (state.stage) {
            case NEW -> create.begin();
            case CREATING -> create.repeat();
            case LOOKING_UP -> {
                if (create.isResending()) {
                    create.repeat();
                } else {
                    lookUp().lookUp();
                }
            }
            case WATCHING -> {
                watch.start();
                if (state.cancelReason != null) {
                    cancel().sendIfWanted();
                }
            }
            case ENDED -> {}
        }
    }

    private void tokenRefused(GitpodException refused) {
        switch (state.stage) {
            case NEW, CREATING -> state.end(new Outcome.CreateRefused(refused));
            case LOOKING_UP -> {
                create.stopResending();
                lookUp().giveUp(refused);
            }
            case WATCHING -> {
                if (state.cancelReason == null) {
                    watch.lost(refused);
                } else {
                    cancel().tokenRefused(refused);
                }
            }
            case ENDED -> {}
        }
    }

    void tokenMissing(TokenUnavailableException e) {
        if (state.stage == Stage.ENDED) {
            return;
        }
        if (token.isPassing(e)) {
            token.fetchLater();
            return;
        }
        if (state.isNothingMade()) {
            state.end(new Outcome.NoToken(null, e));
            return;
        }
        create.stopResending();
        // Without a token no call is possible. The wait ends; a cancel stays open, since the credential may come back.
        state.conclude(new Outcome.NoToken(state.prebuildId, e));
        if (!state.wantsCancel() || token.isHopelessForCancel()) {
            state.finishUnsure();
        } else {
            state.decideCancel(CancelReason.WATCH_LOST);
            token.fetchLater();
        }
    }

    // ---- events: create

    /** The turn of a create has come. @return whether it may be sent; then the store knows that it is being sent */
    boolean createLeaves() {
        try {
            create.leave();
            return true;
        } catch (IOException e) {
            if (create.isResending()) {
                lookUp().resendNotSaved(e);
            } else {
                state.end(new Outcome.NotSaved(e));
            }
            return false;
        }
    }

    void created(Prebuild prebuild) {
        create.answered();
        if (create.isSending()) {
            token.accepted();
            watch.begin(prebuild, state.attempts.sent());
        } else {
            surplus.cancel(prebuild);
        }
    }

    void createFailed(GitpodException e) {
        boolean wasOut = create.answered();
        Decision decision = RetryPolicy.create(e);
        if (!create.isSending()) {
            if (wasOut && decision == Decision.UNCLEAR) {
                surplus.handOverLast();
            }
        } else if (decision == Decision.UNCLEAR) {
            lookUp().begin(e);
        } else if (state.cancelReason != null || state.ownerLeft) {
            if (create.isResending()) {
                lookUp().resendNotWanted();
            } else {
                state.end(new Outcome.NotCreated());
            }
        } else {
            Outcome failure = create.failed(decision, e);
            if (failure != null) {
                if (create.isResending()) {
                    lookUp().resendFailed(failure);
                } else {
                    state.end(failure);
                }
            }
        }
    }

    // ---- events: look-up of a create whose answer was lost

    /**
     * @param candidates what might be this request's prebuild, none of it surely
     * @param held whether another create, still unanswered, may yet explain the candidates
     */
    void lookedUp(List<Prebuild> candidates, boolean held) {
        lookUp().foundNone(candidates, held);
    }

    void lookUpFailed(GitpodException e) {
        lookUp().failed(e);
    }

    /** The look-up's token was refused, but another one is in use by now. */
    void lookUpWithOldToken() {
        lookUp().failedWithOldToken();
    }

    /** Another request's look-up has just decided about this request too: its result is on the way. */
    void lookUpOvertaken() {
        lookUp().overtaken();
    }

    /** The create that this surplus request looks after was answered: it made nothing. */
    void nothingMade() {
        lookUp().nothingMade();
    }

    /**
     * These prebuilds are surely this request's: the first one is used, the others are surplus.
     *
     * @param made what was made, by the number of the create that made it
     */
    void found(Map<Integer, Prebuild> made) {
        lookUp().answered();
        if (state.stage != Stage.LOOKING_UP) {
            surplus.cancel(made);
            return;
        }
        token.accepted();
        create.withdrawResend();
        Map<Integer, Prebuild> others = new LinkedHashMap<>(made);
        int number = made.keySet().iterator().next();
        Prebuild own = others.remove(number);
        surplus.cancel(others);
        watch.begin(own, number);
    }

    // ---- events: the prebuild is known

    /** Another request has found a surplus prebuild of this one, or cannot tell. */
    void surplus(Update update) {
        if (state.isConcluded()) {
            SurplusRequests.log(update, state.request);
        } else {
            state.updates.report(update);
        }
    }

    void read(Prebuild prebuild) {
        watch.read(prebuild);
    }

    void readFailed(GitpodException e) {
        watch.readFailed(e);
    }

    void environmentRead(EnvironmentGit git) {
        watch.environmentRead(git);
    }

    /** @param e null if the call was not made */
    void environmentNotRead(@Nullable GitpodException e) {
        watch.environmentNotRead(e);
    }

    /** The wait for a warm pool, which gets events of its own. */
    WarmPoolWait warmPool() {
        return warmPool;
    }

    // ---- events: cancel

    /** The waiting build left early. May come any number of times; a detached prebuild is not affected. */
    void ownerLeft(CancelReason reason) {
        if (state.stage == Stage.ENDED || warmPool.stop() || state.detached) {
            return;
        }
        if (state.request.cancelOnAbort() || state.cancelReason != null) {
            requestCancel(reason);
        } else if (state.stage == Stage.NEW || create.isNeverSent()) {
            state.end(new Outcome.NotCreated());
        } else {
            state.ownerLeft = true;
            state.detached = true;
            state.saveOrWarn();
            lookUp().withdrawResend();
            state.conclude(new Outcome.LeftRunning(state.prebuildId));
        }
    }

    /** Cancels the prebuild, whether or not a build waits for it. May come any number of times. */
    void requestCancel(CancelReason reason) {
        if (state.cancelReason != null || state.stage == Stage.ENDED || warmPool.stop()) {
            return;
        }
        if (state.stage == Stage.NEW || create.isNeverSent()) {
            state.end(new Outcome.NotCreated());
        } else if (state.stage == Stage.WATCHING) {
            cancel().begin(reason);
        } else {
            state.decideCancel(reason);
            lookUp().withdrawResend();
        }
    }

    void cancelAnswered(Prebuild prebuild) {
        cancel().answered();
        if (state.stage == Stage.WATCHING) {
            cancel().accept();
            watch.read(prebuild);
        }
    }

    void cancelFailed(GitpodException e) {
        cancel().answered();
        if (state.stage == Stage.WATCHING) {
            cancel().failed(e);
        }
    }

    /** The cancel's token was refused, but another one is in use by now. */
    void cancelWithOldToken() {
        cancel().answered();
        if (state.stage == Stage.WATCHING) {
            cancel().sendIfWanted();
        }
    }

    // ---- events: timers

    void timerFired(RetryTimer timer) {
        switch (timer) {
            case CREATE -> {
                if (create.isSending()) {
                    create.repeat();
                } else if (state.stage == Stage.NEW) {
                    create.begin();
                }
            }
            case LOOK_UP -> {
                if (state.stage == Stage.LOOKING_UP) {
                    lookUp().lookUp();
                }
            }
            case CANCEL -> cancel().retry();
            case WARM_POOL -> warmPool.next();
            case TOKEN -> {
                if (state.stage != Stage.ENDED) {
                    actions.fetchToken();
                }
            }
        }
    }
}
