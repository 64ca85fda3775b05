package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.engine.ReadCalls.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the calls of a round, as many at a time as {@link ReadPacing} allows. Each call is a task of its own, so that many
 * watchers share few threads. When Gitpod asks to slow down or is in trouble, no further call begins. The lock of the
 * {@link WatchList} guards the fields.
 */
final class ConcurrentReads {

    /** One call. */
    interface Step {
        /** Whether it is still needed when its turn has come. Called under the lock. */
        boolean isNeeded();

        void make() throws GitpodException;

        /** The call failed, and that concerns only what was asked for. */
        void failed(GitpodException e);

        /** The call is over, or was not needed. Called under the lock. */
        void over();
    }

    /** The round. */
    interface Steps {
        /** The next call, or null if there is none at present. Called under the lock. */
        @CheckForNull
        Step next();

        /** This one has to be made again. Called under the lock. */
        void again(Step step);

        /** Gitpod's trouble concerns every prebuild that this token is used for. */
        void troubled(GitpodException e);

        /**
         * There is no more to do.
         *
         * @param failed whether the round ends early, so that the next one has to wait
         * @param pause that wait
         */
        void ended(boolean failed, Duration pause);
    }

    /** A round waits no longer than this for a server that asks to: page tokens expire. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private final EngineRuntime runtime;
    private final WatchList list;
    private final ReadPacing pacing;
    private final Steps steps;

    /** How many calls are being made. */
    private int running;

    /** Whether no call begins for a while. */
    private boolean waiting;

    /** When that ends. */
    private long waitsUntil;

    /** How often Gitpod asked to slow down. */
    private int refusals;

    private boolean failed;
    private Duration pause = Duration.ZERO;
    private boolean ended;

    ConcurrentReads(EngineRuntime runtime, WatchList list, ReadPacing pacing, Steps steps) {
        this.runtime = runtime;
        this.list = list;
        this.pacing = pacing;
        this.steps = steps;
    }

    /** Begins as many calls as may be made at a time. With none left, the round ends. */
    void next() {
        List<Step> begin = new ArrayList<>();
        int refusalsBefore;
        boolean ends;
        synchronized (list) {
            while (!failed && !waiting && !ended && running < pacing.concurrentCalls()) {
                Step step = steps.next();
                if (step == null) {
                    break;
                }
                running++;
                begin.add(step);
            }
            refusalsBefore = refusals;
            ends = running == 0 && (failed || !waiting) && !ended;
            ended |= ends;
            if (ends && !failed) {
                pacing.roundSucceeded();
            }
        }
        begin.forEach(step -> runtime.executor(WorkQueue.WATCH).execute(() -> run(step, refusalsBefore)));
        if (ends) {
            steps.ended(failed, pause);
        }
    }

    private void run(Step step, int refusalsBefore) {
        try {
            synchronized (list) {
                if (!step.isNeeded()) {
                    return;
                }
            }
            make(step, refusalsBefore);
        } finally {
            synchronized (list) {
                running--;
                step.over();
            }
            next();
        }
    }

    private void make(Step step, int refusalsBefore) {
        try {
            step.make();
            synchronized (list) {
                waitFor(pacing.succeeded());
            }
        } catch (GitpodException e) {
            if (Scope.of(e) == Scope.THIS) {
                step.failed(e);
                synchronized (list) {
                    waitFor(pacing.gap());
                }
            } else if (isNewTrouble(step, e, refusalsBefore)) {
                steps.troubled(e);
            }
        }
    }

    /** Several calls that are made at a time may meet with trouble: it counts once, and the longest of their waits is kept. */
    private boolean isNewTrouble(Step step, GitpodException e, int refusalsBefore) {
        synchronized (list) {
            boolean asksToWait = RetryPolicy.read(e) == RetryPolicy.Decision.WAIT;
            if (asksToWait) {
                steps.again(step);
            }
            if (failed || (asksToWait && refusals != refusalsBefore)) {
                if (asksToWait) {
                    pauseFor(pacing.askedWait(e));
                }
                return false;
            }
            if (asksToWait) {
                refusals++;
                pauseFor(pacing.slowDown(e));
            } else {
                failed = true;
                pause = Backoff.max(pacing.roundFailed(), leftToWait());
            }
            return true;
        }
    }

    /** Begins no call for this long or longer. Called under the lock. */
    private void pauseFor(Duration time) {
        if (failed || time.compareTo(MAX_WAIT) > 0) {
            failed = true;
            pause = Backoff.max(pause, Backoff.max(time, leftToWait()));
        } else {
            waitFor(time);
        }
    }

    private Duration leftToWait() {
        return waiting ? Duration.ofNanos(Math.max(0, waitsUntil - runtime.nanoTime())) : Duration.ZERO;
    }

    /** No call begins for this long. Called under the lock. */
    private void waitFor(Duration time) {
        if (time.compareTo(leftToWait()) <= 0) {
            return;
        }
        waitsUntil = runtime.nanoTime() + time.toNanos();
        if (!waiting) {
            waiting = true;
            runtime.schedule(time, this::waited);
        }
    }

    private void waited() {
        synchronized (list) {
            Duration left = leftToWait();
            if (!left.isZero()) {
                runtime.schedule(left, this::waited);
                return;
            }
            waiting = false;
        }
        next();
    }
}
