package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

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

/** The process ends without a word at every moment; what the journal holds goes on in the next one. */
class RestartTest {

    private static final String CREATE = "CreatePrebuild";

    @Test
    void beforeTheIntentNothingIsKeptAndNothingSent() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREDENTIALS);
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.settle();
            List<EngineFixture.Wait> resumed = scene.crashAndRestart();
            scene.runtime.release(WorkQueue.CREDENTIALS);
            scene.runtime.advance(Duration.ofMinutes(5));

            assertThat(resumed, is(empty()));
            assertThat(wait.observer().outcomes(), is(empty()));
            assertThat(scene.gitpod.books().calls(), is(empty()));
        }
    }

    @Test
    void betweenIntentAndCreateItIsLookedUpBeforeItIsSent() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREATE);
            scene.submit();
            scene.runtime.settle();
            EngineFixture.Wait resumed = scene.crashAndRestart().get(0);
            scene.runtime.release(WorkQueue.CREATE);
            Duration took = scene.untilStage(resumed, Stage.WATCHING, Duration.ofMinutes(2));

            assertThat(took, is(greaterThan(EngineSettings.defaults().readLag())));
            assertThat(scene.gitpod.books().count(CREATE), is(1));
            scene.untilAllClosed(Duration.ofMinutes(15));
            assertThat(scene.gitpod.books().prebuilds(), hasSize(1));
            assertThat(scene.prebuild().isCancelRequested(), is(false));
        }
    }

    @Test
    void aRestartLeavesNoMoreThanThreeTries() {
        try (EngineFixture scene = EngineFixture.begin()) {
            Fault down = Fault.status(503, "unavailable", "restarting");
            scene.fault(FaultRule.on(CREATE, down).forever(), down);
            scene.submit();
            scene.runtime.runUntil(() -> scene.gitpod.books().count(CREATE) == 2, Duration.ofMinutes(2));
            scene.runtime.settle();
            EngineFixture.Wait resumed = scene.crashAndRestart().get(0);
            scene.untilConcluded(resumed, Duration.ofMinutes(5));

            assertThat(resumed.outcome(Outcome.CreateUnclear.class).sent(), is(4));
            assertThat(scene.gitpod.books().count(CREATE), is(4));
            scene.untilAllClosed(Duration.ofMinutes(15));
        }
    }

    @Test
    void nothingIsSentAgainForAnOwnerWhoIsGone() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREATE);
            scene.submit();
            scene.runtime.settle();
            EngineFixture.Wait resumed = scene.crashAndRestart().get(0);
            scene.runtime.release(WorkQueue.CREATE);
            resumed.handle().leave(CancelReason.OWNER_GONE);
            scene.untilAllClosed(Duration.ofMinutes(15));
            assertThat(scene.gitpod.books().count(CREATE), is(0));
        }
    }

    @Test
    void whatMayBeSurplusIsLookedForAcrossARestart() {
        try (EngineFixture scene = EngineFixture.begin()) {
            Fault.Hang hang = Fault.hangBeforeActing();
            scene.fault(CREATE, hang);
            scene.untilStage(scene.submit(), Stage.WATCHING, Duration.ofMinutes(2));
            assertThat(scene.journal.open(), hasSize(2));
            hang.release();
            scene.awaitReal(() -> scene.gitpod.books().prebuilds().size() == 2);
            List<EngineFixture.Wait> resumed = scene.crashAndRestart();
            scene.untilAllClosed(Duration.ofMinutes(15));

            assertThat(scene.gitpod.books().prebuilds().get(1).phase(), is(SimPhase.CANCELLED));
            assertThat(scene.gitpod.books().prebuilds().get(0).phase(), is(SimPhase.COMPLETED));
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
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.setClockAhead(Duration.ofMinutes(minutes));
            scene.createAsPerson();
            scene.runtime.advance(Duration.ofSeconds(75));
            scene.runtime.frame((queue, task) -> {
                task.run();
                if (queue == WorkQueue.CREATE) {
                    scene.engine().close();
                }
            });
            scene.submit();
            scene.runtime.settle();
            scene.runtime.frame((queue, task) -> task.run());
            EngineFixture.Wait resumed =
                    scene.crashAndRestart(Duration.ofSeconds(40)).get(0);
            scene.untilConcluded(resumed, Duration.ofMinutes(13));

            assertThat(
                    resumed.outcome(Outcome.Ended.class).prebuild().id(),
                    is(scene.gitpod.books().prebuilds().get(1).id()));
            assertThat(scene.gitpod.books().prebuilds(), hasSize(2));
        }
    }

    @Test
    void betweenCreateAndAnswerItIsFoundAndWatched() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.frame((queue, task) -> {
                task.run();
                if (queue == WorkQueue.CREATE) {
                    scene.engine().close();
                }
            });
            scene.submit();
            scene.runtime.settle();
            scene.runtime.frame((queue, task) -> task.run());
            assertThat(scene.journal.open().get(0).stage(), is(Stage.CREATING));

            EngineFixture.Wait resumed = scene.crashAndRestart().get(0);
            scene.untilConcluded(resumed, Duration.ofMinutes(12));
            assertThat(
                    resumed.outcome(Outcome.Ended.class).prebuild().id(),
                    is(scene.prebuild().id()));
            assertThat(scene.gitpod.books().count(CREATE), is(1));
        }
    }

    @Test
    void duringTheLookUpItGoesOn() {
        try (EngineFixture scene =
                EngineFixture.with().readLag(Duration.ofSeconds(25)).begin()) {
            scene.fault(CREATE, Fault.resetAfterActing());
            scene.submit();
            scene.runtime.advance(Duration.ofSeconds(10));
            assertThat(scene.journal.open().get(0).stage(), is(Stage.LOOKING_UP));
            EngineFixture.Wait resumed = scene.crashAndRestart().get(0);
            scene.untilStage(resumed, Stage.WATCHING, Duration.ofMinutes(1));

            assertThat(resumed.prebuildId(), is(scene.prebuild().id()));
            assertThat(scene.gitpod.books().count(CREATE), is(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 60, 240, 400})
    void whileWatchingItIsWatchedOn(int seconds) {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofSeconds(seconds));
            EngineFixture.Wait resumed =
                    scene.crashAndRestart(Duration.ofSeconds(30)).get(0);
            scene.untilConcluded(resumed, Duration.ofMinutes(12));

            assertThat(wait.observer().outcomes(), is(empty()));
            assertThat(resumed.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(resumed.observer().updates(Update.Resumed.class), hasSize(1));
            assertThat(scene.gitpod.books().count(CREATE), is(1));
            assertThat(scene.gitpod.books().count("CancelPrebuild"), is(0));
        }
    }

    @Test
    void whatEndedDuringTheDowntimeHasItsTrueResult() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.failing("tests failed")).begin()) {
            scene.submit();
            scene.runtime.advance(Duration.ofSeconds(30));
            EngineFixture.Wait resumed =
                    scene.crashAndRestart(Duration.ofHours(8)).get(0);
            scene.untilConcluded(resumed, Duration.ofSeconds(15));
            assertThat(resumed.outcome(Outcome.Ended.class).prebuild().status().failureMessage(), is("tests failed"));
        }
    }

    @Test
    void whatVanishedDuringTheDowntimeIsGone() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.submit();
            scene.runtime.advance(Duration.ofSeconds(30));
            scene.prebuild().vanish();
            EngineFixture.Wait resumed =
                    scene.crashAndRestart(Duration.ofDays(8)).get(0);
            scene.untilConcluded(resumed, Duration.ofMinutes(2));
            resumed.outcome(Outcome.Gone.class);
        }
    }

    @Test
    void whileCancellingTheCancelGoesOn() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.gitpod.stopListening();
            wait.abort();
            scene.runtime.advance(Duration.ofSeconds(5));
            scene.crashAndRestart();
            scene.gitpod.listen();
            scene.untilAllClosed(Duration.ofMinutes(1));

            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void abortedInFlightAndCrashedItIsFoundAndCancelled() {
        try (EngineFixture scene = EngineFixture.begin()) {
            Fault hang = Fault.hangAfterActing();
            List<EngineFixture.Wait> waits = new ArrayList<>();
            scene.fault(
                    FaultRule.on(CREATE, hang).when(call -> {
                        waits.get(0).abort();
                        return true;
                    }),
                    hang);
            scene.runtime.frame((queue, task) -> {
                task.run();
                if (queue == WorkQueue.STATE
                        && !scene.journal.open().isEmpty()
                        && scene.journal.open().get(0).cancelReason() != null) {
                    scene.engine().close();
                }
            });
            waits.add(scene.submit());
            scene.runtime.settle();
            scene.runtime.frame((queue, task) -> task.run());
            assertThat(scene.journal.open().get(0).stage(), is(Stage.CREATING));

            scene.crashAndRestart();
            scene.untilAllClosed(Duration.ofMinutes(2));
            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aDetachedOneIsWatchedOnToItsEnd() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.submit(scene.detachedRequest());
            scene.runtime.advance(Duration.ofMinutes(1));
            EngineFixture.Wait resumed = scene.crashAndRestart().get(0);
            resumed.handle().leave(CancelReason.OWNER_GONE);
            scene.untilConcluded(resumed, Duration.ofMinutes(12));
            assertThat(resumed.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void manyThatWereInFlightFindTheirOwn() {
        try (EngineFixture scene = EngineFixture.begin()) {
            List<EngineFixture.Wait> first = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                first.add(scene.submit());
            }
            scene.runtime.advance(Duration.ofSeconds(5));
            scene.fault(FaultRule.on(CREATE, Fault.resetAfterActing()).times(3), Fault.resetAfterActing());
            for (int i = 0; i < 3; i++) {
                scene.submit();
            }
            scene.runtime.settle();
            assertThat(scene.journal.open(), hasSize(6));

            List<EngineFixture.Wait> resumed = scene.crashAndRestart();
            scene.runtime.advance(Duration.ofMinutes(2));
            assertThat(
                    resumed.stream()
                            .map(EngineFixture.Wait::prebuildId)
                            .distinct()
                            .toList(),
                    hasSize(6));
            assertThat(scene.gitpod.books().prebuilds(), hasSize(6));
            scene.untilAllClosed(Duration.ofMinutes(12));
        }
    }

    @Test
    void aThousandWaitsAreReArmedWithoutABurst() {
        try (EngineFixture scene = EngineFixture.begin()) {
            for (int i = 0; i < 1000; i++) {
                scene.submit();
            }
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.gitpod.books().clear();
            List<EngineFixture.Wait> resumed = scene.crashAndRestart();
            assertThat(resumed, hasSize(1000));
            scene.runtime.advance(Duration.ofSeconds(14));

            assertThat(scene.gitpod.books().calls(), hasSize(10));
            assertThat(scene.gitpod.books().count("ListPrebuilds"), is(10));
            resumed.forEach(wait -> assertThat(wait.handle().view().phase(), is(PrebuildPhase.RUNNING)));
        }
    }

    @Test
    void theOldEngineIsSilentAfterItsEnd() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.engine().close();
            scene.gitpod.books().clear();
            int heard = wait.observer().updates().size();
            wait.abort();
            scene.runtime.advance(Duration.ofHours(1));

            assertThat(scene.gitpod.books().calls(), is(empty()));
            assertThat(wait.observer().updates(), hasSize(heard));
            assertThat(wait.observer().outcomes(), is(empty()));
            assertThat(scene.journal.open(), hasSize(1));
            assertThat(scene.runtime.pending(), is(0));
        }
    }

    @Test
    void aRestoredRequestIsClosedOnceItsOwnerIsKnownToBeGone() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.submit();
            scene.runtime.advance(Duration.ofSeconds(30));
            SavedRequest saved = scene.journal.open().get(0);
            scene.restart(new PrebuildEngine.Restored(saved, scene.token(), new RecordingObserver()));
            scene.engine().find(saved.request().requestId()).leave(CancelReason.OWNER_GONE);
            scene.untilAllClosed(Duration.ofMinutes(1));

            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
            assertThat(scene.journal.open(), is(empty()));
        }
    }
}
