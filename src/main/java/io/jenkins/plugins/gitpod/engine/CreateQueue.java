package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Where the creates of one secret wait for one of few connections. Projects take turns, so that a job with hundreds of
 * builds keeps nobody else waiting, and within a project who came first goes first, also after he was sent back. When
 * Gitpod asks to wait, all wait.
 */
final class CreateQueue {

    static final int MAX_CONCURRENT = 3;

    /** Whoever was told a longer wait keeps it by himself; the others may be luckier. */
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);

    private record Waiting(long turn, Runnable task) {}

    private final EngineRuntime runtime;
    private final Map<String, Queue<Waiting>> byProject = new HashMap<>();
    private final Queue<String> projects = new ArrayDeque<>();
    private long turns;
    private int running;
    private long heldUntil;
    private boolean held;

    CreateQueue(EngineRuntime runtime) {
        this.runtime = runtime;
    }

    /** A place in the order, to be kept by whoever comes back. */
    synchronized long nextTurn() {
        turns++;
        return turns;
    }

    /** Runs a task when it is its turn; it may block. */
    void add(String projectId, long turn, Runnable task) {
        synchronized (this) {
            Queue<Waiting> queue = byProject.get(projectId);
            if (queue == null) {
                queue = new PriorityQueue<>(Comparator.comparingLong(Waiting::turn));
                byProject.put(projectId, queue);
                projects.add(projectId);
            }
            queue.add(new Waiting(turn, task));
        }
        startNext();
    }

    /** Gitpod has asked to wait. */
    void hold(Duration asked) {
        Duration wait = asked.compareTo(LONGEST_HOLD) < 0 ? asked : LONGEST_HOLD;
        synchronized (this) {
            long until = runtime.nanoTime() + wait.toNanos();
            if (held && until - heldUntil <= 0) {
                return;
            }
            heldUntil = until;
            if (held) {
                return; // whoever wakes up looks again
            }
            held = true;
        }
        runtime.schedule(wait, this::letGo);
    }

    private void letGo() {
        synchronized (this) {
            long left = heldUntil - runtime.nanoTime();
            if (left > 0) {
                runtime.schedule(Duration.ofNanos(left), this::letGo);
                return;
            }
            held = false;
        }
        for (int i = 0; i < MAX_CONCURRENT; i++) {
            startNext();
        }
    }

    private void startNext() {
        Waiting next;
        synchronized (this) {
            if (running == MAX_CONCURRENT || held) {
                return;
            }
            next = poll();
            if (next == null) {
                return;
            }
            running++;
        }
        runtime.executor(WorkQueue.CREATE).execute(() -> run(next.task()));
    }

    @CheckForNull
    private Waiting poll() {
        String project = projects.poll();
        if (project == null) {
            return null;
        }
        Queue<Waiting> queue = byProject.get(project);
        Waiting next = queue.poll();
        if (queue.isEmpty()) {
            byProject.remove(project);
        } else {
            projects.add(project);
        }
        return next;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            synchronized (this) {
                running--;
            }
            startNext();
        }
    }
}
