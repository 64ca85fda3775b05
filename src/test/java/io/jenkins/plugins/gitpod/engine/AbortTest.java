package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever waits may leave at any moment, any number of times. */
class AbortTest {

    private static final String CREATE = "CreatePrebuild";
    private static final String CANCEL = "CancelPrebuild";
    private static final Duration A_MOMENT = Duration.ofSeconds(2);

    /** A condition of a fault that aborts on the way: within the request. */
    private static Predicate<Call> aborting(List<EngineFixture.Wait> waits) {
        return call -> {
            waits.forEach(EngineFixture.Wait::abort);
            return true;
        };
    }

    private static void nothingIsLeft(EngineFixture scene) {
        scene.untilAllClosed(Duration.ofMinutes(20));
        assertThat(scene.gitpod.books().active(), is(empty()));
        assertThat(scene.journal.open(), is(empty()));
        assertThat(scene.gitpod.books().count(CREATE), is(lessThan(2)));
    }

    @ParameterizedTest
    @EnumSource(
            value = SimPhase.class,
            names = {"PENDING", "STARTING", "RUNNING", "STOPPING", "SNAPSHOTTING"})
    void inEachPhaseThePrebuildIsCancelledAtOnce(SimPhase phase) {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(phase)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(7));
            wait.abort();
            Duration took = scene.untilConcluded(wait, A_MOMENT);

