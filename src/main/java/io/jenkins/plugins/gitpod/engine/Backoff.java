package io.jenkins.plugins.gitpod.engine;

import java.time.Duration;

/** Growing waits from a first to a longest, spread by a tenth either way so that many do not come back together. */
final class Backoff {

    private final Duration first;
    private final Duration longest;
    private final int factor;
    private int failures;

    /** Waits that double. */
    Backoff(Duration first, Duration longest) {
        this(first, longest, 2);
    }

    /** @param factor how many times as long as the one before each wait is, 2 or more */
    Backoff(Duration first, Duration longest, int factor) {
        this.first = first;
        this.longest = longest;
        this.factor = factor;
    }

    /** The wait after one more failure. {@code random} is in [0, 1). */
    Duration next(double random) {
        Duration wait = first;
        for (int i = 0; i < failures && wait.compareTo(longest) < 0; i++) {
            wait = wait.multipliedBy(factor);
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
