package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ObservedTimeTest {

    private final ObservedTime time = new ObservedTime();
    private long now = 42;

    private void lookAfter(Duration gap) {
        now += gap.toNanos();
        time.observe(now);
    }

    @Test
    void countsTheTimeBetweenLooks() {
        lookAfter(Duration.ZERO);
        lookAfter(Duration.ofSeconds(12));
        lookAfter(Duration.ofSeconds(13));
        assertThat(time.total(), is(Duration.ofSeconds(25)));
        assertThat(time.reached(Duration.ofSeconds(25)), is(true));
        assertThat(time.reached(Duration.ofSeconds(26)), is(false));
    }

    @Test
    void theTimeBeforeTheFirstLookCountsForNothing() {
        lookAfter(Duration.ofHours(5));
        assertThat(time.total(), is(Duration.ZERO));
        lookAfter(Duration.ofSeconds(1));
        assertThat(time.total(), is(Duration.ofSeconds(1)));
    }

    @Test
    void aNightOfSleepCountsAsOneGap() {
        lookAfter(Duration.ZERO);
        lookAfter(Duration.ofHours(10));
        assertThat(time.total(), is(Duration.ofMinutes(2)));
    }

    @Test
    void aGapAfterAShortPlannedWaitCountsLess() {
        lookAfter(Duration.ZERO);
        time.next(Duration.ofSeconds(5));
        lookAfter(Duration.ofHours(10));
        assertThat(time.total(), is(Duration.ofSeconds(65)));
    }

    @Test
    void aLongWaitOnPurposeCountsWhole() {
        lookAfter(Duration.ZERO);
        time.next(Duration.ofMinutes(10));
        lookAfter(Duration.ofMinutes(10));
        assertThat(time.total(), is(Duration.ofMinutes(10)));
    }

    @Test
    void aPlanHoldsForOneLookOnly() {
        lookAfter(Duration.ZERO);
        time.next(Duration.ofMinutes(10));
        lookAfter(Duration.ofMinutes(10));
        lookAfter(Duration.ofMinutes(10));
        assertThat(time.total(), is(Duration.ofMinutes(12)));
    }

    @Test
    void aClockThatGoesBackwardsCountsForNothing() {
        lookAfter(Duration.ofHours(1));
        lookAfter(Duration.ofMinutes(-30));
        lookAfter(Duration.ofSeconds(3));
        assertThat(time.total(), is(Duration.ofSeconds(3)));
    }

    @Test
    void aPauseKeepsWhatWasCounted() {
        lookAfter(Duration.ZERO);
        lookAfter(Duration.ofSeconds(10));
        time.pause();
        lookAfter(Duration.ofSeconds(50));
        lookAfter(Duration.ofSeconds(1));
        assertThat(time.total(), is(Duration.ofSeconds(11)));
    }

    @Test
    void resetForgetsAll() {
        lookAfter(Duration.ZERO);
        lookAfter(Duration.ofSeconds(10));
        time.reset();
        assertThat(time.total(), is(Duration.ZERO));
        lookAfter(Duration.ofSeconds(10));
        assertThat(time.total(), is(Duration.ZERO));
    }

    @Test
    void goesOnFromWhatWasSaved() {
        ObservedTime restored = new ObservedTime(Duration.ofMinutes(30));
        restored.observe(0);
        restored.observe(Duration.ofMinutes(1).toNanos());
        assertThat(restored.total(), is(Duration.ofMinutes(31)));
    }
}
