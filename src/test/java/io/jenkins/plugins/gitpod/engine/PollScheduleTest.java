package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PollScheduleTest {

    private static final Duration YOUNG = Duration.ofMinutes(10);

    private final PollSchedule schedule = new PollSchedule(Duration.ofSeconds(12));

    @ParameterizedTest
    @EnumSource(PrebuildPhase.class)
    void theEndOfAnOrdinaryPrebuildIsSeenWithinFifteenSecondsAndItIsNotReadMoreOftenThanWanted(PrebuildPhase phase) {
        assertThat(schedule.next(phase, YOUNG, false, 0.999), is(lessThan(Duration.ofSeconds(15))));
        assertThat(schedule.next(phase, YOUNG, false, 0.5), is(greaterThanOrEqualTo(schedule.base())));
    }

    @ParameterizedTest
    @EnumSource(PrebuildPhase.class)
    void theOlderTheSlower(PrebuildPhase phase) {
        Duration before = schedule.next(phase, YOUNG, false, 0.5);
        for (long hours : new long[] {1, 4, 30}) {
            Duration now = schedule.next(phase, Duration.ofHours(hours), false, 0.5);
            assertThat(now, is(greaterThan(before)));
            before = now;
        }
    }

    @ParameterizedTest
    @EnumSource(PrebuildPhase.class)
    void withEventsItIsASafetyNetOfLessThanTwoMinutes(PrebuildPhase phase) {
        assertThat(schedule.next(phase, YOUNG, true, 0), is(greaterThan(Duration.ofSeconds(90))));
        assertThat(schedule.next(phase, YOUNG, true, 0.999), is(lessThan(Duration.ofMinutes(2))));
    }

    @ParameterizedTest
    @EnumSource(PrebuildPhase.class)
    void jitterSpreads(PrebuildPhase phase) {
        assertThat(schedule.next(phase, YOUNG, false, 0.9), is(greaterThan(schedule.next(phase, YOUNG, false, 0.1))));
    }
}
