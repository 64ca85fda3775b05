package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** 500 requests of 20 projects at once, in simulated time, before a Gitpod that answers each create after a while. */
class BurstTest {

    private static final int REQUESTS = 500;
    private static final int PROJECTS = 20;
    private static final Duration NETWORK = Duration.ofMillis(300);

    private static EngineFixture fixture() {
        EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin();
        fixture.runtime.callsTake(NETWORK);
        return fixture;
    }

    /** All requests of a project come before those of the next one. */
    private static List<EngineFixture.Wait> submit(EngineFixture fixture) {
        List<EngineFixture.Wait> waits = new ArrayList<>();
        for (int i = 0; i < PROJECTS; i++) {
            SimProject project = fixture.gitpod.addProject("project " + i);
            for (int j = 0; j < REQUESTS / PROJECTS; j++) {
                waits.add(fixture.submit(fixture.requestFor(project)));
            }
        }
        return waits;
    }

    private static Duration untilAllAreMade(EngineFixture fixture, List<EngineFixture.Wait> waits) {
        Duration took = fixture.runtime.runUntil(
                () -> waits.stream().allMatch(wait -> wait.prebuildId() != null), Duration.ofMinutes(10));
        assertThat(fixture.gitpod.records().prebuilds().size(), is(REQUESTS));
        waits.forEach(wait -> assertThat(wait.observer().outcomes(), is(empty())));
        return took;
    }

    /** No project has its first prebuild after all of another one's, nor is one done long before the others. */
    private static void assertFair(EngineFixture fixture) {
        List<SimPrebuild> made = fixture.gitpod.records().prebuilds();
        Set<String> projects = new HashSet<>();
        for (int i = 0; i < 2 * PROJECTS; i++) {
            projects.add(made.get(i).projectId());
        }
        assertThat(projects.size(), is(PROJECTS));
        for (int i = REQUESTS - 3 * PROJECTS; i < REQUESTS; i++) {
            projects.remove(made.get(i).projectId());
        }
        assertThat(projects, is(empty()));
    }

    @Test
    void withoutALimitTheyTakeAboutHalfOfTheTimeOfThreeAtOnce() {
        try (EngineFixture fixture = fixture()) {
            Duration took = untilAllAreMade(fixture, submit(fixture));
            assertThat(
                    took,
                    is(lessThan(
                            NETWORK.multipliedBy(REQUESTS / 3).multipliedBy(11).dividedBy(20))));
            assertFair(fixture);
            assertThat(fixture.gitpod.records().count("CreatePrebuild"), is(REQUESTS));
            // Before the create is sent, and when its prebuild is known.
            assertThat(fixture.store.saves().size(), is(2 * REQUESTS));
        }
    }

    @Test
    void aLimitOfTheServerIsNearlyReachedAndFewAreRefused() {
        try (EngineFixture fixture = fixture()) {
            fixture.gitpod.maxCallsPerSecond(5);
            Duration took = untilAllAreMade(fixture, submit(fixture));
            assertThat(took, is(greaterThan(Duration.ofSeconds(REQUESTS / 5 - 1))));
            assertThat(took, is(lessThan(Duration.ofSeconds(130))));
            assertFair(fixture);
            int creates = fixture.gitpod.records().count("CreatePrebuild");
            assertThat(creates, is(lessThan(REQUESTS * 11 / 10)));
            // The commits can wait.
            int commits = fixture.gitpod.records().count("GetEnvironment");
            assertThat(commits, is(greaterThan(0)));
            assertThat(commits, is(lessThan(REQUESTS / 25)));
            // What was refused is saved as not sent, and saved again before it is sent. A commit is saved once.
            assertThat(fixture.store.saves().size(), is(2 * creates + commits));
        }
    }
}
