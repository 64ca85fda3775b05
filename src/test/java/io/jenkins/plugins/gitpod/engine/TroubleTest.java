package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
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

/** Networks, clocks, disks and servers in trouble. */
class TroubleTest {

    private static final EngineSettings SETTINGS = EngineSettings.defaults();

    @Test
    void anOutageShorterThanTheBudgetEndsNothing() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.gitpod.stopListening();
            scene.runtime.advance(Duration.ofMinutes(13));
            scene.gitpod.listen();
            scene.untilConcluded(wait, Duration.ofMinutes(2));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(wait.observer().updates(Update.Trouble.class), hasSize(1));
            assertThat(wait.observer().updates(Update.Recovered.class), hasSize(1));
            assertThat(scene.gitpod.books().count("CancelPrebuild"), is(0));
        }
    }

    @Test
    void anOutageLongerThanTheBudgetEndsTheWaitAndCancelsOnceItIsOver() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.gitpod.stopListening();
            Duration took = scene.untilConcluded(wait, Duration.ofMinutes(20));

            Outcome.WatchLost lost = wait.outcome(Outcome.WatchLost.class);
            assertThat(lost.tried(), is(greaterThanOrEqualTo(SETTINGS.failureBudget())));
            assertThat(lost.phase(), is(PrebuildPhase.RUNNING));
            assertThat(took, is(lessThanOrEqualTo(Duration.ofMinutes(17))));
            scene.runtime.advance(Duration.ofHours(1));
            scene.gitpod.listen();
            scene.untilAllClosed(Duration.ofMinutes(7));
            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aServerInTroubleIsAskedLessOften() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.fault(FaultRule.on("GetPrebuild", Fault.htmlStatus(503)).forever(), Fault.htmlStatus(503));
            scene.untilConcluded(wait, Duration.ofMinutes(20));
            assertThat(scene.gitpod.books().count("GetPrebuild"), is(lessThan(20)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-7200, -60, 61, 7200, 864_000})
    void aWallClockThatJumpsWhileWatchingMattersToNobody(long seconds) {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.runtime.setClockAhead(Duration.ofSeconds(seconds));
            scene.untilConcluded(wait, Duration.ofMinutes(12));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-55, 55})
    void clocksThatDifferByLessThanTheSkewHinderNoLookUp(long seconds) {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.setClockAhead(Duration.ofSeconds(seconds));
            scene.fault("CreatePrebuild", Fault.resetAfterActing());
            EngineFixture.Wait wait = scene.submit();
            scene.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));
        }
    }

    @Test
    void aMachineThatSleptTellsTheTrueResult() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.runtime.sleep(Duration.ofHours(14));
            scene.untilConcluded(wait, Duration.ofSeconds(15));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void aMachineThatSleepsAgainAndAgainCausesNoTimeOut() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            for (int night = 0; night < 20; night++) {
                scene.runtime.advance(Duration.ofMinutes(2));
                scene.runtime.sleep(Duration.ofHours(10));
            }
            assertThat(wait.observer().isConcluded(), is(false));
        }
    }

    @Test
    void aMachineThatWakesUpWithoutANetworkWaitsForIt() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.gitpod.stopListening();
            scene.runtime.sleep(Duration.ofHours(10));
            scene.runtime.advance(Duration.ofMinutes(5));
            scene.gitpod.listen();
            scene.untilConcluded(wait, Duration.ofMinutes(2));
            wait.outcome(Outcome.Ended.class);
        }
    }

    @Test
    void overItsTimeItIsCancelled() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            Duration took = scene.untilConcluded(wait, Duration.ofMinutes(125));

            Outcome.OverLimit over = wait.outcome(Outcome.OverLimit.class);
            assertThat(over.limit(), is(CancelReason.OVER_TIME));
            assertThat(over.cancelled(), is(true));
            assertThat(took, is(greaterThanOrEqualTo(Duration.ofMinutes(120))));
            scene.untilAllClosed(Duration.ofMinutes(1));
            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aSnapshotThatStallsIsCancelled() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.settle();
            scene.prebuild().stallSnapshot();
            scene.untilConcluded(wait, Duration.ofMinutes(55));

            assertThat(wait.outcome(Outcome.OverLimit.class).limit(), is(CancelReason.SNAPSHOT_STALLED));
            scene.untilAllClosed(Duration.ofMinutes(1));
            assertThat(scene.gitpod.books().active(), is(empty()));
        }
    }

    @Test
    void theOverallLimitHoldsAcrossRestarts() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            for (int i = 0; i < 4; i++) {
                scene.runtime.advance(Duration.ofMinutes(35));
                if (!wait.observer().isConcluded()) {
                    wait = scene.crashAndRestart().get(0);
                }
            }
            scene.untilConcluded(wait, Duration.ofMinutes(30));
            assertThat(wait.outcome(Outcome.OverLimit.class).limit(), is(CancelReason.OVER_TIME));
        }
    }

    @Test
    void anUnknownPhaseIsWatchedOn() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.prebuild().unknownPhase("PREBUILD_PHASE_NEW_THING");
            scene.runtime.advance(Duration.ofMinutes(5));
            scene.prebuild().forcePhase(SimPhase.COMPLETED);
            scene.untilConcluded(wait, Duration.ofSeconds(15));

            assertThat(wait.observer().updates(Update.UnknownPhase.class), hasSize(1));
            wait.outcome(Outcome.Ended.class);
        }
    }

    @Test
    void theReadLagAfterTheCreateIsNotTheEnd() {
        try (EngineFixture scene =
                EngineFixture.with().readLag(Duration.ofSeconds(25)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(12));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void ofThirtyBuildsBeforeARateLimitedServerNoneFails() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.gitpod.maxCallsPerSecond(2);
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                waits.add(scene.submit());
            }
            scene.untilAllClosed(Duration.ofMinutes(20));

            waits.forEach(wait -> assertThat(
                    wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED)));
            assertThat(scene.gitpod.books().prebuilds(), hasSize(30));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RetryInfo", "RateLimit-RetryAfter", "Retry-After"})
    void aRateLimitIsHonouredHoweverItIsTold(String how) {
        try (EngineFixture scene = EngineFixture.begin()) {
            Fault limit = how.equals("RetryInfo")
                    ? Fault.rateLimit(Duration.ofSeconds(40))
                    : Fault.rateLimitByHeader(how, "40");
            scene.fault("CreatePrebuild", limit);
            EngineFixture.Wait wait = scene.submit();
            Duration took = scene.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(2));

            assertThat(took, is(greaterThan(Duration.ofSeconds(40))));
            assertThat(took, is(lessThan(Duration.ofSeconds(60))));
            assertThat(wait.observer().updates(Update.RateLimited.class), hasSize(1));
        }
    }

    /** A wait that is told but is none must not make calls follow each other as fast as they are answered. */
    @Test
    void aWaitOfNothingIsStillAWait() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.gitpod
                    .faults()
                    .add(FaultRule.on("CreatePrebuild", Fault.rateLimit(Duration.ZERO))
                            .forever());
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));

            assertThat(scene.gitpod.books().count("CreatePrebuild"), is(lessThanOrEqualTo(60)));
            assertThat(scene.gitpod.books().count("CreatePrebuild"), is(greaterThan(1)));
            scene.gitpod.faults().clear();
            scene.untilConcluded(wait, Duration.ofMinutes(12));
            wait.outcome(Outcome.Ended.class);
        }
    }

    @Test
    void anIntentThatCannotBeSavedSendsNothing() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.journal.failing(true);
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ZERO);

            assertThat(wait.outcome(Outcome.NotSaved.class).failure().getMessage(), containsString("disk full"));
            assertThat(scene.gitpod.books().calls(), is(empty()));
            assertThat(scene.engine().open(), is(empty()));
        }
    }

    @Test
    void aJournalWithADefectSendsNothingEither() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.journal.broken(true);
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ZERO);
            wait.outcome(Outcome.NotSaved.class);
            assertThat(scene.gitpod.books().calls(), is(empty()));
        }
    }

    @Test
    void aDiskThatFillsUpLaterStopsNoWaitAndNoCancel() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.gitpod.onCreate(made -> scene.journal.failing(true));
            EngineFixture.Wait finished = scene.submit();
            scene.untilConcluded(finished, Duration.ofMinutes(12));
            finished.outcome(Outcome.Ended.class);

            scene.journal.failing(false);
            EngineFixture.Wait aborted = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            aborted.abort();
            scene.untilConcluded(aborted, Duration.ZERO);
            aborted.outcome(Outcome.CancelAccepted.class);
            scene.untilAllClosed(Duration.ofMinutes(1));
        }
    }

    @Test
    void anObserverThatThrowsEndsTheBookAllTheSame() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            wait.observer()
                    .onUpdate(update -> {
                        throw new IllegalStateException("console closed");
                    })
                    .onConcluded(() -> {
                        throw new IllegalStateException("step gone");
                    });
            scene.untilAllClosed(Duration.ofMinutes(12));
            wait.outcome(Outcome.Ended.class);
            assertThat(scene.journal.open(), is(empty()));
        }
    }

    @Test
    void anObserverThatHangsHoldsUpNobodyElse() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.DELIVERY);
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(12));
            assertThat(wait.handle().view().stage(), is(Stage.ENDED));
            assertThat(scene.journal.open(), hasSize(1));

            scene.runtime.release(WorkQueue.DELIVERY);
            scene.runtime.settle();
            wait.outcome(Outcome.Ended.class);
            assertThat(scene.journal.open(), is(empty()));
        }
    }

    @Test
    void aClientThatCannotBeMadeIsToldAndHangsNobody() {
        try (EngineFixture scene = EngineFixture.begin()) {
            PrebuildEngine engine =
                    new PrebuildEngine(scene.runtime, SETTINGS, scene.journal, (endpoint, token, limits) -> {
                        throw new IllegalStateException("no proxy settings");
                    });
            RecordingObserver observer = new RecordingObserver();
            engine.submit(scene.request(), scene.token(), observer);
            scene.runtime.runUntil(observer::isConcluded, Duration.ofMinutes(5));
            assertThat(observer.outcome(Outcome.NoToken.class).failure().problem(), is(Problem.LOOKUP_FAILED));
        }
    }

    @Test
    void aRequestThatTheClientRefusesIsToldAndHangsNobody() {
        try (EngineFixture scene = EngineFixture.begin()) {
            PrebuildRequest plain = scene.request();
            EngineFixture.Wait wait = scene.submit(
                    new PrebuildRequest(plain.requestId(), plain.connection(), " ", null, null, false, true));
            scene.untilConcluded(wait, Duration.ofMinutes(10));
            scene.untilAllClosed(Duration.ofHours(25));
            assertThat(scene.gitpod.books().count("CreatePrebuild"), is(0));
        }
    }

    @Test
    void nothingIsLeftOfRequestsThatAreOver() {
        try (EngineFixture scene = EngineFixture.with()
                .plan(PhasePlan.quick(Duration.ofMinutes(1)))
                .begin()) {
            for (int i = 0; i < 50; i++) {
                EngineFixture.Wait wait = scene.submit();
                scene.runtime.advance(Duration.ofSeconds(10));
                if (i % 3 == 0) {
                    wait.abort();
                }
            }
            scene.untilAllClosed(Duration.ofMinutes(5));
            scene.runtime.advance(Duration.ofMinutes(5));

            assertThat(scene.journal.open(), is(empty()));
            assertThat(scene.runtime.pending(), is(0));
            assertThat(scene.engine().context().sessions().size(), is(0));
            assertThat(scene.engine().context().lostCreates().size(), is(0));
        }
    }
}
