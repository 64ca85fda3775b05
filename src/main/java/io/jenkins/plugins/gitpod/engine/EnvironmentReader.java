package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads environments for all prebuilds of one session, one call at a time, with what the {@link Watcher} leaves of its
 * call budget. Thread-safe.
 */
final class EnvironmentReader {

    private record Request(
            String environmentId,
            BooleanSupplier wanted,
            Consumer<EnvironmentGit> answered,
            Consumer<GitpodException> failed) {}

    private final GitpodClient client;
    private final EngineRuntime runtime;
    private final Supplier<Duration> admission;

    // ---- guarded by waiting

    private final Queue<Request> waiting = new ArrayDeque<>();
    private boolean busy;

    /** @param admission {@link Watcher#admitExtraCall} */
    EnvironmentReader(GitpodClient client, EngineRuntime runtime, Supplier<Duration> admission) {
        this.client = client;
        this.runtime = runtime;
        this.admission = admission;
    }

    /**
     * Returns at once. One of the two consumers is called by a thread of {@link WorkQueue#WATCH}, unless the answer is no
     * longer wanted right before the call.
     *
     * @param wanted whether the answer is still wanted
     * @param answered receives what is checked out
     * @param failed receives the failure, or null if the session ended before the call
     */
    void read(
            String environmentId,
            BooleanSupplier wanted,
            Consumer<EnvironmentGit> answered,
            Consumer<GitpodException> failed) {
        synchronized (waiting) {
            waiting.add(new Request(environmentId, wanted, answered, failed));
            if (busy) {
                return;
            }
            busy = true;
        }
        next();
    }

    private void next() {
        runtime.executor(WorkQueue.WATCH).execute(this::readOne);
    }

    private void readOne() {
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
            request.answered().accept(client.getEnvironmentGit(request.environmentId()));
        } catch (GitpodException e) {
            request.failed().accept(e);
        } catch (RuntimeException | Error e) {
            request.failed().accept(UnexpectedFailures.failedCall("GetEnvironment", e));
        }
    }

    @CheckForNull
    private Request poll() {
        synchronized (waiting) {
            return waiting.poll();
        }
    }
}
