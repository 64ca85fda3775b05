package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * A span of time that counts only while it was observed: each look adds the time since the last one, up to a maximum. A
 * suspended machine or a long downtime adds that maximum at most.
 */
final class ObservedTime {

    /** The maximum if the time of the next look is not known. */
    private static final Duration MAX_GAP = Duration.ofMinutes(2);

    /** How much later than planned a look may come: a call that hangs takes up to half a minute. */
    private static final Duration MAX_DELAY = Duration.ofMinutes(1);

    private long total;
    private long last;
    private boolean running;

    @CheckForNull
    private Duration planned;

    ObservedTime() {}

    ObservedTime(Duration already) {
        total = already.toNanos();
    }

    /** Counts the time up to now, a time of {@link EngineRuntime#nanoTime()}. */
    void observe(long nanos) {
        if (running) {
            Duration maximum = planned == null ? MAX_GAP : planned.plus(MAX_DELAY);
            total += Math.max(0, Math.min(nanos - last, maximum.toNanos()));
        }
        running = true;
        last = nanos;
        planned = null;
    }

    /** Sets when the next look is planned, so that a long planned wait counts whole. */
    void next(@NonNull Duration wait) {
        planned = wait;
    }

    /** The time until the next look does not count; what has been counted stays. */
    void pause() {
        running = false;
        planned = null;
    }

    /** Starts again at zero. */
    void reset() {
        total = 0;
        pause();
    }

    Duration total() {
        return Duration.ofNanos(total);
    }

    boolean reached(Duration limit) {
        return total >= limit.toNanos();
    }
}
