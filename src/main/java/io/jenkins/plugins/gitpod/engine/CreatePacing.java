package io.jenkins.plugins.gitpod.engine;

import java.time.Duration;

/**
 * How many creates of one secret are sent at the same time, and when the next one is. Without a limit of Gitpod's, a burst
 * begins with few and gets more while all succeed. Once Gitpod has asked to wait (429), nothing is sent for that time, and
 * afterwards creates follow one another with gaps: as long as creates took on average until then, the wait included, which is
 * about the rate that Gitpod allows. The gap shrinks while creates succeed, in small steps, so that few are refused. Not
 * thread-safe: belongs to a {@link CreateQueue}.
 */
final class CreatePacing {

    /** The number of concurrent creates at first, and again after a create that failed. */
    static final int FIRST_CONCURRENT = 3;

    /** A request that was told a longer wait keeps it; the others try again after this time. */
    private static final Duration MAX_HOLD = Duration.ofMinutes(1);

    private static final long MIN_GAP = Duration.ofMillis(10).toNanos();
    private static final long MAX_GAP = Duration.ofSeconds(5).toNanos();
    private static final long MAX_GUESSED_GAP = Duration.ofSeconds(1).toNanos();

    /** After a pause of this length, the time before it no longer counts for the average. */
    private static final long IDLE = Duration.ofSeconds(10).toNanos();

    /** After a pause of this length, the next burst begins without gaps. */
    private static final long FORGOTTEN = Duration.ofMinutes(1).toNanos();

    /** With fewer creates than this, the average says little. */
    private static final int FEW = 3;

    /** The part of the gap that each success takes away: less as long as the last refusal is recent. */
    private static final int[] SHRINK = {128, 64, 16};

    private static final int SUCCESSES_PER_STEP = 64;

    /** The same for a gap that was only guessed. */
    private static final int SHRINK_GUESSED = 8;

    private final int maxConcurrent;
    private int concurrent;
    private int succeededInRow;

    private long heldUntil;
    private long next;
    private long lastSent;
    private long lastRefused;
    private boolean refusedBefore;

    private long gap;
    private boolean guessed;
    private int succeededSinceRefusal;

    /** The time over which the average is taken: from the end of the last wait. */
    private long since;

    private int succeeded;

    /** @param now this and all other times are {@link EngineRuntime#nanoTime} */
    CreatePacing(long now, int maxConcurrent) {
        this.maxConcurrent = Math.max(FIRST_CONCURRENT, maxConcurrent);
        concurrent = FIRST_CONCURRENT;
        heldUntil = now;
        next = now;
        since = now;
        lastSent = now;
    }

    /** How many creates may be out at the same time. */
    int concurrent() {
        return concurrent;
    }

    /** Whether creates follow one another with gaps. */
    boolean hasGaps() {
        return gap > 0;
    }

    /** Whether Gitpod has asked to wait for longer. */
    boolean isHeld(long now) {
        return heldUntil - now > 0;
    }

    /** How many nanoseconds the next create has to wait; 0 or less if it may be sent. */
    long waitFrom(long now) {
        return Math.max(heldUntil - now, next - now);
    }

    /** A create is being sent. */
    void sent(long now) {
        // While Gitpod asks to wait, nothing can be sent: that is no pause.
        long quietSince = heldUntil - lastSent > 0 ? heldUntil : lastSent;
        if (now - quietSince > IDLE) {
            since = now;
            succeeded = 0;
        }
        if (now - quietSince > FORGOTTEN) {
            gap = 0;
        }
        lastSent = now;
        next = now + gap;
    }

    /** What was to be sent was not. */
    void notSent(long now) {
        next = now;
    }

    /** Gitpod has made a prebuild. */
    void succeeded() {
        succeeded++;
        succeededSinceRefusal++;
        int step = Math.min(succeededSinceRefusal / SUCCESSES_PER_STEP, SHRINK.length - 1);
        gap -= gap / (guessed ? SHRINK_GUESSED : SHRINK[step]);
        if (gap < MIN_GAP) {
            gap = 0;
        }
        succeededInRow++;
        if (succeededInRow >= concurrent && concurrent < maxConcurrent) {
            concurrent++;
            succeededInRow = 0;
        }
    }

    /** A create failed, whether or not Gitpod has answered. */
    void failed() {
        concurrent = FIRST_CONCURRENT;
        succeededInRow = 0;
    }

    /**
     * Gitpod has asked to wait.
     *
     * @param sent when the create was sent
     */
    void refused(long sent, Duration asked, long now) {
        failed();
        long end = now + Backoff.min(asked, MAX_HOLD).toNanos();
        // Those that were out at the time of the first refusal say nothing new.
        if (!refusedBefore || sent - lastRefused > 0) {
            widen(end, end - now);
            lastRefused = now;
            refusedBefore = true;
        }
        if (end - heldUntil > 0) {
            heldUntil = end;
        }
        if (end - since > 0) {
            since = end;
        }
        succeeded = 0;
    }

    private void widen(long end, long asked) {
        // If all are refused, the wait that Gitpod asks for is enough.
        long average = succeeded == 0 ? asked : (end - since) / succeeded;
        if (gap == 0) {
            guessed = succeeded < FEW;
            gap = guessed ? Math.min(average, MAX_GUESSED_GAP) : average;
        } else {
            gap = Math.max(gap, Math.min(average * 9 / 10, gap * 3 / 2));
        }
        gap = Math.max(MIN_GAP, Math.min(gap, MAX_GAP));
        succeededSinceRefusal = 0;
    }
}
