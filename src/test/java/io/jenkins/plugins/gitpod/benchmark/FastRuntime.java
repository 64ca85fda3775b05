package io.jenkins.plugins.gitpod.benchmark;

import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/** The threads that the plugin uses, in accelerated time. */
final class FastRuntime implements EngineRuntime {

    private final ThreadedRuntime threads;
    private final FastClock clock;
    private final long start = System.nanoTime();

    FastRuntime(ThreadedRuntime threads, FastClock clock) {
        this.threads = threads;
        this.clock = clock;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public long nanoTime() {
        return clock.simulatedNanos(System.nanoTime() - start);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return threads.schedule(clock.real(delay), task);
    }

    @Override
    public Executor executor(WorkQueue queue) {
        return threads.executor(queue);
    }

    @Override
    public double random() {
        return threads.random();
    }
}
