package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commit that a prebuild is built from is read once, from its environment, and nothing depends on it. */
class BuiltCommitTest {

    private static final String GET_ENVIRONMENT = "GetEnvironment";
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String REPOSITORY = "https://git.example.com/team/shop.git";
    private static final Duration LONG = Duration.ofMinutes(13);

    private static List<EnvironmentGit> told(EngineFixture.Wait wait) {
        return wait.observer().updates(Update.BuiltFrom.class).stream()
                .map(Update.BuiltFrom::git)
                .toList();
    }

    private static int reads(EngineFixture fixture) {
        return fixture.gitpod.records().count(GET_ENVIRONMENT);
    }

    /** Every prebuild of the fixture is built from this. */
    private static EnvironmentGit git(EngineFixture fixture, String branch) {
        fixture.project.remoteUri(REPOSITORY).commit(COMMIT);
        return new EnvironmentGit(REPOSITORY, branch, COMMIT);
    }

    @Test
    void theCommitIsReadOnceWhenThePrebuildIsFirstSeenToRun() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EnvironmentGit git = git(fixture, "main");
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.runUntil(() -> wait.handle().view().phase() == PrebuildPhase.RUNNING, LONG);
            fixture.runtime.advance(Duration.ofSeconds(3));
            assertThat(told(wait), contains(git));
            assertThat(wait.handle().view().builtFrom(), is(git));

            fixture.untilConcluded(wait, LONG);
            assertThat(reads(fixture), is(1));
            assertThat(told(wait), hasSize(1));
            String body = fixture.gitpod.records().calls(GET_ENVIRONMENT).get(0).body();
            assertThat(
                    body,
                    is("{\"environmentId\":\""
                            + fixture.prebuild().environment().id() + "\"}"));
        }
    }

    @Test
    void whatIsFirstSeenStoppingIsReadAsWell() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.STOPPING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.hold(WorkQueue.WATCH);
            fixture.runtime.advance(Duration.ofMinutes(5));
            fixture.runtime.release(WorkQueue.WATCH);
            fixture.runtime.advance(Duration.ofSeconds(15));
            assertThat(wait.handle().view().phase(), is(PrebuildPhase.STOPPING));
            assertThat(told(wait), hasSize(1));
            assertThat(reads(fixture), is(1));
        }
    }

    @Test
    void aRestartNeitherReadsNorTellsAgainWhatIsKnown() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EnvironmentGit git = git(fixture, "main");
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.runUntil(() -> !told(wait).isEmpty(), LONG);
            assertThat(fixture.store.open().get(0).builtFrom(), is(git));

            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            fixture.untilConcluded(resumed, LONG);
            assertThat(reads(fixture), is(1));
            assertThat(told(resumed), is(empty()));
            assertThat(
                    resumed.observer().updates(Update.Resumed.class),
                    contains(new Update.Resumed(fixture.prebuild().id(), git)));
        }
    }

    @Test
    void whatWasNotKnownBeforeARestartIsReadAfterIt() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(5));
            assertThat(reads(fixture), is(0));
            EngineFixture.Wait resumed =
                    fixture.crashAndRestart(Duration.ofMinutes(2)).get(0);
            fixture.untilConcluded(resumed, LONG);
            assertThat(reads(fixture), is(1));
            assertThat(told(resumed), hasSize(1));
            assertThat(resumed.observer().updates(Update.Resumed.class).get(0).builtFrom(), is(nullValue()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "403, permission_denied, 1",
        "404, not_found, 1",
        "400, invalid_argument, 1",
        "501, unimplemented, 1",
        "500, internal, 1",
        "503, unavailable, 3"
    })
    void aRefusalIsQuietAndFinalAndTroubleIsTriedAFewTimes(int status, String code, int tries) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault fault = Fault.status(status, code, "no");
            fixture.fault(FaultRule.on(GET_ENVIRONMENT, fault).times(Integer.MAX_VALUE), fault);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, LONG);

            assertThat(reads(fixture), is(tries));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(told(wait), is(empty()));
            assertThat(wait.observer().updates(Update.Retrying.class), is(empty()));
        }
    }

    @Test
    void aCommitThatGitpodHasNotFilledInYetIsAskedForAFewTimesMore() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.settle();
            fixture.prebuild().environment().withoutGitStatus();
            fixture.runtime.advance(Duration.ofMinutes(10));
            assertThat(reads(fixture), is(3));
            assertThat(told(wait), is(empty()));
            wait.abort();
            fixture.untilAllClosed(LONG);
        }
    }

    @Test
    void passingTroubleCostsOneMoreCall() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(GET_ENVIRONMENT, Fault.status(503, "unavailable", "later"));
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, LONG);
            assertThat(reads(fixture), is(2));
            assertThat(told(wait), hasSize(1));
        }
    }

    @Test
    void aHeadWithoutABranchIsToldWithoutOne() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EnvironmentGit git = git(fixture, null);
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.settle();
            fixture.prebuild().environment().branch("");
            fixture.untilConcluded(wait, LONG);
            assertThat(told(wait), contains(git));
        }
    }

    @Test
    void aPrebuildThatIsBeingCancelledIsNotAskedAbout() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(5));
            fixture.fault(
                    FaultRule.on("CancelPrebuild", Fault.status(503, "unavailable", "later"))
                            .times(3),
                    Fault.status(503, "unavailable", "later"));
            wait.abort();
            fixture.untilAllClosed(LONG);
            assertThat(reads(fixture), is(0));
        }
    }

    @Test
    void manyReadsTakeOnlyWhatTheReadsOfStatesLeave() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                waits.add(fixture.submit());
            }
            fixture.runtime.advance(Duration.ofSeconds(30));
            fixture.gitpod.records().clear();
            fixture.runtime.advance(Duration.ofMinutes(10));

            assertThat(fixture.gitpod.records().calls().size(), is(lessThan(660)));
            assertThat(fixture.gitpod.records().count("ListPrebuilds"), is(greaterThan(80)));
            assertThat(reads(fixture), is(lessThanOrEqualTo(300)));
            waits.forEach(wait -> assertThat(wait.handle().view().builtFrom(), is(notNullValue())));
        }
    }

    @Test
    void whileTheServerAsksToWaitNothingIsReadEither() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.hold(WorkQueue.WATCH);
            fixture.runtime.advance(Duration.ofMinutes(1));
            Fault limit = Fault.rateLimit(Duration.ofMinutes(1));
            fixture.fault("GetPrebuild", limit);
            fixture.runtime.release(WorkQueue.WATCH);
            fixture.runtime.runUntil(() -> !told(wait).isEmpty(), LONG);
            List<Call> calls = fixture.gitpod.records().calls();
            Call refused = calls.stream()
                    .filter(call -> call.fault() == limit)
                    .findFirst()
                    .orElseThrow();
            Call read = fixture.gitpod.records().calls(GET_ENVIRONMENT).get(0);
            assertThat(Duration.between(refused.at(), read.at()), is(greaterThan(Duration.ofMinutes(1))));
        }
    }

    @Test
    void anotherTokenGoesOnWithTheReadThatTheOldOneLeft() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.fault(GET_ENVIRONMENT, Fault.status(401, "unauthenticated", "who are you?"));
            fixture.runtime.advance(Duration.ofMinutes(2));
            assertThat(told(wait), hasSize(1));
            assertThat(reads(fixture), is(2));
        }
    }
}
