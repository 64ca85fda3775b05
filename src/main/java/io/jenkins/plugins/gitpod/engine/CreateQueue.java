package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * The queue of one secret's creates, of which at most {@value #MAX_CONCURRENT} run at a time. Projects take turns, so that
 * a job with hundreds of builds does not hold up others. Within a project, the order is that of the turns, which a create
 * keeps when it is repeated. When Gitpod asks to wait, the whole queue waits.
 */
final class CreateQueue {

    static final int MAX_CONCURRENT = 3;

    /** A request that was told a longer wait keeps it; the rest of the queue tries again after this time. */
    private static final Duration MAX_HOLD = Duration.ofMinutes(1);

    private record Waiting(long turn, Runnable task) {}

    private final EngineRuntime runtime;
    private final Map<String, Queue<Waiting>> byProject = new HashMap<>();
    private final Queue<String> projects = new ArrayDeque<>();
    private final Executor executor;
    private long turns;
    private int size;
    private long heldUntil;
    private boolean held;

    CreateQueue(EngineRuntime runtime) {
        this.runtime = runtime;
        this.executor = new SerialExecutor(runtime.executor(WorkQueue.CREATE), MAX_CONCURRENT);
    }

    /** A new place in the order. A create that is repeated passes the same one. */
    synchronized long nextTurn() {
        turns++;
        return turns;
    }

    /** Runs a task when it is its turn. The task may block. */
    void add(String projectId, long turn, Runnable task) {
        synchronized (this) {
            Queue<Waiting> queue = byProject.get(projectId);
            if (queue == null) {
                queue = new PriorityQueue<>(Comparator.comparingLong(Waiting::turn));
                byProject.put(projectId, queue);
                projects.add(projectId);
            }
            queue.add(new Waiting(turn, task));
            size++;
        }
        executor.execute(this::runNext);
    }

    /** Gitpod has asked to wait. */
    void hold(Duration asked) {
        Duration wait = asked.compareTo(MAX_HOLD) < 0 ? asked : MAX_HOLD;
        synchronized (this) {
            long until = runtime.nanoTime() + wait.toNanos();
            if (held && until - heldUntil <= 0) {
                return;
            }
            heldUntil = until;
            if (held) {
                return; // the timer that is running checks the time again
            }
            held = true;
        }
        runtime.schedule(wait, this::release);
    }

    private void release() {
        int waiting;
        synchronized (this) {
            long left = heldUntil - runtime.nanoTime();
            if (left > 0) {
                runtime.schedule(Duration.ofNanos(left), this::release);
                return;
            }
            held = false;
            waiting = size;
        }
        for (int i = 0; i < waiting; i++) {
            executor.execute(this::runNext);
        }
    }

    /** Decides only now whose turn it is. While the queue is held, this does nothing: the release makes up for it. */
    private void runNext() {
        Waiting next;
        synchronized (this) {
            next = held ? null : poll();
        }
        if (next != null) {
            next.task().run();
        }
    }

    @CheckForNull
    private Waiting poll() {
        String project = projects.poll();
        if (project == null) {
            return null;
        }
        Queue<Waiting> queue = byProject.get(project);
        Waiting next = queue.poll();
        size--;
        if (queue.isEmpty()) {
            byProject.remove(project);
        } else {
            projects.add(project);
        }
        return next;
    }
}
