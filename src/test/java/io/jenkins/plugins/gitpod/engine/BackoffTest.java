package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final double MIDDLE = 0.5;

    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(20));

    @Test
    void waitsDoubleUpToTheLongest() {
        assertThat(backoff.next(MIDDLE), is(Duration.ofSeconds(1)));
        assertThat(backoff.next(MIDDLE), is(Duration.ofSeconds(2)));
        assertThat(backoff.next(MIDDLE), is(Duration.ofSeconds(4)));
        assertThat(backoff.next(MIDDLE), is(Duration.ofSeconds(8)));
        assertThat(backoff.next(MIDDLE), is(Duration.ofSeconds(16)));
        assertThat(backoff.next(MIDDLE), is(Duration.ofSeconds(20)));
        assertThat(backoff.next(MIDDLE), is(Duration.ofSeconds(20)));
    }

    @Test
    void manyFailuresOverflowNothing() {
        Backoff days = new Backoff(Duration.ofHours(20), Duration.ofDays(10_000));
        for (int i = 0; i < 10_000; i++) {
            assertThat(days.next(MIDDLE), is(greaterThanOrEqualTo(Duration.ofHours(20))));
        }
        assertThat(days.next(MIDDLE), is(Duration.ofDays(10_000)));
    }

    @Test
    void aSuccessStartsItAfresh() {
        backoff.next(MIDDLE);
        backoff.next(MIDDLE);
        assertThat(backoff.failures(), is(2));
        backoff.reset();
        assertThat(backoff.failures(), is(0));
        assertThat(backoff.next(MIDDLE), is(Duration.ofSeconds(1)));
    }

    @Test
    void waitsAreSpreadByATenthEitherWay() {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            backoff.reset();
            Duration wait = backoff.next(random.nextDouble());
            assertThat(wait, is(greaterThanOrEqualTo(Duration.ofMillis(900))));
            assertThat(wait, is(lessThan(Duration.ofMillis(1100))));
        }
    }

    @Test
    void aFirstWaitBeyondTheLongestIsCut() {
        assertThat(new Backoff(Duration.ofMinutes(2), Duration.ofMinutes(1)).next(MIDDLE), is(Duration.ofMinutes(1)));
    }
}
