package io.jenkins.plugins.gitpod.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until it is set. */
final class ManualClock implements InstantSource {
    static final Instant START = Instant.parse("2026-08-01T10:00:00Z");

    private volatile Instant now = START;

    @Override
    public Instant instant() {
        return now;
    }

    void advance(Duration by) {
        now = now.plus(by);
    }

    void advanceSeconds(double seconds) {
        advance(Duration.ofNanos((long) (seconds * 1e9)));
    }
}
