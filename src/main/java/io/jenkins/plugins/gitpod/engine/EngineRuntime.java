package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/** Time and threads, injected. */
public interface EngineRuntime {

    /** The wall clock: only to compare with Gitpod's times. */
    @NonNull
    Instant now();

    /** A clock that never jumps, in nanoseconds, as {@link System#nanoTime()}. */
    long nanoTime();

    /** Runs a short task after a delay. */
    @NonNull
    Timer schedule(@NonNull Duration delay, @NonNull Runnable task);

    /** The executor of a queue; tasks may block but are bounded by call limits. */
    @NonNull
    Executor executor(@NonNull WorkQueue queue);

    /** A number in [0, 1) to spread what would otherwise happen at once. */
    double random();

    /** A scheduled task. */
    @FunctionalInterface
    interface Timer {
        /** Forgets the task if it has not begun. */
        void cancel();
    }
}
