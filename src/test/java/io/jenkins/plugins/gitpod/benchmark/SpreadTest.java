package io.jenkins.plugins.gitpod.benchmark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void theMedianIsTheMiddleRun() {
        Spread spread = new Spread(List.of(9.04, 1.0, 2.0));
        assertThat(spread.median(), is(2.0));
        assertThat(spread.text(1), is("2.0 (1.0-9.0)"));
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
        assertThat(new Spread(List.of(4.0, 1.0, 2.0, 100.0)).median(), is(3.0));
    }

    @Test
    void aRangeThatTheDigitsDoNotShowIsLeftOut() {
        assertThat(new Spread(List.of(1.01, 1.02, 0.99)).text(1), is("1.0"));
        assertThat(new Spread(List.of(1.01, 1.02, 0.99)).text(2), is("1.01 (0.99-1.02)"));
    }

    @Test
    void oneRunHasNoRangeAndNoRunIsADash() {
        assertThat(new Spread(List.of(12.34)).text(1), is("12.3"));
        assertThat(new Spread(List.of()).text(1), is("-"));
    }

    @Test
    void aLimitItselfIsStillMet() {
        assertThat(new Spread(List.of(2.0, 2.01, 1.0)).runsUpTo(2), is(2));
    }
}
