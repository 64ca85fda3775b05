package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A build that wants that is told the completion when the warm pool serves the snapshot. Nothing here fails the request. */
class WarmPoolWaitTest {

    private static final String LIST = "ListWarmPools";
    private static final Duration PREBUILD = Duration.ofMinutes(11);
    private static final Duration LONG = Duration.ofMinutes(40);
    private static final Duration POLL = Duration.ofSeconds(31);

    private static PrebuildRequest request(EngineFixture fixture, boolean detached) {
        return new PrebuildRequest(
                UUID.randomUUID(),
                fixture.connection(),
                fixture.project.id(),
                null,
                null,
                detached,
                true,
                new AfterCompletion(true, 0));
    }

    private static EngineFixture.Wait submit(EngineFixture fixture) {
        return fixture.submit(request(fixture, false));
    }

    private static List<WarmPoolEnd> ends(EngineFixture.Wait wait) {
        return wait.observer().updates(Update.WarmPoolEnded.class).stream()
                .map(Update.WarmPoolEnded::end)
                .toList();
    }

    private static int reads(EngineFixture fixture) {
        return fixture.gitpod.records().count(LIST);
    }

    private static void assertCompleted(EngineFixture fixture, EngineFixture.Wait wait) {
        Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
        assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
        assertThat(fixture.engine().open(), is(empty()));
    }

