package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** A burst of 500 creates, each of which takes as long as a call over a network, before servers with different limits. */
class CreatePacingTest {

    private static final int CREATES = 500;
    private static final int MAXIMUM = 6;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Duration NETWORK = Duration.ofMillis(300);

    private final SimulatedRuntime runtime = new SimulatedRuntime();
    private final CreateQueue queue = new CreateQueue(runtime, MAXIMUM);
    private int made;
    private int refused;
    private int mostRefusedInRow;
    private int refusedInRow;

    /** Asks the server, which returns how many nanoseconds to wait, or 0 if it has made a prebuild. */
    private void add(long turn, LongUnaryOperator server) {
        queue.add("project" + turn % 20, "", turn, () -> {
            long now = runtime.nanoTime();
            long wait = server.applyAsLong(now);
            if (wait == 0) {
                made++;
                refusedInRow = 0;
                queue.succeeded();
            } else {
                refused++;
                refusedInRow++;
                mostRefusedInRow = Math.max(mostRefusedInRow, refusedInRow);
                queue.hold(now - NETWORK.toNanos(), Duration.ofNanos(wait));
                long later = wait + (long) (wait * 0.2 * runtime.random());
                runtime.schedule(Duration.ofNanos(later), () -> add(turn, server));
            }
            return true;
        });
    }

    private Duration burst(LongUnaryOperator server) {
        runtime.callsTake(NETWORK);
        for (int i = 0; i < CREATES; i++) {
            add(queue.nextTurn(), server);
        }
        return runtime.runUntil(() -> made == CREATES, Duration.ofMinutes(30));
    }

    /** So many calls in each second, which begins with the first call after the one before. */
    private static LongUnaryOperator window(int limit) {
        long[] state = {Long.MIN_VALUE, 0};
        return now -> {
            if (state[0] == Long.MIN_VALUE || now - state[0] >= SECOND) {
                state[0] = now;
                state[1] = 0;
            }
            state[1]++;
            return state[1] <= limit ? 0 : state[0] + SECOND - now;
        };
    }

    /** A permit every so often, of which a number can be saved up. */
    private static LongUnaryOperator bucket(int limit, int size) {
        long each = SECOND / limit;
        long[] saved = {size * each, 0};
        return now -> {
            saved[0] = Math.min(size * each, saved[0] + now - saved[1]);
            saved[1] = now;
            if (saved[0] < each) {
                return each - saved[0];
            }
            saved[0] -= each;
            return 0;
        };
    }

    /** Waits are said in whole seconds. */
    private static LongUnaryOperator inSeconds(LongUnaryOperator server) {
        return now -> {
            long wait = server.applyAsLong(now);
            return (wait + SECOND - 1) / SECOND * SECOND;
        };
    }

    /** @param percent how much longer than the limit asks for */
    private void assertTakes(LongUnaryOperator server, int limit, int percent) {
        Duration took = burst(server);
        Duration best = Duration.ofSeconds(CREATES / limit);
        assertThat(took, is(lessThan(best.multipliedBy(100 + percent).dividedBy(100))));
        assertThat(refused, is(lessThan(CREATES / 6)));
        assertThat(mostRefusedInRow, is(lessThan(MAXIMUM + 1)));
    }

    @Test
    void withoutALimitTheNetworkAloneCounts() {
        Duration took = burst(now -> 0);
        Duration threeAtOnce = NETWORK.multipliedBy(CREATES / 3);
        assertThat(took, is(lessThan(threeAtOnce.multipliedBy(11).dividedBy(20))));
        assertThat(took, is(greaterThan(NETWORK.multipliedBy(CREATES / MAXIMUM))));
    }

    @Test
    void aLimitForEachSecondIsNearlyReached() {
        assertTakes(window(5), 5, 15);
    }

    @Test
    void aHigherLimitForEachSecondIsNearlyReached() {
        assertTakes(window(20), 20, 20);
    }

    @Test
    void aLimitThatSavesUpIsNearlyReached() {
        assertTakes(bucket(5, 20), 5, 5);
    }

    @Test
    void waitsInWholeSecondsCostLittle() {
        assertTakes(inSeconds(bucket(5, 5)), 5, 12);
    }

    @Test
    void theLimitMayDoubleMeanwhile() {
        LongUnaryOperator low = window(5);
        LongUnaryOperator high = window(10);
        assertThat(
                burst(now -> (made < CREATES / 2 ? low : high).applyAsLong(now)), is(lessThan(Duration.ofSeconds(95))));
    }

    @Test
    void theNextBurstBeginsWithoutGaps() {
        burst(window(5));
        runtime.advance(Duration.ofMinutes(2));
        made = 0;
        assertThat(burst(now -> 0), is(lessThan(Duration.ofSeconds(28))));
    }

    @Test
    void aServerThatRefusesAllForAWhileIsNotAskedOften() {
        long end = Duration.ofMinutes(5).toNanos();
        Duration took = burst(now -> now < end ? SECOND : 0);
        assertThat(refused, is(lessThan(400)));
        assertThat(took, is(lessThan(Duration.ofMinutes(7))));
    }

    @Test
    void aLongWaitThatGitpodAsksForIsNoPauseThatForgetsTheGap() {
        CreatePacing pacing = new CreatePacing(0, MAXIMUM);
        for (int i = 0; i < 10; i++) {
            pacing.sent(i * SECOND);
            pacing.succeeded();
        }
        pacing.sent(10 * SECOND);
        pacing.refused(10 * SECOND, Duration.ofMinutes(2), 11 * SECOND);
        long after = 11 * SECOND + pacing.waitFrom(11 * SECOND) + SECOND / 5;
        pacing.sent(after);
        assertThat(pacing.hasGaps(), is(true));
        pacing.sent(after + 61 * SECOND);
        assertThat(pacing.hasGaps(), is(false));
    }
}
