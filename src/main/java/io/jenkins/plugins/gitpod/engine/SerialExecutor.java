package io.jenkins.plugins.gitpod.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Runs at most so many tasks at a time on an executor that others use too, in the order they came. With one at a time it
 * is a mailbox.
 */
final class SerialExecutor implements Executor {

    private final Executor executor;
    private final int atOnce;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    SerialExecutor(Executor executor, int atOnce) {
        this.executor = executor;
        this.atOnce = atOnce;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (waiting) {
            if (running == atOnce) {
                waiting.add(task);
                return;
            }
            running++;
        }
        executor.execute(() -> run(task));
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
                // To the end of the line: nobody keeps a thread of a shared executor to himself.
                executor.execute(() -> run(next));
            }
        }
    }
}
