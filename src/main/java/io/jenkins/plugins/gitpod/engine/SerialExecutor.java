package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Runs tasks in their order, a limited number at a time, on an executor that others use as well. With a limit of one it is
 * a mailbox.
 */
public final class SerialExecutor implements Executor {

    private final Executor executor;
    private final int maxConcurrent;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    public SerialExecutor(@NonNull Executor executor, int maxConcurrent) {
        this.executor = executor;
        this.maxConcurrent = maxConcurrent;
    }

    @Override
    public void execute(@NonNull Runnable task) {
        synchronized (waiting) {
            if (running == maxConcurrent) {
                waiting.add(task);
                return;
            }
            running++;
        }
        executor.execute(() -> run(task));
    }

    /** How many tasks have not been started. */
    public int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            Runnable next;
            synchronized (waiting) {
                next = waiting.poll();
                if (next == null) {
                    running--;
                }
            }
            if (next != null) {
                // At the end of the queue, so that these tasks do not occupy a thread of the shared executor.
                executor.execute(() -> run(next));
            }
        }
    }
}
