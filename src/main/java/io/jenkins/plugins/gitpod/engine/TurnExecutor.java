package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.concurrent.Executor;

/**
 * Runs tasks on an executor that others use as well. Projects take turns, and within a project jobs do. The tasks of one job
 * keep their order. Whose turn it is, is decided when the executor has a free thread. Thread-safe.
 */
public final class TurnExecutor {

    private final Executor executor;

    /** Guarded by itself. */
    private final TurnQueue<Runnable> waiting = new TurnQueue<>();

    private long turns;

    public TurnExecutor(@NonNull Executor executor) {
        this.executor = executor;
    }

    /** Runs the tasks of one job. */
    @NonNull
    public Executor of(@NonNull String project, @NonNull String job) {
        return task -> {
            synchronized (waiting) {
                turns++;
                waiting.add(project, job, turns, task);
            }
            executor.execute(this::runNext);
        };
    }

    private void runNext() {
        Runnable next = poll();
        if (next != null) {
            next.run();
        }
    }

    @CheckForNull
    private Runnable poll() {
        synchronized (waiting) {
            return waiting.poll();
        }
    }
}
