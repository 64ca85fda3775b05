package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
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
 * Real time and a few daemon threads. All lanes draw from one pool, which makes a thread only when none is idle; each lane
 * has a limit of its own, so that one that hangs takes no thread from another.
 */
public final class ThreadedRuntime implements EngineRuntime, AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger(ThreadedRuntime.class.getName());
    private static final String NAME = "gitpod-prebuild-";
    private static final Duration IDLE = Duration.ofSeconds(5);
    /** How long closing waits for creates to be answered: an answer now spares looking it up later. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** When no thread could be made, this long passes until the next try. */
    private static final Duration NO_THREAD_PAUSE = Duration.ofSeconds(1);

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor pool;
    private final Map<Lane, LaneQueue> lanes = new EnumMap<>(Lane.class);

    public ThreadedRuntime() {
        timer = new ScheduledThreadPoolExecutor(1, threads("timer-"));
        timer.setRemoveOnCancelPolicy(true);
        pool = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toSeconds(), TimeUnit.SECONDS, new SynchronousQueue<>(), threads("worker-"));
        for (Lane lane : Lane.values()) {
            lanes.put(lane, new LaneQueue(lane));
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
    public Executor lane(@NonNull Lane lane) {
        return lanes.get(lane);
    }

    @Override
    public double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    private static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            // A defect must show, whatever it throws, and must take neither a thread nor a lane's place with it.
            LOGGER.log(Level.WARNING, "Unexpected failure in the Gitpod prebuild engine", e);
        }
    }

    /**
     * Ends all threads: gives creates under way a moment to be answered and lets what is being saved be saved. What is
     * saved is taken up again by the next engine.
     */
    @Override
    public void close() {
        timer.shutdownNow();
        long deadline = System.nanoTime() + GRACE.toNanos();
        for (Lane last : new Lane[] {Lane.CREATE, Lane.STATE, Lane.DELIVERY}) {
            lanes.get(last).awaitIdle(deadline);
        }
        pool.shutdownNow();
    }

    /** Runs at most so many tasks of a lane at a time, in their order, on threads of the pool. */
    private final class LaneQueue implements Executor {

        private final Lane lane;
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private int running;

        LaneQueue(Lane lane) {
            this.lane = lane;
        }

        @Override
        public void execute(Runnable task) {
            synchronized (this) {
                waiting.add(task);
            }
            start();
        }

        private void start() {
            synchronized (this) {
                if (running == lane.threads() || waiting.isEmpty()) {
                    return;
                }
                running++;
            }
            try {
                pool.execute(this::work);
            } catch (RejectedExecutionException closed) {
                LOGGER.log(Level.FINE, "Not run, for the engine is closed: lane {0}", lane);
                synchronized (this) {
                    running--;
                    waiting.clear();
                    notifyAll();
                }
            } catch (OutOfMemoryError noThread) {
                LOGGER.log(Level.WARNING, "No thread to be had for Gitpod prebuilds, trying again", noThread);
                synchronized (this) {
                    running--;
                    notifyAll();
                }
                schedule(NO_THREAD_PAUSE, this::start);
            }
        }

        private void work() {
            for (Runnable task = next(); task != null; task = next()) {
                runGuarded(task);
                // What a task was interrupted for, such as a credentials provider's limit, is not the next one's.
                if (!pool.isShutdown()) {
                    Thread.interrupted();
                }
            }
        }

        private synchronized Runnable next() {
            Runnable task = waiting.poll();
            if (task == null) {
                running--;
                notifyAll();
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
