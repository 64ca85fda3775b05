package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
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

    /** The tasks that wait, or null if none does: there are two of these objects for each open request. */
    @CheckForNull
    private Queue<Runnable> waiting;

    private int running;

    public SerialExecutor(@NonNull Executor executor, int maxConcurrent) {
        this.executor = executor;
        this.maxConcurrent = maxConcurrent;
    }

    @Override
    public void execute(@NonNull Runnable task) {
        synchronized (this) {
            if (running == maxConcurrent) {
                if (waiting == null) {
                    waiting = new ArrayDeque<>();
                }
                waiting.add(task);
                return;
            }
            running++;
        }
        executor.execute(() -> run(task));
    }

    /** How many tasks have not been started. */
    public synchronized int waiting() {
        return waiting == null ? 0 : waiting.size();
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            Runnable next = nextOrEnd();
            if (next != null) {
                // At the end of the queue, so that these tasks do not occupy a thread of the shared executor.
                executor.execute(() -> run(next));
            }
        }
    }

    @CheckForNull
    private synchronized Runnable nextOrEnd() {
        Runnable next = waiting == null ? null : waiting.poll();
        if (next == null) {
            running--;
            waiting = null;
        }
        return next;
    }
}
