package io.jenkins.plugins.gitpod.engine;

import java.time.Duration;

/**
 * How many calls a watcher may make: some at once, then so many in each interval. What it did not use it has later, up to
 * the number at once. Not thread-safe.
 */
final class CallBudget {

    /** A list of 1,000 prebuilds has ten pages: they may be read in each interval, and one more. */
    private static final double CALLS_PER_INTERVAL = 11;

    private static final int AT_ONCE = 30;

    /** More prebuilds than these make both more calls and longer intervals. */
    private static final int PREBUILDS = 3000;

    private final Duration interval;
    private double calls = AT_ONCE;
    private double most = AT_ONCE;
    private double perNano;
    private long last;

    CallBudget(Duration interval, long now) {
        this.interval = interval;
        this.last = now;
        share(0, 0, now);
    }

    /**
     * Says who shares the budget from now on.
     *
     * @param watched how many prebuilds
     * @param listCalls how many calls it takes to list them all, which must be affordable some time
     */
    void share(int watched, int listCalls, long now) {
        earn(now);
        perNano = CALLS_PER_INTERVAL / interval.toNanos() * Math.max(1.0, (double) watched / PREBUILDS);
        most = Math.max(AT_ONCE, listCalls);
    }

    private void earn(long now) {
        calls = Math.min(most, calls + Math.max(0, now - last) * perNano);
        last = now;
    }

    /** How many calls may be made now. */
    int affordable(long now) {
        earn(now);
        return (int) Math.floor(calls);
    }

    /** How long until so many may be made; zero if they may be made now. */
    Duration until(int wanted, long now) {
        earn(now);
        double missing = wanted - calls;
        return missing <= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(missing / perNano) + 1);
    }

    /** How long until nothing is missing, so that a call beside the rounds delays none of them. */
    Duration untilFull(long now) {
        earn(now);
        double missing = most - calls;
        return missing <= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(missing / perNano) + 1);
    }

    void spend() {
        calls--;
    }

    /** A call that turned out to be the last one for its prebuild is free. */
    void refund() {
        calls++;
    }
}
