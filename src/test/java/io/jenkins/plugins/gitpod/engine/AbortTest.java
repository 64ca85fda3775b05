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

/** A waiting build may leave at any moment, any number of times. */
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

    private static void nothingIsLeft(EngineFixture fixture) {
        fixture.untilAllClosed(Duration.ofMinutes(20));
        assertThat(fixture.gitpod.records().active(), is(empty()));
        assertThat(fixture.store.open(), is(empty()));
        assertThat(fixture.gitpod.records().count(CREATE), is(lessThan(2)));
    }

    @ParameterizedTest
    @EnumSource(
            value = SimPhase.class,
            names = {"PENDING", "STARTING", "RUNNING", "STOPPING", "SNAPSHOTTING"})
    void inEachPhaseThePrebuildIsCancelledAtOnce(SimPhase phase) {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(phase)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(7));
            wait.abort();
            Duration took = fixture.untilConcluded(wait, A_MOMENT);

            assertThat(took, is(Duration.ZERO));
            Outcome.CancelAccepted accepted = wait.outcome(Outcome.CancelAccepted.class);
            assertThat(accepted.reason(), is(CancelReason.ABORTED));
            assertThat(fixture.gitpod.records().count(CANCEL), is(1));
            assertThat(wait.observer().ends(), is(empty()));
            nothingIsLeft(fixture);
            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
            assertThat(settledIn(wait), is(PrebuildPhase.CANCELLED));
        }
    }

    /** The end of the prebuild that was told after the outcome. */
    private static PrebuildPhase settledIn(EngineFixture.Wait wait) {
        assertThat(wait.observer().ends(), hasSize(1));
        return ((Outcome.Ended) wait.observer().ends().get(0))
                .prebuild()
                .status()
                .phase();
    }

    @Test
    void theRequestIsClosedOnlyWhenTheRealEndWasReported() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            fixture.untilConcluded(wait, A_MOMENT);
            fixture.runtime.hold(WorkQueue.DELIVERY);
            fixture.runtime.advance(Duration.ofMinutes(2));
            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
            assertThat(fixture.store.open(), hasSize(1));
            fixture.runtime.release(WorkQueue.DELIVERY);
            nothingIsLeft(fixture);
            assertThat(settledIn(wait), is(PrebuildPhase.CANCELLED));
        }
    }

    @Test
    void aPrebuildThatVanishesAfterAnAcceptedCancelIsReportedAsGone() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            fixture.untilConcluded(wait, A_MOMENT);
            fixture.prebuild().vanish();
            nothingIsLeft(fixture);
            assertThat(wait.observer().ends().get(0), is(instanceOf(Outcome.Gone.class)));
        }
    }

    @Test
    void beforeTheTokenIsThereNothingIsMade() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.CREDENTIALS);
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.settle();
            wait.abort();
            fixture.untilConcluded(wait, Duration.ZERO);
            fixture.runtime.release(WorkQueue.CREDENTIALS);
            fixture.runtime.advance(Duration.ofMinutes(5));

            wait.outcome(Outcome.NotCreated.class);
            assertThat(fixture.gitpod.records().calls(), is(empty()));
            nothingIsLeft(fixture);
        }
    }

    @Test
    void whileTheCreateIsQueuedNothingIsMade() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.CREATE);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.CREATING, Duration.ZERO);
            assertThat(wait.handle().isCreateOut(), is(false));
            wait.abort();
            fixture.untilConcluded(wait, Duration.ZERO);
            fixture.runtime.release(WorkQueue.CREATE);
            fixture.runtime.advance(Duration.ofMinutes(5));

            wait.outcome(Outcome.NotCreated.class);
            assertThat(fixture.gitpod.records().calls(), is(empty()));
            nothingIsLeft(fixture);
        }
    }

    @Test
    void whileTheCreateIsInFlightWhatItMakesIsCancelled() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            List<EngineFixture.Wait> waits = new ArrayList<>();
            List<Boolean> out = new ArrayList<>();
            fixture.gitpod.onCreate(made -> {
                out.add(waits.get(0).handle().isCreateOut());
                waits.get(0).abort();
            });
            waits.add(fixture.submit());
            fixture.untilConcluded(waits.get(0), A_MOMENT);

            assertThat(out.get(0), is(true));
            assertThat(waits.get(0).handle().isCreateOut(), is(false));
            waits.get(0).outcome(Outcome.CancelAccepted.class);
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(1));
            nothingIsLeft(fixture);
        }
    }

    @Test
    void whileTheCreateHangsAfterActingItIsFoundAndCancelled() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault hang = Fault.hangAfterActing();
            List<EngineFixture.Wait> waits = new ArrayList<>();
            fixture.fault(FaultRule.on(CREATE, hang).when(aborting(waits)), hang);
            waits.add(fixture.submit());
            fixture.untilConcluded(waits.get(0), Duration.ofMinutes(1));

            waits.get(0).outcome(Outcome.CancelAccepted.class);
            nothingIsLeft(fixture);
        }
    }

    @Test
    void whileTheCreateHangsBeforeActingWhatItMakesLaterIsCancelled() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault.Hang hang = Fault.hangBeforeActing();
            List<EngineFixture.Wait> waits = new ArrayList<>();
            fixture.fault(FaultRule.on(CREATE, hang).when(aborting(waits)), hang);
            waits.add(fixture.submit());
            fixture.untilConcluded(waits.get(0), Duration.ofMinutes(2));
            waits.get(0).outcome(Outcome.CreateUnclear.class);

            hang.release();
            fixture.awaitReal(() -> fixture.gitpod.records().prebuilds().size() == 1);
            nothingIsLeft(fixture);
        }
    }

    @Test
    void whileTheCreateIsLookedUpWhatIsFoundIsCancelled() {
        try (EngineFixture fixture =
                EngineFixture.with().readLag(Duration.ofSeconds(15)).begin()) {
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(5));
            assertThat(wait.handle().view().stage(), is(Stage.LOOKING_UP));
            wait.abort();
            fixture.untilConcluded(wait, Duration.ofMinutes(1));

            wait.outcome(Outcome.CancelAccepted.class);
            nothingIsLeft(fixture);
        }
    }

    @Test
    void betweenTwoTriesOfACreateNothingIsMade() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(
                    FaultRule.on(CREATE, Fault.rateLimit(Duration.ofSeconds(30)))
                            .times(1),
                    Fault.rateLimit(Duration.ofSeconds(30)));
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(5));
            wait.abort();
            fixture.untilConcluded(wait, Duration.ZERO);
            fixture.runtime.advance(Duration.ofMinutes(5));

            wait.outcome(Outcome.NotCreated.class);
            assertThat(fixture.gitpod.records().prebuilds(), is(empty()));
            nothingIsLeft(fixture);
        }
    }

    @Test
    void twiceCancelsOnceAndConcludesOnce() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            wait.abort();
            fixture.runtime.settle();
            wait.abort();
            nothingIsLeft(fixture);
            wait.abort();
            fixture.runtime.advance(Duration.ofMinutes(1));

            wait.outcome(Outcome.CancelAccepted.class);
            assertThat(fixture.gitpod.records().count(CANCEL), is(1));
        }
    }

    @Test
    void afterTheEndChangesNothing() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(12));
            wait.abort();
            fixture.runtime.advance(Duration.ofMinutes(1));

            wait.outcome(Outcome.Ended.class);
            assertThat(fixture.gitpod.records().count(CANCEL), is(0));
        }
    }

    @Test
    void inTheMomentOfTheEndConcludesOnce() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            wait.observer().onUpdate(update -> {
                if (update instanceof Update.PhaseChanged changed
                        && changed.prebuild().status().phase().isEnd()) {
                    wait.abort();
                }
            });
            fixture.untilConcluded(wait, Duration.ofMinutes(12));
            fixture.runtime.advance(Duration.ofMinutes(1));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void whatCompletedUnseenIsNotCancelledAgainAndAgain() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(10).plusSeconds(50));
            fixture.prebuild().plan(PhasePlan.quick(Duration.ofMinutes(1)));
            wait.abort();
            fixture.untilConcluded(wait, A_MOMENT);

            wait.outcome(Outcome.CancelAccepted.class);
            nothingIsLeft(fixture);
            assertThat(fixture.gitpod.records().count(CANCEL), is(1));
            assertThat(fixture.prebuild().phase(), is(SimPhase.COMPLETED));
            assertThat(settledIn(wait), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void withoutCancelOnAbortItKeepsRunningAndItsEndClosesTheRequest() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit(fixture.requestThatLeavesRunning());
            fixture.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            fixture.untilConcluded(wait, Duration.ZERO);

            assertThat(
                    wait.outcome(Outcome.LeftRunning.class).prebuildId(),
                    is(fixture.prebuild().id()));
            assertThat(fixture.store.open().get(0).detached(), is(true));
            fixture.untilAllClosed(Duration.ofMinutes(12));
            assertThat(fixture.prebuild().phase(), is(SimPhase.COMPLETED));
            assertThat(fixture.gitpod.records().count(CANCEL), is(0));
            assertThat(settledIn(wait), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void withoutCancelOnAbortAQueuedCreateIsWithdrawn() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.CREATE);
            EngineFixture.Wait wait = fixture.submit(fixture.requestThatLeavesRunning());
            fixture.runtime.settle();
            wait.abort();
            fixture.runtime.settle();
            fixture.runtime.release(WorkQueue.CREATE);

            wait.outcome(Outcome.NotCreated.class);
            nothingIsLeft(fixture);
            assertThat(fixture.gitpod.records().calls(), is(empty()));
        }
    }

    @Test
    void leavingDoesNotCancelADetachedPrebuild() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit(fixture.detachedRequest());
            fixture.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            fixture.untilConcluded(wait, Duration.ofMinutes(12));

            assertThat(wait.outcome(Outcome.Ended.class).cancelReason(), is(nullValue()));
            assertThat(fixture.gitpod.records().count(CANCEL), is(0));
            assertThat(wait.observer().ends(), is(empty()));
        }
    }

    @Test
    void aDetachedRequestThatWasNotSentYetIsWithdrawn() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.CREATE);
            EngineFixture.Wait wait = fixture.submit(fixture.detachedRequest());
            fixture.runtime.settle();
            wait.abort();
            fixture.runtime.settle();
            fixture.runtime.release(WorkQueue.CREATE);

            wait.outcome(Outcome.NotCreated.class);
            nothingIsLeft(fixture);
        }
    }

    @Test
    void aPersonMayCancelWhatIsDetached() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit(fixture.detachedRequest());
            fixture.runtime.advance(Duration.ofMinutes(1));
            wait.handle().cancel();
            fixture.untilConcluded(wait, A_MOMENT);

            wait.outcome(Outcome.CancelAccepted.class);
            nothingIsLeft(fixture);
        }
    }

    @Test
    void anOwnerGoneWithoutAWordCancels() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            wait.handle().leave(CancelReason.OWNER_GONE);
            nothingIsLeft(fixture);
            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aDeadApiKeepsTheCancelOpenUntilItIsBack() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.gitpod.stopListening();
            wait.abort();
            fixture.runtime.advance(Duration.ofHours(3));
            assertThat(fixture.store.open().get(0).cancelReason(), is(CancelReason.ABORTED));
            assertThat(wait.observer().isConcluded(), is(false));

            fixture.gitpod.listen();
            Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(6));
            assertThat(took, is(lessThanOrEqualTo(Duration.ofMinutes(6))));
            nothingIsLeft(fixture);
        }
    }

    @Test
    void aCancelWithoutEffectIsSentAgain() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            wait.abort();
            fixture.runtime.settle();
            fixture.prebuild().forcePhase(SimPhase.RUNNING);
            fixture.runtime.advance(Duration.ofMinutes(2));

            assertThat(fixture.gitpod.records().count(CANCEL), is(2));
            nothingIsLeft(fixture);
        }
    }
}
