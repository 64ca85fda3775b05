package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Real time and a few daemon threads. A few do for all queues together as long as tasks get on; when they hang, each queue
 * gets more, up to a limit of its own, so that one that hangs takes no thread from another. Streams are apart: they last.
 */
public final class ThreadedRuntime implements EngineRuntime, AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger(ThreadedRuntime.class.getName());
    private static final String NAME = "gitpod-prebuild-";
    private static final Duration IDLE = Duration.ofSeconds(5);
    /** How long closing waits for creates to be answered: an answer now spares looking it up later. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** So many threads do for tasks that get on, whatever their number. */
    private static final int ENOUGH = 3;

    /** A queue that finishes none of its tasks for so long hangs. */
    private static final Duration HANGS = Duration.ofMillis(250);

    /** A queue without any thread waits no longer for one of the others'. */
    private static final Duration STARVES = Duration.ofMillis(25);

    /** When no thread could be made, this long passes until the next try. */
    private static final Duration NO_THREAD_PAUSE = Duration.ofSeconds(1);

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor few;
    private final ThreadPoolExecutor more;
    private final Map<WorkQueue, QueueExecutor> queues = new EnumMap<>(WorkQueue.class);

    /** How many queues' workers the few threads have. */
    private final AtomicInteger busy = new AtomicInteger();

    private volatile boolean closing;

    public ThreadedRuntime() {
        timer = new ScheduledThreadPoolExecutor(1, threads("timer-"));
        timer.setRemoveOnCancelPolicy(true);
        few = new ThreadPoolExecutor(
                ENOUGH, ENOUGH, IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads("worker-"));
        few.allowCoreThreadTimeOut(true);
        more = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toSeconds(), TimeUnit.SECONDS, new SynchronousQueue<>(), threads("more-"));
        for (WorkQueue queue : WorkQueue.values()) {
            queues.put(queue, new QueueExecutor(queue));
        }
    }

    private static ThreadFactory threads(String purpose) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, NAME + purpose + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(@NonNull Duration delay, @NonNull Runnable task) {
        try {
            var future = timer.schedule(() -> runGuarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    @Override
    public Executor executor(@NonNull WorkQueue queue) {
        return queues.get(queue);
    }

    @Override
    public double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    private static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            // A defect must show, whatever it throws, and must take neither a thread nor a queue's place with it.
            LOGGER.log(Level.WARNING, "Unexpected failure in the Gitpod prebuild engine", e);
        }
    }

    /**
     * Ends all threads: gives creates under way a moment to be answered and lets what is being saved be saved. What is
     * saved is taken up again by the next engine.
     */
    @Override
    public void close() {
        closing = true;
        timer.shutdownNow();
        long deadline = System.nanoTime() + GRACE.toNanos();
        for (WorkQueue last : new WorkQueue[] {WorkQueue.CREATE, WorkQueue.STATE, WorkQueue.DELIVERY}) {
            queues.get(last).awaitIdle(deadline);
        }
        few.shutdownNow();
        more.shutdownNow();
    }

    /** Runs at most so many tasks of a queue at a time, in their order. */
    private final class QueueExecutor implements Executor {

        private final WorkQueue queue;
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private final boolean lasting;
        private int running;
        private long taken;
        private boolean checking;

        QueueExecutor(WorkQueue queue) {
            this.queue = queue;
            this.lasting = queue == WorkQueue.STREAM;
        }

        @Override
        public void execute(Runnable task) {
            synchronized (this) {
                waiting.add(task);
            }
            start(false);
        }

        /** @param hanging whether those that run have not got on for a while */
        private void start(boolean hanging) {
            boolean apart = lasting || hanging || closing;
            synchronized (this) {
                if (running == queue.threads() || waiting.isEmpty()) {
                    return;
                }
                if (!apart && busy.incrementAndGet() > ENOUGH) {
                    busy.decrementAndGet();
                    checkLater();
                    return;
                }
                running++;
            }
            try {
                (apart ? more : few).execute(() -> work(apart));
            } catch (RejectedExecutionException closed) {
                LOGGER.log(Level.FINE, "Not run, for the engine is closed: queue {0}", queue);
                ended(apart);
                synchronized (this) {
                    waiting.clear();
                }
            } catch (OutOfMemoryError noThread) {
                LOGGER.log(Level.WARNING, "No thread to be had for Gitpod prebuilds, trying again", noThread);
                ended(apart);
                schedule(NO_THREAD_PAUSE, () -> start(false));
            }
        }

        private synchronized void ended(boolean apart) {
            running--;
            if (!apart) {
                busy.decrementAndGet();
            }
            notifyAll();
        }

        /** Under the lock. */
        private void checkLater() {
            if (!checking) {
                checking = true;
                long before = taken;
                schedule(running == 0 ? STARVES : HANGS, () -> check(before));
            }
        }

        private void check(long before) {
            boolean hanging;
            synchronized (this) {
                checking = false;
                hanging = taken == before;
            }
            start(hanging);
            synchronized (this) {
                if (!waiting.isEmpty() && running < queue.threads()) {
                    checkLater();
                }
            }
        }

        private void work(boolean apart) {
            for (Runnable task = next(apart); task != null; task = next(apart)) {
                runGuarded(task);
                // What a task was interrupted for, such as a credentials provider's limit, is not the next one's.
                if (!more.isShutdown()) {
                    Thread.interrupted();
                }
            }
            queues.values().forEach(each -> each.start(false)); // one of them may wait for this thread
        }

        @CheckForNull
        private synchronized Runnable next(boolean apart) {
            Runnable task = waiting.poll();
            if (task == null) {
                ended(apart);
            } else {
                taken++;
            }
            return task;
        }

        synchronized void awaitIdle(long deadline) {
            try {
                while (running > 0) {
                    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (millis <= 0) {
                        return;
                    }
                    wait(millis);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
