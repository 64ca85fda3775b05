package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServerClockTest {

    private static final Instant DATE = Instant.parse("2026-03-02T08:00:00Z");
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ServerClock clock = new ServerClock(new SimulatedRuntime());

    private static Instant plus(double seconds) {
        return DATE.plusNanos((long) (seconds * SECOND));
    }

    private void answered(double date, double sent, double received) {
        clock.answered(plus(date), (long) (sent * SECOND), (long) (received * SECOND));
    }

    private void bounds(double at, double earliest, double latest) {
        long nanos = (long) (at * SECOND);
        assertThat(clock.earliest(nanos), is(plus(earliest).minus(ServerClock.TOLERANCE)));
        assertThat(clock.latest(nanos), is(plus(latest).plus(ServerClock.TOLERANCE)));
    }

    @Test
    void withoutAnAnswerNothingIsKnown() {
        assertThat(clock.earliest(0), is(nullValue()));
        assertThat(clock.latest(0), is(nullValue()));
    }

    @Test
    void aDateSaysASecondAndTheTimeOfTheCall() {
        answered(100, 10, 13);
        bounds(13, 100, 104);
        bounds(20, 107, 111);
        bounds(0, 87, 91);
    }

    @Test
    void severalAnswersSayItCloser() {
        answered(100, 10, 10);
        answered(110, 20.5, 20.5);
        bounds(30, 120, 120.5);
    }

    @Test
    void aSlowAnswerDoesNotBlurWhatAQuickOneTold() {
        answered(100, 10, 10);
        answered(101, 10, 40);
        bounds(10, 100, 101);
    }

    @Test
    void afterASleepOfThisMachineTheNewestAnswerIsRight() {
        answered(100, 10, 10);
        answered(4000, 11, 11);
        bounds(11, 4000, 4001);
    }
}
