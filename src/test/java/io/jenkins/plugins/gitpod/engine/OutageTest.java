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
class OutageTest {

    private static final EngineSettings SETTINGS = EngineSettings.defaults();

    @Test
    void anOutageShorterThanTheBudgetEndsNothing() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.gitpod.stopListening();
            fixture.runtime.advance(Duration.ofMinutes(13));
            fixture.gitpod.listen();
            fixture.untilConcluded(wait, Duration.ofMinutes(2));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(wait.observer().updates(Update.Retrying.class), hasSize(1));
            assertThat(wait.observer().updates(Update.Recovered.class), hasSize(1));
            assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
        }
    }

    @Test
    void anOutageLongerThanTheBudgetEndsTheWaitAndCancelsOnceItIsOver() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.gitpod.stopListening();
            Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(20));

            Outcome.WatchLost lost = wait.outcome(Outcome.WatchLost.class);
            assertThat(lost.tried(), is(greaterThanOrEqualTo(SETTINGS.failureBudget())));
            assertThat(lost.phase(), is(PrebuildPhase.RUNNING));
            assertThat(took, is(lessThanOrEqualTo(Duration.ofMinutes(17))));
            fixture.runtime.advance(Duration.ofHours(1));
            fixture.gitpod.listen();
            fixture.untilAllClosed(Duration.ofMinutes(7));
            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aServerInTroubleIsAskedLessOften() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.fault(FaultRule.on("GetPrebuild", Fault.htmlStatus(503)).forever(), Fault.htmlStatus(503));
            fixture.untilConcluded(wait, Duration.ofMinutes(20));
            assertThat(fixture.gitpod.records().count("GetPrebuild"), is(lessThan(20)));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-7200, -60, 61, 7200, 864_000})
    void aWallClockThatJumpsWhileWatchingDoesNotMatter(long seconds) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.runtime.setClockAhead(Duration.ofSeconds(seconds));
            fixture.untilConcluded(wait, Duration.ofMinutes(12));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-55, 55})
    void clocksThatDifferByLessThanTheSkewHinderNoLookUp(long seconds) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.setClockAhead(Duration.ofSeconds(seconds));
            fixture.fault("CreatePrebuild", Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));
        }
    }

    @Test
    void aMachineThatSleptTellsTheTrueResult() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.runtime.sleep(Duration.ofHours(14));
            fixture.untilConcluded(wait, Duration.ofSeconds(15));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void aMachineThatSleepsAgainAndAgainCausesNoTimeOut() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            for (int night = 0; night < 20; night++) {
                fixture.runtime.advance(Duration.ofMinutes(2));
                fixture.runtime.sleep(Duration.ofHours(10));
            }
            assertThat(wait.observer().isConcluded(), is(false));
        }
    }

    @Test
    void aMachineThatWakesUpWithoutANetworkWaitsForIt() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.gitpod.stopListening();
            fixture.runtime.sleep(Duration.ofHours(10));
            fixture.runtime.advance(Duration.ofMinutes(5));
            fixture.gitpod.listen();
            fixture.untilConcluded(wait, Duration.ofMinutes(2));
            wait.outcome(Outcome.Ended.class);
        }
    }

    @Test
    void overItsTimeItIsCancelled() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(125));

            Outcome.OverLimit over = wait.outcome(Outcome.OverLimit.class);
            assertThat(over.limit(), is(CancelReason.OVER_TIME));
            assertThat(over.cancelled(), is(true));
            assertThat(took, is(greaterThanOrEqualTo(Duration.ofMinutes(120))));
            fixture.untilAllClosed(Duration.ofMinutes(1));
            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aSnapshotThatStallsIsCancelled() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.settle();
            fixture.prebuild().stallSnapshot();
            fixture.untilConcluded(wait, Duration.ofMinutes(55));

            assertThat(wait.outcome(Outcome.OverLimit.class).limit(), is(CancelReason.SNAPSHOT_STALLED));
            fixture.untilAllClosed(Duration.ofMinutes(1));
            assertThat(fixture.gitpod.records().active(), is(empty()));
        }
    }

    @Test
    void theOverallLimitHoldsAcrossRestarts() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            for (int i = 0; i < 4; i++) {
                fixture.runtime.advance(Duration.ofMinutes(35));
                if (!wait.observer().isConcluded()) {
                    wait = fixture.crashAndRestart().get(0);
                }
            }
            fixture.untilConcluded(wait, Duration.ofMinutes(30));
            assertThat(wait.outcome(Outcome.OverLimit.class).limit(), is(CancelReason.OVER_TIME));
        }
    }

    @Test
    void anUnknownPhaseIsWatchedOn() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.prebuild().unknownPhase("PREBUILD_PHASE_NEW_THING");
            fixture.runtime.advance(Duration.ofMinutes(5));
            fixture.prebuild().forcePhase(SimPhase.COMPLETED);
            fixture.untilConcluded(wait, Duration.ofSeconds(15));

            assertThat(wait.observer().updates(Update.UnknownPhase.class), hasSize(1));
            wait.outcome(Outcome.Ended.class);
        }
    }

    @Test
    void theReadLagAfterTheCreateIsNotTheEnd() {
        try (EngineFixture fixture =
                EngineFixture.with().readLag(Duration.ofSeconds(25)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(12));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
        }
    }

    @Test
    void ofThirtyBuildsBeforeARateLimitedServerNoneFails() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.maxCallsPerSecond(2);
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                waits.add(fixture.submit());
            }
            fixture.untilAllClosed(Duration.ofMinutes(20));

            waits.forEach(wait -> assertThat(
                    wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED)));
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(30));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RetryInfo", "RateLimit-RetryAfter", "Retry-After"})
    void aRateLimitIsHonouredHoweverItIsTold(String how) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault limit = how.equals("RetryInfo")
                    ? Fault.rateLimit(Duration.ofSeconds(40))
                    : Fault.rateLimitByHeader(how, "40");
            fixture.fault("CreatePrebuild", limit);
            EngineFixture.Wait wait = fixture.submit();
            Duration took = fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(2));

            assertThat(took, is(greaterThan(Duration.ofSeconds(40))));
            assertThat(took, is(lessThan(Duration.ofSeconds(60))));
            assertThat(wait.observer().updates(Update.RateLimited.class), hasSize(1));
        }
    }

    /** A wait that is told but is none must not make calls follow each other as fast as they are answered. */
    @Test
    void aWaitOfNothingIsStillAWait() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod
                    .faults()
                    .add(FaultRule.on("CreatePrebuild", Fault.rateLimit(Duration.ZERO))
                            .forever());
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));

            assertThat(fixture.gitpod.records().count("CreatePrebuild"), is(lessThanOrEqualTo(60)));
            assertThat(fixture.gitpod.records().count("CreatePrebuild"), is(greaterThan(1)));
            fixture.gitpod.faults().clear();
            fixture.untilConcluded(wait, Duration.ofMinutes(12));
            wait.outcome(Outcome.Ended.class);
        }
    }

    @Test
    void anIntentThatCannotBeSavedSendsNothing() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.store.failing(true);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ZERO);

            assertThat(wait.outcome(Outcome.NotSaved.class).failure().getMessage(), containsString("disk full"));
            assertThat(fixture.gitpod.records().calls(), is(empty()));
            assertThat(fixture.engine().open(), is(empty()));
        }
    }

    @Test
    void aStoreThatThrowsSendsNothingEither() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.store.broken(true);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ZERO);
            wait.outcome(Outcome.NotSaved.class);
            assertThat(fixture.gitpod.records().calls(), is(empty()));
        }
    }

    @Test
    void aDiskThatFillsUpLaterStopsNoWaitAndNoCancel() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.onCreate(made -> fixture.store.failing(true));
            EngineFixture.Wait finished = fixture.submit();
            fixture.untilConcluded(finished, Duration.ofMinutes(12));
            finished.outcome(Outcome.Ended.class);

            fixture.store.failing(false);
            EngineFixture.Wait aborted = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            aborted.abort();
            fixture.untilConcluded(aborted, Duration.ZERO);
            aborted.outcome(Outcome.CancelAccepted.class);
            fixture.untilAllClosed(Duration.ofMinutes(1));
        }
    }

    @Test
    void anObserverThatThrowsDoesNotKeepTheRequestOpen() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            wait.observer()
                    .onUpdate(update -> {
                        throw new IllegalStateException("console closed");
                    })
                    .onConcluded(() -> {
                        throw new IllegalStateException("step gone");
                    });
            fixture.untilAllClosed(Duration.ofMinutes(12));
            wait.outcome(Outcome.Ended.class);
            assertThat(fixture.store.open(), is(empty()));
        }
    }

    @Test
    void anObserverThatHangsDelaysNoOther() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.DELIVERY);
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(12));
            assertThat(wait.handle().view().stage(), is(Stage.ENDED));
            assertThat(fixture.store.open(), hasSize(1));

            fixture.runtime.release(WorkQueue.DELIVERY);
            fixture.runtime.settle();
            wait.outcome(Outcome.Ended.class);
            assertThat(fixture.store.open(), is(empty()));
        }
    }

    @Test
    void aClientThatCannotBeMadeIsReportedAndNoRequestHangs() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            PrebuildEngine engine =
                    new PrebuildEngine(fixture.runtime, SETTINGS, fixture.store, (endpoint, token, limits) -> {
                        throw new IllegalStateException("no proxy settings");
                    });
            RecordingObserver observer = new RecordingObserver();
            engine.submit(fixture.request(), fixture.token(), observer);
            fixture.runtime.runUntil(observer::isConcluded, Duration.ofMinutes(5));
            assertThat(observer.outcome(Outcome.NoToken.class).failure().problem(), is(Problem.LOOKUP_FAILED));
        }
    }

    @Test
    void aRequestThatTheClientRefusesIsReportedAndDoesNotHang() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            PrebuildRequest plain = fixture.request();
            EngineFixture.Wait wait = fixture.submit(
                    new PrebuildRequest(plain.requestId(), plain.connection(), " ", null, null, false, true));
            fixture.untilConcluded(wait, Duration.ofMinutes(10));
            fixture.untilAllClosed(Duration.ofHours(25));
            assertThat(fixture.gitpod.records().count("CreatePrebuild"), is(0));
        }
    }

    @Test
    void nothingIsLeftOfRequestsThatAreOver() {
        try (EngineFixture fixture = EngineFixture.with()
                .plan(PhasePlan.quick(Duration.ofMinutes(1)))
                .begin()) {
            for (int i = 0; i < 50; i++) {
                EngineFixture.Wait wait = fixture.submit();
                fixture.runtime.advance(Duration.ofSeconds(10));
                if (i % 3 == 0) {
                    wait.abort();
                }
            }
            fixture.untilAllClosed(Duration.ofMinutes(5));
            fixture.runtime.advance(Duration.ofMinutes(5));

            assertThat(fixture.store.open(), is(empty()));
            assertThat(fixture.runtime.pending(), is(0));
            assertThat(fixture.engine().context().sessions().size(), is(0));
            assertThat(fixture.engine().context().lostCreates().size(), is(0));
        }
    }
}
