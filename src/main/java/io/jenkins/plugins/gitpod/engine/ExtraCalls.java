package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes calls that are not needed to follow a prebuild, for all prebuilds of one session: one call at a time, with what the
 * {@link Watcher} leaves of its call budget. Thread-safe.
 */
final class ExtraCalls {

    /** A call that passes on its answer. */
    @FunctionalInterface
    interface Call {
        void make() throws GitpodException;
    }

    private record Request(String method, BooleanSupplier wanted, Call call, Consumer<GitpodException> failed) {}

    private final EngineRuntime runtime;
    private final Supplier<Duration> admission;

    // ---- guarded by waiting

    private final Queue<Request> waiting = new ArrayDeque<>();
    private boolean busy;

    /** @param admission {@link Watcher#admitExtraCall} */
    ExtraCalls(EngineRuntime runtime, Supplier<Duration> admission) {
        this.runtime = runtime;
        this.admission = admission;
    }

    /**
     * Returns at once. The call is made by a thread of {@link WorkQueue#WATCH}, unless its answer is no longer wanted right
     * before that.
     *
     * @param method the name of the API's method
     * @param wanted whether the answer is still wanted
     * @param failed receives the failure, or null if the session ended before the call
     */
    void add(String method, BooleanSupplier wanted, Call call, Consumer<GitpodException> failed) {
        synchronized (waiting) {
            waiting.add(new Request(method, wanted, call, failed));
            if (busy) {
                return;
            }
            busy = true;
        }
        next();
    }

    private void next() {
        runtime.executor(WorkQueue.WATCH).execute(this::nextOne);
    }

    private void nextOne() {
        if (!anyWanted()) {
            return;
        }
        Duration wait = admission.get();
        if (wait == null) {
            stop();
        } else if (!wait.isZero()) {
            runtime.schedule(wait, this::next);
        } else {
            try {
                call();
            } finally {
                next();
            }
        }
    }

    /** Removes requests that are no longer wanted from the head of the queue. @return whether one is left */
    private boolean anyWanted() {
        synchronized (waiting) {
            while (!waiting.isEmpty() && !waiting.peek().wanted().getAsBoolean()) {
                waiting.remove();
            }
            busy = !waiting.isEmpty();
            return busy;
        }
    }

    private void stop() {
        List<Request> dropped;
        synchronized (waiting) {
            dropped = List.copyOf(waiting);
            waiting.clear();
            busy = false;
        }
        dropped.forEach(request -> request.failed().accept(null));
    }

    private void call() {
        Request request = poll();
        if (request == null) {
            return;
        }
        try {
            request.call().make();
        } catch (GitpodException e) {
            request.failed().accept(e);
        } catch (RuntimeException | Error e) {
            request.failed().accept(UnexpectedFailures.failedCall(request.method(), e));
        }
    }

    @CheckForNull
    private Request poll() {
        synchronized (waiting) {
            return waiting.poll();
        }
    }
}
