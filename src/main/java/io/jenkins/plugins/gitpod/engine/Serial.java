package io.jenkins.plugins.gitpod.engine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Runs at most so many tasks at a time on an executor that others use too, in the order they came. With one at a time it
 * is a mailbox.
 */
final class Serial implements Executor {

    private final Executor executor;
    private final int atOnce;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    Serial(Executor executor, int atOnce) {
        this.executor = executor;
        this.atOnce = atOnce;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (waiting) {
            waiting.add(task);
            if (running == atOnce) {
                return;
            }
            running++;
        }
        executor.execute(this::runNext);
    }

    private void runNext() {
        Runnable task;
        synchronized (waiting) {
            task = waiting.remove();
        }
        try {
            task.run();
        } finally {
            boolean more;
            synchronized (waiting) {
                more = !waiting.isEmpty();
                if (!more) {
                    running--;
                }
            }
            if (more) {
                // To the end of the line: nobody keeps a thread of a shared executor to himself.
                executor.execute(this::runNext);
            }
        }
    }
}
