package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Limits the concurrent calls of one session. It counts tasks of the queues that call Gitpod, since a task makes one call
 * at a time. Cancels come first, then reads, then creates; but of two reads in a row, a create that waits comes before the
 * second one. A waiting task holds no thread.
 */
final class CallLimiter {

    private static final List<WorkQueue> BY_PRIORITY = List.of(WorkQueue.CANCEL, WorkQueue.WATCH, WorkQueue.CREATE);

    private final int maxConcurrent;
    private final Map<WorkQueue, Queue<Runnable>> waiting = new EnumMap<>(WorkQueue.class);

    private int running;

    /** Whether the latest task was a read. */
    private boolean lastWasRead;

    CallLimiter(int maxConcurrent) {
        this.maxConcurrent = maxConcurrent;
        for (WorkQueue queue : BY_PRIORITY) {
            waiting.put(queue, new ArrayDeque<>());
        }
    }

    /** The same runtime with this limit on the queues that call Gitpod. */
    EngineRuntime limit(EngineRuntime runtime) {
        return new EngineRuntime() {
            @Override
            public Instant now() {
                return runtime.now();
            }

            @Override
            public long nanoTime() {
                return runtime.nanoTime();
            }

            @Override
            public Timer schedule(Duration delay, Runnable task) {
                return runtime.schedule(delay, task);
            }

            @Override
            public Executor executor(WorkQueue queue) {
                Executor executor = runtime.executor(queue);
                return waiting.containsKey(queue) ? task -> enter(queue, task, runtime) : executor;
            }

            @Override
            public double random() {
                return runtime.random();
            }
        };
    }

    private void enter(WorkQueue queue, Runnable task, EngineRuntime runtime) {
        synchronized (waiting) {
            waiting.get(queue).add(task);
        }
        next(runtime);
    }

    private void next(EngineRuntime runtime) {
        WorkQueue queue;
        Runnable task;
        synchronized (waiting) {
            queue = running < maxConcurrent ? nextQueue() : null;
            if (queue == null) {
                return;
            }
            task = waiting.get(queue).remove();
            running++;
            lastWasRead = queue == WorkQueue.WATCH;
        }
        runtime.executor(queue).execute(() -> {
            try {
                task.run();
            } finally {
                synchronized (waiting) {
                    running--;
                }
                next(runtime);
            }
        });
    }

    @CheckForNull
    private WorkQueue nextQueue() {
        boolean isTurnOfCreate = lastWasRead && !waiting.get(WorkQueue.CREATE).isEmpty();
        if (isTurnOfCreate && waiting.get(WorkQueue.CANCEL).isEmpty()) {
            return WorkQueue.CREATE;
        }
        for (WorkQueue queue : BY_PRIORITY) {
            if (!waiting.get(queue).isEmpty()) {
                return queue;
            }
        }
        return null;
    }
}
