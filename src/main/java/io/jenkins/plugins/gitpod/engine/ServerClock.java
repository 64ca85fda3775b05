package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.AnswerTimes;
import java.time.Duration;
import java.time.Instant;

/**
 * What Gitpod's clock shows, as far as the {@code Date} headers of its answers tell: each bounds the distance between that
 * clock and our own monotonic one to a second and the time that the call took, and several bound it closer. Our wall
 * clock has no part in it. Thread-safe.
 */
final class ServerClock implements AnswerTimes {

    /** Several machines answer and date, and their clocks differ a little; a time may be cut to a second. */
    static final Duration SLACK = Duration.ofSeconds(2);

    /** What a Date header is cut to. */
    private static final Duration RESOLUTION = Duration.ofSeconds(1);

    private final EngineRuntime runtime;

    /** What Gitpod's clock showed at the monotonic clock's zero: not earlier and not later than this. */
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
        // Apart from what was known: this machine slept, or Gitpod's clock was set. The newest answer is right.
        boolean agrees = known != null && !low.isAfter(latestZero) && !high.isBefore(known);
        earliestZero = agrees && known.isAfter(low) ? known : low;
        latestZero = agrees && latestZero.isBefore(high) ? latestZero : high;
    }

    /** Gitpod's time at this moment of {@link EngineRuntime#nanoTime()}, surely not too late; null if no answer had a date. */
    @CheckForNull
    synchronized Instant earliest(long nanos) {
        return earliestZero == null ? null : earliestZero.plusNanos(nanos).minus(SLACK);
    }

    /** The same, surely not too early. */
    @CheckForNull
    synchronized Instant latest(long nanos) {
        return earliestZero == null ? null : latestZero.plusNanos(nanos).plus(SLACK);
    }
}
