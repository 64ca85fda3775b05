package io.jenkins.plugins.gitpod.commits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalTime;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** The periods that are looked at, one after the other. */
class NightlyWorkTest {

    private static final ZonedDateTime NOW = ZonedDateTime.parse("2026-05-01T03:00:00+02:00[Europe/Berlin]");
    private static final ZonedDateTime EARLIEST = NOW.minus(NightlyWork.MAX_GAP);

    @Test
    void aPeriodBeginsWhereTheOneBeforeEnded() {
        assertEquals(NOW.minusMinutes(5), NightlyWork.from(NOW.minusMinutes(5), NOW));
        assertEquals(NOW.minusHours(2), NightlyWork.from(NOW.minusHours(2), NOW), "the one before took long");
    }

    @Test
    void aRestartInTheNightLeavesOutNoJob() {
        assertEquals(EARLIEST, NightlyWork.from(null, NOW));
        // Stopped at two, and up again at three.
        NightlyTime meanwhile = new NightlyTime(LocalTime.of(2, 30));
        assertTrue(meanwhile.isIn(NightlyWork.from(null, NOW), NOW));
    }

    @Test
    void aMachineThatSleptLooksNoFurtherBackThanOneThatStarts() {
        assertEquals(EARLIEST, NightlyWork.from(NOW.minusDays(3), NOW));
    }

    @Test
    void aClockThatWasAheadStopsNothing() {
        assertEquals(EARLIEST, NightlyWork.from(NOW.plusDays(30), NOW));
    }
}
