package io.jenkins.plugins.gitpod.benchmark;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** A clock that runs faster than the real one; two processes of one machine that agree on its start agree on its time. */
final class FastClock implements InstantSource {

    private static final Instant EPOCH = Instant.parse("2026-03-02T08:00:00Z");

    private final Instant start;
    private final double scale;

    /** @param scale how many simulated seconds a real one has */
    FastClock(Instant start, double scale) {
        this.start = start;
        this.scale = scale;
    }

    @Override
    public Instant instant() {
        long micros = ChronoUnit.MICROS.between(start, Instant.now());
        return EPOCH.plus((long) (micros * scale), ChronoUnit.MICROS);
    }

    /** How long a simulated span really takes. */
    Duration real(Duration simulated) {
        return Duration.ofNanos((long) (simulated.toNanos() / scale));
    }

    /** How much simulated time a real span is. */
    long simulatedNanos(long realNanos) {
        return (long) (realNanos * scale);
    }
}
