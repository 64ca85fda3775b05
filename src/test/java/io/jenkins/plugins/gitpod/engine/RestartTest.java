package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process crashes at every moment; the next one continues what the store holds. */
class RestartTest {

    private static final String CREATE = "CreatePrebuild";

    @Test
    void beforeTheIntentNothingIsKeptAndNothingSent() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.CREDENTIALS);
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.settle();
            List<EngineFixture.Wait> resumed = fixture.crashAndRestart();
            fixture.runtime.release(WorkQueue.CREDENTIALS);
            fixture.runtime.advance(Duration.ofMinutes(5));

            assertThat(resumed, is(empty()));
            assertThat(wait.observer().outcomes(), is(empty()));
            assertThat(fixture.gitpod.records().calls(), is(empty()));
        }
    }

    /** The process dies when the create was saved, and nothing of it has reached Gitpod. */
    private static void dieBeforeTheCreateIsSent(EngineFixture fixture) {
        fixture.runtime.frame((queue, task) -> {
            boolean dies = queue == WorkQueue.CREATE;
            if (dies) {
                fixture.gitpod.stopListening();
            }
            task.run();
            if (dies) {
                fixture.engine().close();
                fixture.gitpod.listen();
            }
        });
        fixture.submit();
        fixture.runtime.settle();
        fixture.runtime.frame((queue, task) -> task.run());
    }

    @Test
    void whatIsInTheQueueWasNeverSentSoItIsNotSaved() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.CREATE);
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.settle();
            assertThat(wait.handle().view().stage(), is(Stage.CREATING));
            List<EngineFixture.Wait> resumed = fixture.crashAndRestart();
            fixture.runtime.release(WorkQueue.CREATE);
            fixture.runtime.advance(Duration.ofMinutes(5));

            assertThat(resumed, is(empty()));
            assertThat(fixture.gitpod.records().calls(), is(empty()));
        }
    }

    @Test
    void whatWasRefusedBeforeItRanIsSentWithoutBeingLookedFor() {
        try (EngineFixture fixture = EngineFixture.with().sharedAccount().begin()) {
            fixture.fault(CREATE, Fault.rateLimit(Duration.ofMinutes(1)));
            fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(5));
            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            Duration took = fixture.untilStage(resumed, Stage.WATCHING, Duration.ofMinutes(2));

            assertThat(took, is(lessThan(Duration.ofSeconds(2))));
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(1));
            fixture.untilAllClosed(Duration.ofMinutes(15));
        }
    }

    @Test
    void whatWasSavedIsLookedUpBeforeItIsSent() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            dieBeforeTheCreateIsSent(fixture);
            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            Duration took = fixture.untilStage(resumed, Stage.WATCHING, Duration.ofMinutes(2));

            assertThat(took, is(greaterThan(EngineSettings.defaults().readLag())));
            assertThat(fixture.gitpod.records().count(CREATE), is(1));
            fixture.untilAllClosed(Duration.ofMinutes(15));
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(1));
            assertThat(fixture.prebuild().isCancelRequested(), is(false));
        }
    }

    @Test
    void aRestartLeavesNoMoreThanThreeTries() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault down = Fault.status(503, "unavailable", "restarting");
            fixture.fault(FaultRule.on(CREATE, down).forever(), down);
            fixture.submit();
            fixture.runtime.runUntil(() -> fixture.gitpod.records().count(CREATE) == 2, Duration.ofMinutes(2));
            fixture.runtime.settle();
            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            fixture.untilConcluded(resumed, Duration.ofMinutes(5));

            assertThat(resumed.outcome(Outcome.CreateUnclear.class).sent(), is(4));
            assertThat(fixture.gitpod.records().count(CREATE), is(4));
            fixture.untilAllClosed(Duration.ofMinutes(15));
        }
    }

    @Test
    void nothingIsSentAgainForAnOwnerWhoIsGone() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            dieBeforeTheCreateIsSent(fixture);
            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            resumed.handle().leave(CancelReason.OWNER_GONE);
            fixture.untilAllClosed(Duration.ofMinutes(15));
            assertThat(fixture.gitpod.records().count(CREATE), is(0));
        }
    }

    @Test
    void whatMayBeSurplusIsLookedForAcrossARestart() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault.Hang hang = Fault.hangBeforeActing();
            fixture.fault(CREATE, hang);
            fixture.untilStage(fixture.submit(), Stage.WATCHING, Duration.ofMinutes(2));
            assertThat(fixture.store.open(), hasSize(2));
            hang.release();
            fixture.awaitReal(() -> fixture.gitpod.records().prebuilds().size() == 2);
            List<EngineFixture.Wait> resumed = fixture.crashAndRestart();
            fixture.untilAllClosed(Duration.ofMinutes(15));

            assertThat(fixture.gitpod.records().prebuilds().get(1).phase(), is(SimPhase.CANCELLED));
            assertThat(fixture.gitpod.records().prebuilds().get(0).phase(), is(SimPhase.COMPLETED));
            assertThat(
                    resumed.stream()
                            .mapToInt(wait -> wait.observer().outcomes().size())
                            .sum(),
                    is(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void aClockThatIsOffDoesNotMatterAfterACrash(int minutes) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.setClockAhead(Duration.ofMinutes(minutes));
            fixture.createAsPerson();
            fixture.runtime.advance(Duration.ofSeconds(75));
            fixture.runtime.frame((queue, task) -> {
                task.run();
                if (queue == WorkQueue.CREATE) {
                    fixture.engine().close();
                }
            });
            fixture.submit();
            fixture.runtime.settle();
            fixture.runtime.frame((queue, task) -> task.run());
            EngineFixture.Wait resumed =
                    fixture.crashAndRestart(Duration.ofSeconds(40)).get(0);
            fixture.untilConcluded(resumed, Duration.ofMinutes(13));

            assertThat(
                    resumed.outcome(Outcome.Ended.class).prebuild().id(),
                    is(fixture.gitpod.records().prebuilds().get(1).id()));
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(2));
        }
    }

    @Test
    void betweenCreateAndAnswerItIsFoundAndWatched() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.frame((queue, task) -> {
                task.run();
                if (queue == WorkQueue.CREATE) {
                    fixture.engine().close();
                }
            });
            fixture.submit();
            fixture.runtime.settle();
            fixture.runtime.frame((queue, task) -> task.run());
            assertThat(fixture.store.open().get(0).stage(), is(Stage.CREATING));

            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            fixture.untilConcluded(resumed, Duration.ofMinutes(12));
            assertThat(
                    resumed.outcome(Outcome.Ended.class).prebuild().id(),
                    is(fixture.prebuild().id()));
            assertThat(fixture.gitpod.records().count(CREATE), is(1));
        }
    }

    @Test
    void duringTheLookUpItGoesOn() {
        try (EngineFixture fixture =
                EngineFixture.with().readLag(Duration.ofSeconds(25)).begin()) {
            fixture.fault(CREATE, Fault.resetAfterActing());
            fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(10));
            assertThat(fixture.store.open().get(0).stage(), is(Stage.LOOKING_UP));
            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            fixture.untilStage(resumed, Stage.WATCHING, Duration.ofMinutes(1));

            assertThat(resumed.prebuildId(), is(fixture.prebuild().id()));
            assertThat(fixture.gitpod.records().count(CREATE), is(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 60, 240, 400})
    void whileWatchingItIsWatchedOn(int seconds) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(seconds));
            EngineFixture.Wait resumed =
                    fixture.crashAndRestart(Duration.ofSeconds(30)).get(0);
            fixture.untilConcluded(resumed, Duration.ofMinutes(12));

            assertThat(wait.observer().outcomes(), is(empty()));
            assertThat(resumed.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(resumed.observer().updates(Update.Resumed.class), hasSize(1));
            assertThat(fixture.gitpod.records().count(CREATE), is(1));
            assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
        }
    }

    @Test
    void whatEndedDuringTheDowntimeHasItsTrueResult() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.failing("tests failed")).begin()) {
            fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(30));
            EngineFixture.Wait resumed =
                    fixture.crashAndRestart(Duration.ofHours(8)).get(0);
            fixture.untilConcluded(resumed, Duration.ofSeconds(15));
            assertThat(resumed.outcome(Outcome.Ended.class).prebuild().status().failureMessage(), is("tests failed"));
        }
    }

    @Test
    void whatVanishedDuringTheDowntimeIsGone() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(30));
            fixture.prebuild().vanish();
            EngineFixture.Wait resumed =
                    fixture.crashAndRestart(Duration.ofDays(8)).get(0);
            fixture.untilConcluded(resumed, Duration.ofMinutes(2));
            resumed.outcome(Outcome.Gone.class);
        }
    }

    @Test
    void whileCancellingTheCancelGoesOn() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.gitpod.stopListening();
            wait.abort();
            fixture.runtime.advance(Duration.ofSeconds(5));
            fixture.crashAndRestart();
            fixture.gitpod.listen();
            fixture.untilAllClosed(Duration.ofMinutes(1));

            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void abortedInFlightAndCrashedItIsFoundAndCancelled() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault hang = Fault.hangAfterActing();
            List<EngineFixture.Wait> waits = new ArrayList<>();
            fixture.fault(
                    FaultRule.on(CREATE, hang).when(call -> {
                        waits.get(0).abort();
                        return true;
                    }),
                    hang);
            fixture.runtime.frame((queue, task) -> {
                task.run();
                if (queue == WorkQueue.STATE
                        && !fixture.store.open().isEmpty()
                        && fixture.store.open().get(0).cancelReason() != null) {
                    fixture.engine().close();
                }
            });
            waits.add(fixture.submit());
            fixture.runtime.settle();
            fixture.runtime.frame((queue, task) -> task.run());
            assertThat(fixture.store.open().get(0).stage(), is(Stage.CREATING));

            fixture.crashAndRestart();
            fixture.untilAllClosed(Duration.ofMinutes(2));
            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aDetachedOneIsWatchedOnToItsEnd() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.submit(fixture.detachedRequest());
            fixture.runtime.advance(Duration.ofMinutes(1));
            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            resumed.handle().leave(CancelReason.OWNER_GONE);
            fixture.untilConcluded(resumed, Duration.ofMinutes(12));
            assertThat(resumed.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void manyThatWereInFlightFindTheirOwn() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            List<EngineFixture.Wait> first = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                first.add(fixture.submit());
            }
            fixture.runtime.advance(Duration.ofSeconds(5));
            fixture.fault(FaultRule.on(CREATE, Fault.resetAfterActing()).times(3), Fault.resetAfterActing());
            for (int i = 0; i < 3; i++) {
                fixture.submit();
            }
            fixture.runtime.settle();
            assertThat(fixture.store.open(), hasSize(6));

            List<EngineFixture.Wait> resumed = fixture.crashAndRestart();
            fixture.runtime.advance(Duration.ofMinutes(2));
            assertThat(
                    resumed.stream()
                            .map(EngineFixture.Wait::prebuildId)
                            .distinct()
                            .toList(),
                    hasSize(6));
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(6));
            fixture.untilAllClosed(Duration.ofMinutes(12));
        }
    }

    @Test
    void aThousandWaitsAreReArmedWithoutABurst() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            for (int i = 0; i < 1000; i++) {
                fixture.submit();
            }
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.gitpod.records().clear();
            List<EngineFixture.Wait> resumed = fixture.crashAndRestart();
            assertThat(resumed, hasSize(1000));
            fixture.runtime.advance(Duration.ofSeconds(14));

            assertThat(fixture.gitpod.records().calls(), hasSize(10));
            assertThat(fixture.gitpod.records().count("ListPrebuilds"), is(10));
            resumed.forEach(wait -> assertThat(wait.handle().view().phase(), is(PrebuildPhase.RUNNING)));
        }
    }

    @Test
    void theOldEngineIsSilentAfterItsEnd() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.engine().close();
            fixture.gitpod.records().clear();
            int heard = wait.observer().updates().size();
            wait.abort();
            fixture.runtime.advance(Duration.ofHours(1));

            assertThat(fixture.gitpod.records().calls(), is(empty()));
            assertThat(wait.observer().updates(), hasSize(heard));
            assertThat(wait.observer().outcomes(), is(empty()));
            assertThat(fixture.store.open(), hasSize(1));
            assertThat(fixture.runtime.pending(), is(0));
        }
    }

    @Test
    void aRestoredRequestIsClosedOnceItsOwnerIsKnownToBeGone() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(30));
            SavedRequest saved = fixture.store.open().get(0);
            fixture.restart(new PrebuildEngine.Restored(saved, fixture.token(), new RecordingObserver()));
            fixture.engine().find(saved.request().requestId()).leave(CancelReason.OWNER_GONE);
            fixture.untilAllClosed(Duration.ofMinutes(1));

            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
            assertThat(fixture.store.open(), is(empty()));
        }
    }
}
