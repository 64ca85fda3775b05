package io.jenkins.plugins.gitpod.simulator;

import java.time.Duration;
import java.time.Instant;

/** Allows a number of calls in each second, counted from the first call after a full second. */
final class RateLimiter {
    private int limit;
    private Instant windowStart = Instant.MIN;
    private int calls;

    /** 0 is no limit. */
    synchronized void limit(int callsPerSecond) {
        limit = callsPerSecond;
        calls = 0;
    }

    synchronized void pass(Instant now) throws ApiError {
        if (limit == 0) {
            return;
        }
        if (windowStart.equals(Instant.MIN) || now.isBefore(windowStart) || !now.isBefore(windowStart.plusSeconds(1))) {
            windowStart = now;
            calls = 0;
        }
        if (calls >= limit) {
            Duration wait = Duration.between(now, windowStart.plusSeconds(1));
            throw new ApiError(ErrorResponses.rateLimited(wait), "too many calls");
        }
        calls++;
    }
}
