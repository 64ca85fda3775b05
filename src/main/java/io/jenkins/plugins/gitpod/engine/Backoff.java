package io.jenkins.plugins.gitpod.engine;

import java.time.Duration;

/** Growing waits from a first to a maximum, each up to a tenth shorter or longer, so that many callers do not coincide. */
final class Backoff {

    private final Duration first;
    private final Duration max;
    private final int factor;
    private int failures;

    /** Waits that double. */
    Backoff(Duration first, Duration max) {
        this(first, max, 2);
    }

    /** @param factor how many times as long as the one before each wait is, 2 or more */
    Backoff(Duration first, Duration max, int factor) {
        this.first = first;
        this.max = max;
        this.factor = factor;
    }

    /**
     * The wait after one more failure.
     *
     * @param random in [0, 1)
     */
    Duration next(double random) {
        Duration wait = first;
        for (int i = 0; i < failures && wait.compareTo(max) < 0; i++) {
            wait = wait.multipliedBy(factor);
        }
        failures++;
        return withJitter(min(wait, max), random);
    }

    /**
     * The wait, up to a tenth shorter or longer.
     *
     * @param random in [0, 1)
     */
    static Duration withJitter(Duration wait, double random) {
        return Duration.ofNanos((long) (wait.toNanos() * (0.9 + 0.2 * random)));
    }

    static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    int failures() {
        return failures;
    }

    void reset() {
        failures = 0;
    }
}
