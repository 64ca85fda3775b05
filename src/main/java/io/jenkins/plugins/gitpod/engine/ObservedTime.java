package io.jenkins.plugins.gitpod.engine;

import java.time.Duration;

/**
 * A span of time, counted only while somebody looked: each look adds the time since the last one, but at most a cap. So a
 * suspended machine or a long downtime adds one gap, not the hours in which nobody could know anything.
 */
final class ObservedTime {

    private static final long CAP = Duration.ofMinutes(2).toNanos();

    private long total;
    private long last;
    private boolean running;

    ObservedTime() {}

    ObservedTime(Duration already) {
        total = already.toNanos();
    }

    /** Looks, at a time of {@link EngineRuntime#nanoTime()}. */
    void look(long nanos) {
        if (running) {
            total += Math.max(0, Math.min(nanos - last, CAP));
        }
        running = true;
        last = nanos;
    }

    /** Starts again at nothing. */
    void reset() {
        total = 0;
        running = false;
    }

    boolean isRunning() {
        return running;
    }

    Duration total() {
        return Duration.ofNanos(total);
    }

    boolean reached(Duration limit) {
        return total >= limit.toNanos();
    }
}
