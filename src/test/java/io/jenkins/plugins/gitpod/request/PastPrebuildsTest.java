package io.jenkins.plugins.gitpod.request;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What counts as over of the prebuilds that are not watched any longer. */
class PastPrebuildsTest {

    private Instant now = Instant.EPOCH;
    private final PastPrebuilds past = new PastPrebuilds(() -> now);

    @Test
    void onlyAKnownEndCountsAtOnce() {
        past.add("ended", true);
        past.add("given up", false);
        past.add(null, true);
        assertTrue(past.isOver("ended"));
        assertFalse(past.isGivenUp("ended"));
        assertFalse(past.isOver("given up"));
        assertTrue(past.isGivenUp("given up"));
        assertFalse(past.isOver("other"));
        assertFalse(past.isGivenUp("other"));
    }

    /** A prebuild that Gitpod always lists as running must not hold up the queue without limit. */
    @Test
    void noneCanBeRunningAfterTheLongestTimeoutAndASnapshot() {
        past.add("given up", false);
        now = now.plus(Duration.ofHours(3)).minusMillis(1);
        assertTrue(past.isGivenUp("given up"));
        now = now.plusMillis(1);
        assertFalse(past.isGivenUp("given up"));
        assertTrue(past.isOver("given up"));
    }

    @Test
    void theEndMayBeLearnedLater() {
        past.add("one", false);
        past.add("one", true);
        assertTrue(past.isOver("one"));
    }

    @Test
    void onlyTheLatestAreRemembered() {
        past.add("first", true);
        for (int i = 0; i < 200; i++) {
            past.add("later" + i, true);
        }
        assertFalse(past.isOver("first"));
        assertTrue(past.isOver("later0"));
    }
}