    @Test
    void theBuildIsToldWhenThePoolServesTheNewSnapshot() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(5));
            EngineFixture.Wait wait = submit(fixture);
            Duration took = fixture.untilConcluded(wait, LONG);

            Duration served = PREBUILD.plus(Duration.ofMinutes(5));
            assertThat(took, is(both(greaterThanOrEqualTo(served)).and(lessThanOrEqualTo(served.plus(POLL)))));
            assertThat(ends(wait), contains(WarmPoolEnd.READY));
            assertThat(wait.observer().updates(Update.Completed.class), hasSize(1));
            assertThat(wait.observer().updates(Update.WaitsForWarmPool.class), hasSize(1));
            assertCompleted(fixture, wait);
        }
    }

    @Test
    void theSecondPrebuildIsNotServedByTheSnapshotOfTheFirst() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.untilConcluded(fixture.submit(), LONG);
            fixture.gitpod.addWarmPool(fixture.project).neverRotates().rotation(Duration.ZERO);
            EngineFixture.Wait wait = submit(fixture);
            Duration took = fixture.untilConcluded(wait, LONG);

            Duration limit = PREBUILD.plus(EngineSettings.defaults().warmPoolLimit());
            assertThat(took, is(both(greaterThanOrEqualTo(limit)).and(lessThanOrEqualTo(limit.plus(POLL)))));
            assertThat(ends(wait), contains(WarmPoolEnd.NOT_READY));
            assertCompleted(fixture, wait);
        }
    }

    @Test
    void theWaitCostsOneCallInFifteenSecondsAndNoReadOfThePrebuild() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(10));
            EngineFixture.Wait wait = submit(fixture);
            fixture.runtime.runUntil(() -> wait.handle().view().phase() == PrebuildPhase.COMPLETED, LONG);
            fixture.gitpod.records().clear();
            fixture.untilConcluded(wait, LONG);

            assertThat(reads(fixture), is(both(greaterThanOrEqualTo(38)).and(lessThanOrEqualTo(42))));
            assertThat(fixture.gitpod.records().calls(), hasSize(reads(fixture)));
        }
    }

    @Test
    void aReadThatIsMadeBeforeItsRequestIsKnownToBeWatchedIsNotLost() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(1));
            fixture.runtime.atOnce(WorkQueue.WATCH);
            EngineFixture.Wait wait = submit(fixture);
            fixture.untilConcluded(wait, LONG);
            assertThat(ends(wait), contains(WarmPoolEnd.READY));
        }
    }

    @Test
    void withoutAPoolNothingIsWaitedFor() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = submit(fixture);
            Duration took = fixture.untilConcluded(wait, LONG);

            assertThat(took, is(lessThan(PREBUILD.plus(POLL))));
            assertThat(ends(wait), contains(WarmPoolEnd.NONE));
            assertThat(wait.observer().updates(Update.WaitsForWarmPool.class), is(empty()));
            assertThat(reads(fixture), is(2));
            assertCompleted(fixture, wait);
        }
    }

    @Test
    void aPoolOfAnotherClassDoesNotCount() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            var regular = fixture.gitpod.addEnvironmentClass("Small");
            var large = fixture.gitpod.addEnvironmentClass("Large");
            fixture.project.environmentClasses(large, regular);
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(5));
            fixture.project.environmentClasses(regular, large);
            EngineFixture.Wait wait = submit(fixture);
            fixture.untilConcluded(wait, LONG);
            assertThat(ends(wait), contains(WarmPoolEnd.NONE));
        }
    }

    @Test
    void aPoolWhoseSnapshotIsNotToldCannotBeJudged() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).withoutSnapshotId().rotation(Duration.ZERO);
            EngineFixture.Wait wait = submit(fixture);
            Duration took = fixture.untilConcluded(wait, LONG);
            assertThat(took, is(lessThan(PREBUILD.plus(POLL))));
            assertThat(ends(wait), contains(WarmPoolEnd.UNKNOWN));
            assertCompleted(fixture, wait);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "403, permission_denied",
        "501, unimplemented",
        "404, not_found",
        "401, unauthenticated",
        "400, failed_precondition"
    })
    void whereWarmPoolsMayNotBeReadTheBuildIsToldAtOnce(int status, String code) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project);
            Fault refusal = Fault.status(status, code, "not for you");
            fixture.fault(FaultRule.on(LIST, refusal).forever(), refusal);
            EngineFixture.Wait wait = submit(fixture);
            Duration took = fixture.untilConcluded(wait, LONG);

            assertThat(took, is(lessThan(PREBUILD.plus(POLL))));
            assertThat(ends(wait), contains(WarmPoolEnd.UNKNOWN));
            assertThat(
                    wait.observer().updates(Update.WarmPoolEnded.class).get(0).failure(), is(notNullValue()));
            assertThat("one before the end and one after it", reads(fixture), is(2));
            assertCompleted(fixture, wait);
        }
    }

    @ParameterizedTest
    @CsvSource({"503, unavailable", "500, internal", "429, resource_exhausted", "409, aborted"})
    void passingTroubleDoesNotEndTheWait(int status, String code) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(3));
            EngineFixture.Wait wait = submit(fixture);
            fixture.runtime.runUntil(() -> wait.handle().view().phase() == PrebuildPhase.COMPLETED, LONG);
            Fault trouble =
                    status == 429 ? Fault.rateLimit(Duration.ofSeconds(40)) : Fault.status(status, code, "later");
            fixture.fault(FaultRule.on(LIST, trouble).times(3), trouble);
            fixture.untilConcluded(wait, LONG);
            assertThat(ends(wait), contains(WarmPoolEnd.READY));
            assertCompleted(fixture, wait);
        }
    }

    @Test
    void anAnswerThatIsNoAnswerForLongEndsTheWait() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(10));
            EngineFixture.Wait wait = submit(fixture);
            fixture.runtime.runUntil(() -> wait.handle().view().phase() == PrebuildPhase.COMPLETED, LONG);
            Fault page = Fault.notJson200Html();
            fixture.fault(FaultRule.on(LIST, page).forever(), page);
            Duration took = fixture.untilConcluded(wait, LONG);
            assertThat(took, is(lessThan(Duration.ofMinutes(2))));
            assertThat(ends(wait), contains(WarmPoolEnd.UNKNOWN));
            assertCompleted(fixture, wait);
        }
    }

    @Test
    void anAbortEndsTheWaitAtOnceAndCancelsNothing() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(10));
            EngineFixture.Wait wait = submit(fixture);
            fixture.runtime.runUntil(
                    () -> !wait.observer()
                            .updates(Update.WaitsForWarmPool.class)
                            .isEmpty(),
                    LONG);
            wait.abort();
            fixture.runtime.settle();
            assertThat(ends(wait), contains(WarmPoolEnd.NOT_READY));
            assertCompleted(fixture, wait);
            int before = reads(fixture);
            fixture.runtime.advance(Duration.ofMinutes(5));
            assertThat(reads(fixture), is(before));
        }
    }

    @Test
    void aBuildThatDoesNotAskCausesNoCall() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(10));
            EngineFixture.Wait plain = fixture.submit();
            EngineFixture.Wait detached = fixture.submit(request(fixture, true));
            fixture.runtime.advance(PREBUILD.plus(POLL));
            assertCompleted(fixture, plain);
            assertCompleted(fixture, detached);
            assertThat(ends(detached), is(empty()));
            assertThat(reads(fixture), is(0));
        }
    }

    @Test
    void aFailedPrebuildWaitsForNothing() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(10));
            EngineFixture.Wait wait = submit(fixture);
            fixture.runtime.advance(Duration.ofMinutes(2));
            fixture.prebuild().failWith("no disk");
            fixture.untilConcluded(wait, POLL);
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.FAILED));
            assertThat(ends(wait), is(empty()));
        }
    }

    @Test
    void aRestartDuringTheWaitGoesOnWithItAndKnowsTheSnapshotOfBefore() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.untilConcluded(fixture.submit(), LONG);
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(8));
            EngineFixture.Wait wait = submit(fixture);
            fixture.runtime.runUntil(
                    () -> !wait.observer()
                            .updates(Update.WaitsForWarmPool.class)
                            .isEmpty(),
                    LONG);
            assertThat(fixture.store.open(), hasSize(1));
            EngineFixture.Wait resumed =
                    fixture.crashAndRestart(Duration.ofMinutes(1)).get(0);
            Duration took = fixture.untilConcluded(resumed, LONG);

            assertThat(
                    took, is(both(greaterThanOrEqualTo(Duration.ofMinutes(6))).and(lessThan(Duration.ofMinutes(8)))));
            assertThat(ends(resumed), contains(WarmPoolEnd.READY));
            assertCompleted(fixture, resumed);
        }
    }

    @Test
    void whatHappenedWhileJenkinsWasDownCannotBeJudged() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(1));
            Fault trouble = Fault.status(503, "unavailable", "later");
            fixture.fault(FaultRule.on(LIST, trouble).times(3), trouble);
            EngineFixture.Wait wait = submit(fixture);
            fixture.runtime.runUntil(() -> wait.handle().view().phase() == PrebuildPhase.RUNNING, LONG);
            fixture.fault(FaultRule.on(LIST, trouble).times(3), trouble);
            EngineFixture.Wait resumed =
                    fixture.crashAndRestart(Duration.ofMinutes(20)).get(0);
            fixture.untilConcluded(resumed, LONG);
            assertThat(ends(resumed), contains(WarmPoolEnd.UNKNOWN));
            assertCompleted(fixture, resumed);
        }
    }

    @Test
    void aPrebuildThatIsDeletedWhileThePoolIsWaitedForIsStillCompleted() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.addWarmPool(fixture.project).rotation(Duration.ofMinutes(5));
            EngineFixture.Wait wait = submit(fixture);
            fixture.runtime.runUntil(() -> wait.handle().view().phase() == PrebuildPhase.COMPLETED, LONG);
            fixture.prebuild().forcePhase(SimPhase.DELETED);
            fixture.untilConcluded(wait, LONG);
            assertThat(ends(wait), contains(WarmPoolEnd.NOT_READY));
            assertCompleted(fixture, wait);
        }
    }
}
