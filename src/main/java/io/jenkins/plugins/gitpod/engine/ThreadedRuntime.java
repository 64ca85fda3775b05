package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Real time and a few named daemon threads, which end when idle. */
public final class ThreadedRuntime implements EngineRuntime, AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger(ThreadedRuntime.class.getName());
    private static final long IDLE_SECONDS = 5;

    private final ScheduledThreadPoolExecutor timer;
    private final Map<Lane, ThreadPoolExecutor> lanes = new EnumMap<>(Lane.class);

    public ThreadedRuntime() {
        timer = new ScheduledThreadPoolExecutor(1, threads("timer"));
        timer.setRemoveOnCancelPolicy(true);
        for (Lane lane : Lane.values()) {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    lane.threads(),
                    lane.threads(),
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    threads(lane.name().toLowerCase(Locale.ROOT)));
            pool.allowCoreThreadTimeOut(true);
            lanes.put(lane, pool);
        }
    }

    private static ThreadFactory threads(String purpose) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "gitpod-prebuild-" + purpose + "-" + number.incrementAndGet());
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
            var future = timer.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException shuttingDown) {
            return () -> {};
        }
    }

    @Override
    public Executor lane(@NonNull Lane lane) {
        ThreadPoolExecutor pool = lanes.get(lane);
        return task -> {
            try {
                pool.execute(guarded(task));
            } catch (RejectedExecutionException shuttingDown) {
                LOGGER.log(Level.FINE, "Not run, for the engine is closing", shuttingDown);
            }
        };
    }

    @Override
    public double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | LinkageError e) {
                // A defect must show, and must take no thread of the pool with it.
                LOGGER.log(Level.WARNING, "Unexpected failure in the Gitpod prebuild engine", e);
            }
        };
    }

    /** Ends all threads; what is saved is taken up again by the next engine. */
    @Override
    public void close() {
        timer.shutdownNow();
        lanes.values().forEach(ThreadPoolExecutor::shutdownNow);
    }
}
