package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The queue of one secret's creates. Projects take turns, and within a project jobs do. What a job has keeps the order of its
 * turns, also when it is repeated. {@link CreatePacing} decides how many run at a time, and when.
 */
final class CreateQueue {

    /** A call, which may block. */
    @FunctionalInterface
    interface Call {

        /** @return false if it was not sent after all */
        boolean send();
    }

    private final EngineRuntime runtime;
    private final Executor executor;
    private final TurnQueue<Call> waiting = new TurnQueue<>();
    private final CreatePacing pacing;
    private long turns;

    /** How many tasks were handed to the executor and have not ended. */
    private int running;

    /** How many of them have not taken a call yet. */
    private int starting;

    private boolean timed;

    /** @param maxConcurrent the maximum number of concurrent calls; at least {@link CreatePacing#FIRST_CONCURRENT} are allowed */
    CreateQueue(EngineRuntime runtime, int maxConcurrent) {
        this.runtime = runtime;
        this.executor = runtime.executor(WorkQueue.CREATE);
        this.pacing = new CreatePacing(runtime.nanoTime(), maxConcurrent);
    }

    /** A new place in the order. A create that is repeated passes the same one. */
    synchronized long nextTurn() {
        turns++;
        return turns;
    }

    /** Sends a call when it is its turn. */
    void add(String projectId, String job, long turn, Call call) {
        synchronized (this) {
            waiting.add(projectId, job, turn, call);
        }
        startNext();
    }

    /** Gitpod has made a prebuild. */
    void succeeded() {
        synchronized (this) {
            pacing.succeeded();
        }
    }

    /** A create failed for another reason than a limit of Gitpod's. */
    void failed() {
        synchronized (this) {
            pacing.failed();
        }
    }

    /**
     * Gitpod has asked to wait.
     *
     * @param sent when the refused create was sent
     */
    void hold(long sent, Duration asked) {
        synchronized (this) {
            pacing.refused(sent, asked, runtime.nanoTime());
        }
    }

    /** Whether creates wait because of a limit of Gitpod's. */
    synchronized boolean isHeldBack() {
        return waiting.size() > 0 && (pacing.hasGaps() || pacing.isHeld(runtime.nanoTime()));
    }

    private void startNext() {
        while (isNextDue()) {
            executor.execute(this::runNext);
        }
    }

    /** Whether one more task is to be handed to the executor; it counts as running then. */
    private synchronized boolean isNextDue() {
        if (running >= pacing.concurrent() || starting >= waiting.size() || !isTime()) {
            return false;
        }
        pacing.sent(runtime.nanoTime());
        running++;
        starting++;
        return true;
    }

    /** Whether a call may be sent now. If not, a timer is set. */
    private boolean isTime() {
        long wait = pacing.waitFrom(runtime.nanoTime());
        if (wait <= 0) {
            return true;
        }
        if (!timed) {
            timed = true;
            runtime.schedule(Duration.ofNanos(wait), this::timeOver);
        }
        return false;
    }

    private void timeOver() {
        synchronized (this) {
            timed = false;
        }
        startNext();
    }

    private void runNext() {
        boolean isSent = false;
        try {
            Call next = takeNext();
            isSent = next != null && next.send();
        } finally {
            ended(isSent);
            startNext();
        }
    }

    /** Decides only now whose turn it is. Gitpod may have asked to wait meanwhile. */
    @CheckForNull
    private synchronized Call takeNext() {
        starting--;
        return pacing.isHeld(runtime.nanoTime()) ? null : waiting.poll();
    }

    private synchronized void ended(boolean isSent) {
        running--;
        if (!isSent) {
            pacing.notSent(runtime.nanoTime());
        }
    }
}
