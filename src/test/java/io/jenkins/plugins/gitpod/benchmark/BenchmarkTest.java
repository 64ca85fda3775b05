package io.jenkins.plugins.gitpod.benchmark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
            assertThat(gitpod.records().total("CreatePrebuild"), is(WAITS));
            assertThat(gitpod.records().total("GetPrebuild"), is(greaterThanOrEqualTo(WAITS)));
            assertThat(gitpod.records().calls(), hasSize(0));
        }
    }

    @Test
    void aCaseSurvivesTheWayToAnotherProcess() {
        Case one = new Case(Case.Way.PLUGIN, 1000, 50, true, 5, 7.5, 30);
        Instant start = Instant.parse("2026-01-02T03:04:05.678Z");
        assertThat(Case.of(one.toArguments(start)), is(one));
        FastClock clock = Case.clock(one.toArguments(start));
        assertThat(clock.real(Duration.ofSeconds(15)), is(Duration.ofSeconds(2)));
        assertThat(clock.simulatedNanos(2), is(15L));
    }
}
