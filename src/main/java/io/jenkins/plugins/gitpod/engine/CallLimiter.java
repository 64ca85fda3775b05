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
 * Lets at most so many calls of one session out at once. A task of a calling lane makes one call after the other, so tasks
 * are what is counted. Cancels go first, then reads, then creates; who waits holds no thread.
 */
final class CallLimiter {

    private static final List<WorkQueue> TURNS = List.of(WorkQueue.CANCEL, WorkQueue.WATCH, WorkQueue.CREATE);

    private final int atOnce;
    private final Map<WorkQueue, Queue<Runnable>> waiting = new EnumMap<>(WorkQueue.class);

    private int running;

    CallLimiter(int atOnce) {
        this.atOnce = atOnce;
        for (WorkQueue lane : TURNS) {
            waiting.put(lane, new ArrayDeque<>());
        }
    }

    /** The same runtime, but with this gate before the lanes that call Gitpod. */
    EngineRuntime around(EngineRuntime runtime) {
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
            public Executor lane(WorkQueue lane) {
                Executor executor = runtime.lane(lane);
                return waiting.containsKey(lane) ? task -> enter(lane, task, runtime) : executor;
            }

            @Override
            public double random() {
                return runtime.random();
            }
        };
    }

    private void enter(WorkQueue lane, Runnable task, EngineRuntime runtime) {
        synchronized (waiting) {
            waiting.get(lane).add(task);
        }
        next(runtime);
    }

    private void next(EngineRuntime runtime) {
        WorkQueue lane;
        Runnable task;
        synchronized (waiting) {
            lane = running < atOnce ? turn() : null;
            if (lane == null) {
                return;
            }
            task = waiting.get(lane).remove();
            running++;
        }
        runtime.lane(lane).execute(() -> {
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
    private WorkQueue turn() {
        for (WorkQueue lane : TURNS) {
            if (!waiting.get(lane).isEmpty()) {
                return lane;
            }
        }
        return null;
    }
}
