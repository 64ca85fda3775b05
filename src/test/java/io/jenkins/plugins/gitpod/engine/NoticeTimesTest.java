package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How soon ends are noticed, and with how many calls, whatever the machine. */
class NoticeTimesTest {

    private static NoticeTimes.Figures figures(boolean stream, int callMillis, int waits) {
        try (NoticeTimes times = new NoticeTimes(stream, Duration.ofMillis(callMillis))) {
            return times.run(waits);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 100, 200})
    void theEndsOfAThousandWaitsAreNoticedWithinSecondsByEvents(int callMillis) {
        NoticeTimes.Figures figures = figures(true, callMillis, 1000);
        assertThat(figures.median(), is(lessThanOrEqualTo(2.0)));
        assertThat(figures.p99(), is(lessThanOrEqualTo(6.0)));
        assertThat(figures.callsPerSecond(), is(lessThanOrEqualTo(1.0)));
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 100})
    void theEndsOfAThousandWaitsAreNoticedWithinSecondsByPolling(int callMillis) {
        NoticeTimes.Figures figures = figures(false, callMillis, 1000);
        assertThat(figures.median(), is(lessThanOrEqualTo(8.0)));
        assertThat(figures.p99(), is(lessThanOrEqualTo(13.0)));
        // Creates, a call a second, and no more than that for the ends.
        assertThat(figures.calls(), is(lessThanOrEqualTo(1000 + 700)));
    }
}
