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

    private static int reads(EngineFixture scene) {
        return scene.gitpod.books().count(GET_ENVIRONMENT);
    }

    /** Every prebuild of the scene is built from this. */
    private static EnvironmentGit git(EngineFixture scene, String branch) {
        scene.project.remoteUri(REPOSITORY).commit(COMMIT);
        return new EnvironmentGit(REPOSITORY, branch, COMMIT);
    }

    @Test
    void theCommitIsReadOnceWhenThePrebuildIsFirstSeenToRun() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EnvironmentGit git = git(scene, "main");
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.runUntil(() -> wait.handle().view().phase() == PrebuildPhase.RUNNING, LONG);
            scene.runtime.advance(Duration.ofSeconds(3));
            assertThat(told(wait), contains(git));
            assertThat(wait.handle().view().builtFrom(), is(git));

            scene.untilConcluded(wait, LONG);
            assertThat(reads(scene), is(1));
            assertThat(told(wait), hasSize(1));
            String body = scene.gitpod.books().calls(GET_ENVIRONMENT).get(0).body();
            assertThat(
                    body,
                    is("{\"environmentId\":\"" + scene.prebuild().environment().id() + "\"}"));
        }
    }

    @Test
    void whatIsFirstSeenStoppingIsReadAsWell() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.STOPPING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.hold(WorkQueue.WATCH);
            scene.runtime.advance(Duration.ofMinutes(5));
            scene.runtime.release(WorkQueue.WATCH);
            scene.runtime.advance(Duration.ofSeconds(15));
            assertThat(wait.handle().view().phase(), is(PrebuildPhase.STOPPING));
            assertThat(told(wait), hasSize(1));
            assertThat(reads(scene), is(1));
        }
    }

    @Test
    void aRestartNeitherReadsNorTellsAgainWhatIsKnown() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EnvironmentGit git = git(scene, "main");
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.runUntil(() -> !told(wait).isEmpty(), LONG);
            assertThat(scene.journal.open().get(0).builtFrom(), is(git));

            EngineFixture.Wait resumed = scene.crashAndRestart().get(0);
            scene.untilConcluded(resumed, LONG);
            assertThat(reads(scene), is(1));
            assertThat(told(resumed), is(empty()));
            assertThat(
                    resumed.observer().updates(Update.Resumed.class),
                    contains(new Update.Resumed(scene.prebuild().id(), git)));
        }
    }

    @Test
    void whatWasNotKnownBeforeARestartIsReadAfterIt() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.submit();
            scene.runtime.advance(Duration.ofSeconds(5));
            assertThat(reads(scene), is(0));
            EngineFixture.Wait resumed =
                    scene.crashAndRestart(Duration.ofMinutes(2)).get(0);
            scene.untilConcluded(resumed, LONG);
            assertThat(reads(scene), is(1));
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
        try (EngineFixture scene = EngineFixture.begin()) {
            Fault fault = Fault.status(status, code, "no");
            scene.fault(FaultRule.on(GET_ENVIRONMENT, fault).times(Integer.MAX_VALUE), fault);
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, LONG);

            assertThat(reads(scene), is(tries));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(told(wait), is(empty()));
            assertThat(wait.observer().updates(Update.Trouble.class), is(empty()));
        }
    }

    @Test
    void aCommitThatGitpodHasNotFilledInYetIsAskedForAFewTimesMore() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.settle();
            scene.prebuild().environment().withoutGitStatus();
            scene.runtime.advance(Duration.ofMinutes(10));
            assertThat(reads(scene), is(3));
            assertThat(told(wait), is(empty()));
            wait.abort();
            scene.untilAllClosed(LONG);
        }
    }

    @Test
    void passingTroubleCostsOneMoreCall() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.fault(GET_ENVIRONMENT, Fault.status(503, "unavailable", "later"));
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, LONG);
            assertThat(reads(scene), is(2));
            assertThat(told(wait), hasSize(1));
        }
    }

    @Test
    void aHeadWithoutABranchIsToldWithoutOne() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EnvironmentGit git = git(scene, null);
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.settle();
            scene.prebuild().environment().branch("");
            scene.untilConcluded(wait, LONG);
            assertThat(told(wait), contains(git));
        }
    }

    @Test
    void aPrebuildThatIsBeingCancelledIsNotAskedAbout() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofSeconds(5));
            scene.fault(
                    FaultRule.on("CancelPrebuild", Fault.status(503, "unavailable", "later"))
                            .times(3),
                    Fault.status(503, "unavailable", "later"));
            wait.abort();
            scene.untilAllClosed(LONG);
            assertThat(reads(scene), is(0));
        }
    }

    @Test
    void manyReadsTakeOnlyWhatTheReadsOfStatesLeave() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                waits.add(scene.submit());
            }
            scene.runtime.advance(Duration.ofSeconds(30));
            scene.gitpod.books().clear();
            scene.runtime.advance(Duration.ofMinutes(10));

            assertThat(scene.gitpod.books().calls().size(), is(lessThan(660)));
            assertThat(scene.gitpod.books().count("ListPrebuilds"), is(greaterThan(80)));
            assertThat(reads(scene), is(lessThanOrEqualTo(300)));
            waits.forEach(wait -> assertThat(wait.handle().view().builtFrom(), is(notNullValue())));
        }
    }

    @Test
    void whileTheServerAsksToWaitNothingIsReadEither() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.hold(WorkQueue.WATCH);
            scene.runtime.advance(Duration.ofMinutes(1));
            Fault limit = Fault.rateLimit(Duration.ofMinutes(1));
            scene.fault("GetPrebuild", limit);
            scene.runtime.release(WorkQueue.WATCH);
            scene.runtime.runUntil(() -> !told(wait).isEmpty(), LONG);
            List<Call> calls = scene.gitpod.books().calls();
            Call refused = calls.stream()
                    .filter(call -> call.fault() == limit)
                    .findFirst()
                    .orElseThrow();
            Call read = scene.gitpod.books().calls(GET_ENVIRONMENT).get(0);
            assertThat(Duration.between(refused.at(), read.at()), is(greaterThan(Duration.ofMinutes(1))));
        }
    }

    @Test
    void anotherTokenGoesOnWithTheReadThatTheOldOneLeft() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.fault(GET_ENVIRONMENT, Fault.status(401, "unauthenticated", "who are you?"));
            scene.runtime.advance(Duration.ofMinutes(2));
            assertThat(told(wait), hasSize(1));
            assertThat(reads(scene), is(2));
        }
    }
}
