package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.AnswerTimes;
import java.time.Duration;
import java.time.Instant;

/**
 * Gitpod's clock, as far as the {@code Date} headers of its answers tell: each limits the distance between that clock and
 * this machine's monotonic one to a second plus the time of the call, and several limit it further. This machine's wall
 * clock is not used. Thread-safe.
 */
final class ServerClock implements AnswerTimes {

    /** The clocks of the machines that answer differ a little, and a time may be cut to a second. */
    static final Duration TOLERANCE = Duration.ofSeconds(2);

    /** The precision of a Date header. */
    private static final Duration RESOLUTION = Duration.ofSeconds(1);

    private final EngineRuntime runtime;

    /** The bounds of what Gitpod's clock showed at the monotonic clock's zero; null if no answer had a date. */
    @CheckForNull
    private Instant earliestZero;

    private Instant latestZero = Instant.EPOCH;

    ServerClock(EngineRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public long nanoTime() {
        return runtime.nanoTime();
    }

    @Override
    public synchronized void answered(Instant date, long sent, long received) {
        Instant low = date.minusNanos(received);
        Instant high = date.plus(RESOLUTION).minusNanos(sent);
        Instant known = earliestZero;
        // If it contradicts the bounds, this machine slept or Gitpod's clock was set, and the newest answer is right.
        boolean agrees = known != null && !low.isAfter(latestZero) && !high.isBefore(known);
        earliestZero = agrees && known.isAfter(low) ? known : low;
        latestZero = agrees && latestZero.isBefore(high) ? latestZero : high;
    }

    /** Gitpod's time at a {@link EngineRuntime#nanoTime()}, at the earliest; null if no answer had a date. */
    @CheckForNull
    synchronized Instant earliest(long nanos) {
        return earliestZero == null ? null : earliestZero.plusNanos(nanos).minus(TOLERANCE);
    }

    /** The same, at the latest. */
    @CheckForNull
    synchronized Instant latest(long nanos) {
        return earliestZero == null ? null : latestZero.plusNanos(nanos).plus(TOLERANCE);
    }
}
