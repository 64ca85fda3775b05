package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.engine.MachineActions.RetryTimer;
import java.time.Duration;

/**
 * The bearer token of one request: looked up at first, and again when Gitpod refuses it, since it may have been rotated.
 * Belongs to a {@link PrebuildMachine}.
 */
final class TokenRenewal {

    /** How many new tokens in a row are tried at once: some credentials providers return a new one for each look-up. */
    private static final int MAX_NEW_TOKENS = 2;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(2);

    private final RequestState state;
    private final ObservedTime trouble = new ObservedTime();
    private final Backoff backoff = new Backoff(FIRST_WAIT, RequestState.MAX_WAIT);
    private boolean known;
    private int newTokens;

    /** Why the token in use was refused, while another one is looked up. */
    @CheckForNull
    private GitpodException refusal;

    TokenRenewal(RequestState state) {
        this.state = state;
    }

    /** Whether a token was ever found. */
    boolean isKnown() {
        return known;
    }

    /** Whether the token in use was refused and the look-up of another one is not answered. */
    boolean isRefused() {
        return refusal != null;
    }

    /** A call succeeded. */
    void accepted() {
        newTokens = 0;
    }

    /** The token in use was refused: looks for a new one. */
    void renew(GitpodException e) {
        refusal = e;
        state.actions.fetchToken();
    }

    /**
     * The look-up found a token.
     *
     * @param changed whether it differs from the one before
     * @return why the token is refused for good, or null if it may be used
     */
    @CheckForNull
    GitpodException found(boolean changed) {
        known = true;
        trouble.reset();
        backoff.reset();
        GitpodException refused = refusal;
        refusal = null;
        if (refused == null) {
            return null;
        }
        if (!changed || newTokens == MAX_NEW_TOKENS) {
            newTokens = 0;
            return refused;
        }
        newTokens++;
        state.updates.report(new Update.TokenRotated());
        return null;
    }

    /** The look-up failed. @return whether another one may do better, so that the wait continues */
    boolean isPassing(TokenUnavailableException e) {
        trouble.observe(state.actions.nanoTime());
        Duration budget = state.isNothingMade() ? state.settings.connectBudget() : state.settings.failureBudget();
        return e.isPassing() && !state.isConcluded() && !trouble.reached(budget);
    }

    /** Whether look-ups have failed for longer than a cancel is retried. */
    boolean isHopelessForCancel() {
        return trouble.reached(state.settings.cancelBudget());
    }

    void fetchLater() {
        Duration wait = backoff.next(state.actions.random());
        trouble.next(wait);
        state.actions.startTimer(RetryTimer.TOKEN, wait);
    }
}
