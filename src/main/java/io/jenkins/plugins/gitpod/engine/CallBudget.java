package io.jenkins.plugins.gitpod.engine;

import java.time.Duration;

/**
 * Limits the calls of a watcher (a token bucket): a burst of {@value #BURST}, and further calls at a constant rate. Calls
 * that were not made can be made later, up to the burst. Not thread-safe.
 */
final class CallBudget {

    /** The ten pages of a list of 1,000 prebuilds can be read in each interval, and one more. */
    private static final double CALLS_PER_INTERVAL = 11;

    private static final int BURST = 30;

    /** Above this number of prebuilds, the rate grows in proportion. */
    private static final int MAX_PREBUILDS_AT_BASE_RATE = 3000;

    private final Duration interval;
    private double calls = BURST;
    private double maximum = BURST;
    private double perNano;
    private long last;

    CallBudget(Duration interval, long now) {
        this.interval = interval;
        this.last = now;
        share(0, 0, now);
    }

    /**
     * Sets the rate and the burst for what is watched from now on.
     *
     * @param watched the number of prebuilds
     * @param listCalls how many calls list them all, which the burst must allow
     */
    void share(int watched, int listCalls, long now) {
        earn(now);
        perNano =
                CALLS_PER_INTERVAL / interval.toNanos() * Math.max(1.0, (double) watched / MAX_PREBUILDS_AT_BASE_RATE);
        maximum = Math.max(BURST, listCalls);
    }

    /** Whether so many calls may be made in each interval. */
    boolean allowsInEachInterval(int wanted) {
        return wanted <= perNano * interval.toNanos();
    }

    private void earn(long now) {
        calls = Math.min(maximum, calls + Math.max(0, now - last) * perNano);
        last = now;
    }

    /** How many calls may be made now. */
    int affordable(long now) {
        earn(now);
        return (int) Math.floor(calls);
    }

    /** The wait until this number of calls may be made; zero if they may be made now. */
    Duration until(int wanted, long now) {
        earn(now);
        double missing = wanted - calls;
        return missing <= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(missing / perNano) + 1);
    }

    /** The wait until a whole burst may be made, so that an extra call delays no round. */
    Duration untilFull(long now) {
        earn(now);
        double missing = maximum - calls;
        return missing <= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(missing / perNano) + 1);
    }

    void spend() {
        calls--;
    }

    /** Returns a call: the last one for a prebuild is free. */
    void refund() {
        calls++;
    }
}
