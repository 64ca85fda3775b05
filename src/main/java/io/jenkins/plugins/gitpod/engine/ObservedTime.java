package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * A span of time, counted only while somebody looked: each look adds the time since the last one, but at most a cap. So a
 * suspended machine or a long downtime adds one gap, not the hours in which nobody could know anything.
 */
final class ObservedTime {

    /** The cap if nobody says when the next look will be. */
    private static final Duration CAP = Duration.ofMinutes(2);

    /** What a look may come later than planned: a call that hangs takes up to half a minute. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private long total;
    private long last;
    private boolean running;

    @CheckForNull
    private Duration planned;

    ObservedTime() {}

    ObservedTime(Duration already) {
        total = already.toNanos();
    }

    /** Looks, at a time of {@link EngineRuntime#nanoTime()}. */
    void look(long nanos) {
        if (running) {
            Duration cap = planned == null ? CAP : planned.plus(LATE);
            total += Math.max(0, Math.min(nanos - last, cap.toNanos()));
        }
        running = true;
        last = nanos;
        planned = null;
    }

    /** Says when the next look will be, so that a long wait on purpose counts whole and a short one cannot be a long gap. */
    void next(@NonNull Duration wait) {
        planned = wait;
    }

    /** The time until the next look counts for nothing; what has been counted stays. */
    void pause() {
        running = false;
        planned = null;
    }

    /** Starts again at nothing. */
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
