package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/** The time and the threads of an engine, which tests replace by simulated ones. */
public interface EngineRuntime {

    /** The wall clock, used only to compare with Gitpod's times. */
    @NonNull
    Instant now();

    /** A monotonic clock in nanoseconds, as {@link System#nanoTime()}. */
    long nanoTime();

    /** Runs a short task after a delay. */
    @NonNull
    Timer schedule(@NonNull Duration delay, @NonNull Runnable task);

    /** The executor of a queue. Its tasks may block, but not for longer than a call may take. */
    @NonNull
    Executor executor(@NonNull WorkQueue queue);

    /** A random number in [0, 1), for jitter. */
    double random();

    /** A scheduled task. */
    @FunctionalInterface
    interface Timer {
        /** Does not run the task, unless it has begun. */
        void cancel();
    }
}
