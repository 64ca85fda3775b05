package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.GitpodException;
import java.time.Duration;

/**
 * How fast a {@link Watcher}'s calls follow one another: at once while all is well, with gaps after Gitpod asked to slow
 * down, and after growing pauses while Gitpod is in trouble. Several calls are made at a time only while all is well. Not
 * thread-safe: belongs to the round that is running.
 */
final class ReadPacing {

    /** The gap between calls after the first "too many requests". */
    private static final Duration FIRST_GAP = Duration.ofMillis(250);

    private static final Duration MAX_GAP = Duration.ofSeconds(5);

    /** A gap below this one is none. */
    private static final Duration MIN_GAP = Duration.ofMillis(10);

    /** The longest wait that is granted to a server that asks for one. */
    private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

    private final EngineRuntime runtime;
    private final Backoff backoff;
    private final int maxConcurrent;
    private int concurrent = 1;

    /** "Too many requests" in a row. */
    private int refusals;

    private int failedRounds;
    private Duration gap = Duration.ZERO;

    /**
     * @param backoff the pauses while Gitpod is in trouble
     * @param maxConcurrent the maximum number of calls at a time
     */
    ReadPacing(EngineRuntime runtime, Backoff backoff, int maxConcurrent) {
        this.runtime = runtime;
        this.backoff = backoff;
        this.maxConcurrent = maxConcurrent;
    }

    /** The first call of a round is made alone: it shows whether Gitpod responds. */
    void roundBegins() {
        concurrent = 1;
    }

    /** How many calls may be made at a time: one more after each that succeeded. */
    int concurrentCalls() {
        return gap.isZero() ? concurrent : 1;
    }

    /** How many rounds in a row have failed. */
    int failedRounds() {
        return failedRounds;
    }

    /** The wait after a call that failed for a reason that concerns only what was asked for. */
    Duration gap() {
        return gap;
    }

    /** A call succeeded. @return the wait before the next one */
    Duration succeeded() {
        refusals = 0;
        concurrent = Math.min(concurrent + 1, maxConcurrent);
        gap = gap.compareTo(MIN_GAP) < 0 ? Duration.ZERO : gap.multipliedBy(19).dividedBy(20);
        return gap;
    }

    /** Gitpod asks to slow down. @return the wait before the same call */
    Duration slowDown(GitpodException e) {
        refusals++;
        concurrent = 1;
        gap = gap.isZero() ? FIRST_GAP : Backoff.min(gap.multipliedBy(2), MAX_GAP);
        return Backoff.max(askedWait(e), refusals == 1 ? gap : backoff.next(runtime.random()));
    }

    /** The wait that Gitpod asks for, and a little more. */
    Duration askedWait(GitpodException e) {
        Duration asked = Backoff.min(e.retryAfter().orElse(gap), MAX_RETRY_AFTER);
        return Backoff.withJitter(asked.multipliedBy(6).dividedBy(5), runtime.random());
    }

    /** Gitpod is in trouble, which ends the round. @return the pause before the next one */
    Duration roundFailed() {
        failedRounds++;
        return backoff.next(runtime.random());
    }

    void roundSucceeded() {
        failedRounds = 0;
        backoff.reset();
    }
}
