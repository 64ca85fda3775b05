package io.jenkins.plugins.gitpod.benchmark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the benchmark measures what it says; how long things take is not looked at. */
class BenchmarkTest {

    private static final double SCALE = 400;
    private static final int WAITS = 3;

    @ParameterizedTest
    @EnumSource(Case.Way.class)
    void bothWaysEndAllWaitsAndTheirCallsAreCounted(Case.Way way) throws Exception {
        FastClock clock = new FastClock(Instant.now(), SCALE);
        Waits waits = new Waits(WAITS);
        try (GitpodSimulator gitpod = GitpodSimulator.builder().clock(clock).start()) {
            gitpod.records().countOnly();
            AtomicInteger ends = BenchmarkGitpod.countEnds(gitpod);
            GitpodEndpoint endpoint = GitpodEndpoint.parse(gitpod.apiUrl().toString());
            List<BearerToken> tokens =
                    List.of(BearerToken.of(gitpod.account("a").token()));
            List<String> projects = List.of(gitpod.addProject("p").id());
            try (Waiters waiters = way == Case.Way.PLUGIN
                    ? new PluginWaiters(endpoint, tokens, projects, clock)
                    : new PollingWaiters(endpoint, tokens, projects, clock)) {
                waiters.begin(waits);
                Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> waits.open() == 0);
            }
            assertThat(waits.ended(), is(WAITS));
            assertThat(waits.failed(), is(0));
            assertThat(waits.late(Duration.ofMinutes(11)), hasSize(WAITS));
            assertThat(waits.late(Duration.ofMinutes(11)), everyItem(is(greaterThanOrEqualTo(0.0))));
            assertThat(Calls.of(gitpod.records(), ends.get()).creates(), is(WAITS));
            assertThat(Calls.of(gitpod.records(), ends.get()).reads(), is(greaterThanOrEqualTo(WAITS)));
            assertThat("each end is read once, alone or by a list", ends.get(), is(lessThanOrEqualTo(WAITS)));
            if (way == Case.Way.POLLER) {
                assertThat(ends.get(), is(WAITS));
            }
            assertThat(gitpod.records().calls(), hasSize(0));
        }
    }

    @ParameterizedTest
    @EnumSource(Case.Way.class)
    void aCaseInItsTwoProcessesHasAllFigures(Case.Way way) throws Exception {
        Case of = new Case(way, WAITS, 1, way == Case.Way.PLUGIN, 0, 100, SCALE, 0);
        Map<Figure, Double> figures = ProcessPair.run(of).orElseThrow().figures();
        assertThat(figures.get(Figure.FAILED), is(0.0));
        assertThat(figures.get(Figure.OPEN), is(0.0));
        assertThat(figures.get(Figure.REFUSED), is(0.0));
        // One create and one last read at least; an answer that takes 100 ms is never noticed before.
        assertThat(figures.get(Figure.CALLS), is(greaterThanOrEqualTo(2.0)));
        assertThat(figures.get(Figure.MEDIAN), is(greaterThanOrEqualTo(0.05)));
        assertThat(figures.get(Figure.FIXED_HEAP), is(greaterThan(0.0)));
        assertThat(figures.get(Figure.CPU), is(greaterThan(0.0)));
        assertThat("so few waits say nothing of the heap", figures, not(hasKey(Figure.HEAP)));
    }

    @Test
    void aCaseSurvivesTheWayToAnotherProcess() {
        Case one = new Case(Case.Way.PLUGIN, 1000, 50, true, 5, 100, 7.5, 30);
        Instant start = Instant.parse("2026-01-02T03:04:05.678Z");
        assertThat(Case.of(one.toArguments(start)), is(one));
        FastClock clock = Case.clock(one.toArguments(start));
        assertThat(clock.real(Duration.ofSeconds(15)), is(Duration.ofSeconds(2)));
        assertThat(clock.simulatedNanos(2), is(15L));
    }

    @Test
    void aResultSurvivesTheWayToAnotherProcess() {
        Result result = new Result(Map.of(Figure.MEDIAN, 1.25, Figure.MOST, 8.0));
        assertThat(Result.of(result.toLine()), is(result));
    }

    @Test
    void callsOfTheWarmUpAreNotCounted() {
        Calls warmUp = new Calls(10, 40, 10, 1, 0);
        Calls all = Calls.of(new Calls(14, 52, 13, 2, 3).toLine());
        assertThat(all.since(warmUp), is(new Calls(4, 12, 3, 1, 3)));
    }

    @Test
    void createsAndReadsThatBringAnEndAreNoWatchingCalls() {
        Waits waits = new Waits(4);
        for (int i = 0; i < 4; i++) {
            waits.made(i, Instant.EPOCH);
            waits.ended(i, Instant.EPOCH.plus(Figures.LIFE).plusSeconds(i + 1));
        }
        Figures figures = new Figures(Case.plugin(4, 1, true, 20));
        figures.ends(waits);
        Map<Figure, Double> result =
                figures.result(waits, new Calls(4, 13, 3, 1, 0), 20).figures();
        assertThat(result.get(Figure.WATCHING), is(closeTo(0.55, 1e-9)));
        assertThat(result.get(Figure.CALLS), is(closeTo(4.5, 1e-9)));
        assertThat(result.get(Figure.MEDIAN), is(closeTo(2, 1e-9)));
        assertThat(result.get(Figure.P99), is(closeTo(4, 1e-9)));
    }

    @Test
    void theHeapOfTheFirstWaitsIsNoPartOfTheHeapOfAWait() {
        Waits waits = new Waits(1000);
        Figures figures = new Figures(Case.plugin(1000, 1, true, 20));
        figures.fixedHeap(5 << 20);
        figures.heap(3000 << 10);
        Map<Figure, Double> result =
                figures.result(waits, new Calls(0, 0, 0, 0, 0), 1).figures();
        assertThat(result.get(Figure.HEAP), is(3.0));
        assertThat(result.get(Figure.FIXED_HEAP), is(5120.0));
        Measured measured = new Measured(Case.plugin(1000, 1, true, 20), List.of(new Result(result)), 0);
        assertThat(measured.row().contains("5120"), is(false));
        assertThat(Summary.of(List.of(measured), Duration.ZERO).contains("plugin 5120 kB"), is(true));
    }

    @Test
    void theThreadsAreTheMaximumAndTheMedianOfTheWaiting() {
        Figures figures = new Figures(Case.plugin(1, 1, true, 20));
        figures.threads(12, false);
        figures.threads(5, true);
        figures.threads(6, true);
        figures.threads(7, true);
        Map<Figure, Double> result =
                figures.result(new Waits(1), new Calls(0, 0, 0, 0, 0), 1).figures();
        assertThat(result.get(Figure.MOST), is(12.0));
        assertThat(result.get(Figure.THREADS), is(6.0));
    }

    @Test
    void allCasesOfThisPluginRunAtOneScale() {
        for (List<Plan.Entry> plan : List.of(Plan.full(), Plan.quick())) {
            List<Double> scales = plan.stream()
                    .map(Plan.Entry::of)
                    .filter(each -> each.way() == Case.Way.PLUGIN)
                    .map(Case::scale)
                    .distinct()
                    .toList();
            assertThat(scales, hasSize(1));
            assertThat(new HashSet<>(plan), hasSize(plan.size()));
        }
    }
}
