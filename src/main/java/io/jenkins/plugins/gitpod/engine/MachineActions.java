package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** What a {@link PrebuildMachine} does in addition to its {@link GitpodCalls}. Only {@link #save()} may block. */
interface MachineActions {

    /** What a timer is for; a machine has at most one of each. */
    enum RetryTimer {
        CREATE,
        LOOK_UP,
        CANCEL,
        TOKEN,
        WARM_POOL
    }

    /** The wall clock of this machine. */
    Instant now();

    /** See {@link EngineRuntime#nanoTime()}. */
    long nanoTime();

    /** A number in [0, 1). */
    double random();

    /** Gitpod's time, or a little earlier; null if it is not known. */
    @CheckForNull
    Instant serverTime();

    /** Whether the request's owner is known to be there: after a restart it may not have come back yet. */
    boolean isOwnerThere();

    /** Whether a build that waits wants the warm pool to serve the snapshot before it is told. */
    boolean isWarmPoolWanted();

    /** Saves {@link PrebuildMachine#saved()}. */
    void save() throws IOException;

    /** Looks the token up, then {@link PrebuildMachine#tokenReady} or {@link PrebuildMachine#tokenMissing}. */
    void fetchToken();

    /** {@link PrebuildMachine#timerFired} after a delay; replaces an earlier timer of the same kind. */
    void startTimer(RetryTimer timer, Duration delay);

    /**
     * Hands over a create that may have made a surplus prebuild, to a request that looks for it and cancels it. That
     * request is saved when this returns.
     *
     * @param to that request, except for its id
     */
    void handOver(CreateAttempt create, PrebuildRequest to);

    /** Has a prebuild cancelled that is surely surplus. */
    void cancelSurplus(Prebuild prebuild, PrebuildRequest to);

    /** Tells the observer of the request that this one cleans up after, or the log if that request is closed. */
    void reportSurplus(Update update);

    void report(Update update);

    /** Reports the outcome to the observer. */
    void conclude(Outcome outcome);

    /** Reports what finally happened to the prebuild, after the outcome. */
    void settle(Outcome end);

    /** Nothing more will happen: closes the request. */
    void finish();
}
