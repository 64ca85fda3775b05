package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How soon ends are noticed, and with how many calls, whatever the machine. */
class NoticeTimesTest {

    private static final int RUNS = 4;

    private static NoticeTimes.Figures figures(boolean stream, int callMillis, int waits, Duration longer) {
        try (NoticeTimes times = new NoticeTimes(stream, Duration.ofMillis(callMillis), longer)) {
            return times.run(waits);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 100, 200})
    void theEndsOfAThousandWaitsAreNoticedWithinSecondsByEvents(int callMillis) {
        NoticeTimes.Figures figures = figures(true, callMillis, 1000, Duration.ZERO);
        assertThat(figures.median(), is(lessThanOrEqualTo(2.0)));
        assertThat(figures.p99(), is(lessThanOrEqualTo(6.0)));
        assertThat(figures.callsPerSecond(), is(lessThanOrEqualTo(1.0)));
    }

    /** Their list is a hundred pages, which wait for the budget and then take seconds: ends do not wait for them. */
    @ParameterizedTest
    @ValueSource(ints = {100})
    void theEndsOfTenThousandWaitsAreNoticedWithinSecondsByEvents(int callMillis) {
        NoticeTimes.Figures figures = figures(true, callMillis, 10_000, Duration.ZERO);
        assertThat(figures.median(), is(lessThanOrEqualTo(2.0)));
        assertThat(figures.p99(), is(lessThanOrEqualTo(4.0)));
    }

    /** In each run the ends come at another time after the last lists. */
    @ParameterizedTest
    @ValueSource(ints = {25, 100})
    void theEndsOfAThousandWaitsAreNoticedWithinSecondsByPolling(int callMillis) {
        List<NoticeTimes.Figures> runs = IntStream.range(0, RUNS)
                .mapToObj(run -> figures(false, callMillis, 1000, Duration.ofSeconds(12L * run / RUNS)))
                .toList();
        for (NoticeTimes.Figures figures : runs) {
            assertThat(figures.median(), is(lessThanOrEqualTo(8.0)));
            assertThat(figures.p99(), is(lessThanOrEqualTo(13.0)));
            // Creates, a call a second, and no more than that for the ends.
            assertThat(figures.calls(), is(lessThanOrEqualTo(1000 + 700)));
        }
    }
}
