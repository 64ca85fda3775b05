package io.jenkins.plugins.gitpod.engine;

import java.time.Duration;

/** Doubling waits from a first to a longest, spread by a tenth either way so that many do not come back together. */
final class Backoff {

    private final Duration first;
    private final Duration longest;
    private int failures;

    Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
    }

    /** The wait after one more failure. {@code random} is in [0, 1). */
    Duration next(double random) {
        Duration wait = first;
        for (int i = 0; i < failures && wait.compareTo(longest) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        failures++;
        long nanos = (wait.compareTo(longest) < 0 ? wait : longest).toNanos();
        return Duration.ofNanos((long) (nanos * (0.9 + 0.2 * random)));
    }

    int failures() {
        return failures;
    }

    void reset() {
        failures = 0;
    }
}