            assertThat(took, is(Duration.ZERO));
            Outcome.CancelAccepted accepted = wait.outcome(Outcome.CancelAccepted.class);
            assertThat(accepted.reason(), is(CancelReason.ABORTED));
            assertThat(scene.gitpod.books().count(CANCEL), is(1));
            assertThat(wait.observer().ends(), is(empty()));
            nothingIsLeft(scene);
            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
            assertThat(settledIn(wait), is(PrebuildPhase.CANCELLED));
        }
    }

    /** What was told to have become of the prebuild after the last word. */
    private static PrebuildPhase settledIn(EngineFixture.Wait wait) {
        assertThat(wait.observer().ends(), hasSize(1));
        return ((Outcome.Ended) wait.observer().ends().get(0))
                .prebuild()
                .status()
                .phase();
    }

    @Test
    void theBookIsClosedOnlyWhenTheTrueEndIsTold() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            scene.untilConcluded(wait, A_MOMENT);
            scene.runtime.hold(WorkQueue.DELIVERY);
            scene.runtime.advance(Duration.ofMinutes(2));
            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
            assertThat(scene.journal.open(), hasSize(1));
            scene.runtime.release(WorkQueue.DELIVERY);
            nothingIsLeft(scene);
            assertThat(settledIn(wait), is(PrebuildPhase.CANCELLED));
        }
    }

    @Test
    void whatVanishesAfterTheCancelWasTakenIsToldToBeGone() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            scene.untilConcluded(wait, A_MOMENT);
            scene.prebuild().vanish();
            nothingIsLeft(scene);
            assertThat(wait.observer().ends().get(0), is(instanceOf(Outcome.Gone.class)));
        }
    }

    @Test
    void beforeTheTokenIsThereNothingIsMade() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREDENTIALS);
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.settle();
            wait.abort();
            scene.untilConcluded(wait, Duration.ZERO);
            scene.runtime.release(WorkQueue.CREDENTIALS);
            scene.runtime.advance(Duration.ofMinutes(5));

            wait.outcome(Outcome.NotCreated.class);
            assertThat(scene.gitpod.books().calls(), is(empty()));
            nothingIsLeft(scene);
        }
    }

    @Test
    void whileTheCreateIsQueuedNothingIsMade() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREATE);
            EngineFixture.Wait wait = scene.submit();
            scene.untilStage(wait, Stage.CREATING, Duration.ZERO);
            assertThat(wait.handle().isCreateOut(), is(false));
            wait.abort();
            scene.untilConcluded(wait, Duration.ZERO);
            scene.runtime.release(WorkQueue.CREATE);
            scene.runtime.advance(Duration.ofMinutes(5));

            wait.outcome(Outcome.NotCreated.class);
            assertThat(scene.gitpod.books().calls(), is(empty()));
            nothingIsLeft(scene);
        }
    }

    @Test
    void whileTheCreateIsInFlightWhatItMakesIsCancelled() {
        try (EngineFixture scene = EngineFixture.begin()) {
            List<EngineFixture.Wait> waits = new ArrayList<>();
            List<Boolean> out = new ArrayList<>();
            scene.gitpod.onCreate(made -> {
                out.add(waits.get(0).handle().isCreateOut());
                waits.get(0).abort();
            });
            waits.add(scene.submit());
            scene.untilConcluded(waits.get(0), A_MOMENT);

            assertThat(out.get(0), is(true));
            assertThat(waits.get(0).handle().isCreateOut(), is(false));
            waits.get(0).outcome(Outcome.CancelAccepted.class);
            assertThat(scene.gitpod.books().prebuilds(), hasSize(1));
            nothingIsLeft(scene);
        }
    }

    @Test
    void whileTheCreateHangsAfterActingItIsFoundAndCancelled() {
        try (EngineFixture scene = EngineFixture.begin()) {
            Fault hang = Fault.hangAfterActing();
            List<EngineFixture.Wait> waits = new ArrayList<>();
            scene.fault(FaultRule.on(CREATE, hang).when(aborting(waits)), hang);
            waits.add(scene.submit());
            scene.untilConcluded(waits.get(0), Duration.ofMinutes(1));

            waits.get(0).outcome(Outcome.CancelAccepted.class);
            nothingIsLeft(scene);
        }
    }

    @Test
    void whileTheCreateHangsBeforeActingWhatItMakesLaterIsCancelled() {
        try (EngineFixture scene = EngineFixture.begin()) {
            Fault.Hang hang = Fault.hangBeforeActing();
            List<EngineFixture.Wait> waits = new ArrayList<>();
            scene.fault(FaultRule.on(CREATE, hang).when(aborting(waits)), hang);
            waits.add(scene.submit());
            scene.untilConcluded(waits.get(0), Duration.ofMinutes(2));
            waits.get(0).outcome(Outcome.CreateUnclear.class);

            hang.release();
            scene.awaitReal(() -> scene.gitpod.books().prebuilds().size() == 1);
            nothingIsLeft(scene);
        }
    }

    @Test
    void whileTheCreateIsLookedUpWhatIsFoundIsCancelled() {
        try (EngineFixture scene =
                EngineFixture.with().readLag(Duration.ofSeconds(15)).begin()) {
            scene.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofSeconds(5));
            assertThat(wait.handle().view().stage(), is(Stage.LOOKING_UP));
            wait.abort();
            scene.untilConcluded(wait, Duration.ofMinutes(1));

            wait.outcome(Outcome.CancelAccepted.class);
            nothingIsLeft(scene);
        }
    }

    @Test
    void betweenTwoTriesOfACreateNothingIsMade() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.fault(
                    FaultRule.on(CREATE, Fault.rateLimit(Duration.ofSeconds(30)))
                            .times(1),
                    Fault.rateLimit(Duration.ofSeconds(30)));
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofSeconds(5));
            wait.abort();
            scene.untilConcluded(wait, Duration.ZERO);
            scene.runtime.advance(Duration.ofMinutes(5));

            wait.outcome(Outcome.NotCreated.class);
            assertThat(scene.gitpod.books().prebuilds(), is(empty()));
            nothingIsLeft(scene);
        }
    }

    @Test
    void twiceCancelsOnceAndConcludesOnce() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            wait.abort();
            scene.runtime.settle();
            wait.abort();
            nothingIsLeft(scene);
            wait.abort();
            scene.runtime.advance(Duration.ofMinutes(1));

            wait.outcome(Outcome.CancelAccepted.class);
            assertThat(scene.gitpod.books().count(CANCEL), is(1));
        }
    }

    @Test
    void afterTheEndChangesNothing() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(12));
            wait.abort();
            scene.runtime.advance(Duration.ofMinutes(1));

            wait.outcome(Outcome.Ended.class);
            assertThat(scene.gitpod.books().count(CANCEL), is(0));
        }
    }

    @Test
    void inTheMomentOfTheEndConcludesOnce() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            wait.observer().onUpdate(update -> {
                if (update instanceof Update.PhaseChanged changed
                        && changed.prebuild().status().phase().isEnd()) {
                    wait.abort();
                }
            });
            scene.untilConcluded(wait, Duration.ofMinutes(12));
            scene.runtime.advance(Duration.ofMinutes(1));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void whatCompletedUnseenIsNotCancelledAgainAndAgain() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(10).plusSeconds(50));
            scene.prebuild().plan(PhasePlan.quick(Duration.ofMinutes(1)));
            wait.abort();
            scene.untilConcluded(wait, A_MOMENT);

            wait.outcome(Outcome.CancelAccepted.class);
            nothingIsLeft(scene);
            assertThat(scene.gitpod.books().count(CANCEL), is(1));
            assertThat(scene.prebuild().phase(), is(SimPhase.COMPLETED));
            assertThat(settledIn(wait), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void withCancelOnAbortOffItGoesOnAndItsEndClosesTheBook() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit(scene.requestThatLeavesRunning());
            scene.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            scene.untilConcluded(wait, Duration.ZERO);

            assertThat(
                    wait.outcome(Outcome.LeftRunning.class).prebuildId(),
                    is(scene.prebuild().id()));
            assertThat(scene.journal.open().get(0).detached(), is(true));
            scene.untilAllClosed(Duration.ofMinutes(12));
            assertThat(scene.prebuild().phase(), is(SimPhase.COMPLETED));
            assertThat(scene.gitpod.books().count(CANCEL), is(0));
            assertThat(settledIn(wait), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void withCancelOnAbortOffAQueuedCreateIsTakenBack() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREATE);
            EngineFixture.Wait wait = scene.submit(scene.requestThatLeavesRunning());
            scene.runtime.settle();
            wait.abort();
            scene.runtime.settle();
            scene.runtime.release(WorkQueue.CREATE);

            wait.outcome(Outcome.NotCreated.class);
            nothingIsLeft(scene);
            assertThat(scene.gitpod.books().calls(), is(empty()));
        }
    }

    @Test
    void whatIsDetachedIsNobodysToCancelByLeaving() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit(scene.detachedRequest());
            scene.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            scene.untilConcluded(wait, Duration.ofMinutes(12));

            assertThat(wait.outcome(Outcome.Ended.class).cancelReason(), is(nullValue()));
            assertThat(scene.gitpod.books().count(CANCEL), is(0));
            assertThat(wait.observer().ends(), is(empty()));
        }
    }

    @Test
    void whatIsToBeDetachedButNotMadeYetIsTakenBack() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREATE);
            EngineFixture.Wait wait = scene.submit(scene.detachedRequest());
            scene.runtime.settle();
            wait.abort();
            scene.runtime.settle();
            scene.runtime.release(WorkQueue.CREATE);

            wait.outcome(Outcome.NotCreated.class);
            nothingIsLeft(scene);
        }
    }

    @Test
    void aPersonMayCancelWhatIsDetached() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit(scene.detachedRequest());
            scene.runtime.advance(Duration.ofMinutes(1));
            wait.handle().cancel();
            scene.untilConcluded(wait, A_MOMENT);

            wait.outcome(Outcome.CancelAccepted.class);
            nothingIsLeft(scene);
        }
    }

    @Test
    void anOwnerGoneWithoutAWordCancels() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            wait.handle().leave(CancelReason.OWNER_GONE);
            nothingIsLeft(scene);
            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aDeadApiKeepsTheCancelInTheBookUntilItIsBack() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.gitpod.stopListening();
            wait.abort();
            scene.runtime.advance(Duration.ofHours(3));
            assertThat(scene.journal.open().get(0).cancelReason(), is(CancelReason.ABORTED));
            assertThat(wait.observer().isConcluded(), is(false));

            scene.gitpod.listen();
            Duration took = scene.untilConcluded(wait, Duration.ofMinutes(6));
            assertThat(took, is(lessThanOrEqualTo(Duration.ofMinutes(6))));
            nothingIsLeft(scene);
        }
    }

    @Test
    void aCancelWithoutEffectIsSentAgain() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            scene.runtime.settle();
            scene.prebuild().forcePhase(SimPhase.RUNNING);
            scene.runtime.advance(Duration.ofMinutes(2));

            assertThat(scene.gitpod.books().count(CANCEL), is(2));
            nothingIsLeft(scene);
        }
    }
}
