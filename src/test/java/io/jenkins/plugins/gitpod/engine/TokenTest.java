package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens are rotated, revoked, missing, and their stores hang. */
class TokenTest {

    private static final String SECRET = "sim-secret-of-a-provider";

    @Test
    void aTokenRotatedBeforeTheCreateIsPickedUp() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            BearerToken old = BearerToken.of(fixture.account.token());
            AtomicInteger looks = new AtomicInteger();
            fixture.account.rotate();
            EngineFixture.Wait wait = fixture.submit(
                    fixture.request(),
                    () -> looks.getAndIncrement() == 0 ? old : BearerToken.of(fixture.account.token()));
            fixture.untilStage(wait, Stage.WATCHING, Duration.ZERO);

            assertThat(wait.observer().updates(Update.TokenRotated.class), hasSize(1));
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(1));
        }
    }

    @Test
    void aTokenRotatedWhileWatchingIsPickedUp() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.account.rotate();
            fixture.untilConcluded(wait, Duration.ofMinutes(12));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(wait.observer().updates(Update.TokenRotated.class), hasSize(1));
        }
    }

    @Test
    void aTokenRotatedBeforeTheCancelIsPickedUp() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.account.rotate();
            wait.abort();
            fixture.untilConcluded(wait, Duration.ofSeconds(2));

            wait.outcome(Outcome.CancelAccepted.class);
            fixture.untilAllClosed(Duration.ofMinutes(1));
            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aTokenRotatedDuringTheLookUpIsPickedUp() {
        try (EngineFixture fixture =
                EngineFixture.with().readLag(Duration.ofSeconds(15)).begin()) {
            fixture.fault("CreatePrebuild", Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(5));
            fixture.account.rotate();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));
            assertThat(wait.prebuildId(), is(fixture.prebuild().id()));
        }
    }

    @Test
    void aRefusalOfTheOldTokenThatComesAfterTheRotationEndsNothing() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            // The cancel waits in its queue with the old token, while the read finds out about the new one.
            fixture.runtime.hold(WorkQueue.CANCEL);
            wait.abort();
            fixture.runtime.settle();
            fixture.account.rotate();
            fixture.runtime.advance(Duration.ofSeconds(30));
            fixture.runtime.release(WorkQueue.CANCEL);
            fixture.untilConcluded(wait, Duration.ofSeconds(2));

            wait.outcome(Outcome.CancelAccepted.class);
            fixture.untilAllClosed(Duration.ofMinutes(1));
        }
    }

    @Test
    void aRevokedTokenFailsTheCreateWithItsReason() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.account.revoke();
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ZERO);

            assertThat(wait.outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.UNAUTHENTICATED));
            assertThat(fixture.engine().open(), is(empty()));
        }
    }

    @Test
    void aTokenRevokedWhileWatchingEndsTheWaitAndTheCancelWaitsForAnother() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.account.revoke();
            fixture.untilConcluded(wait, Duration.ofSeconds(15));
            assertThat(wait.outcome(Outcome.WatchLost.class).failure().code(), is(ErrorCode.UNAUTHENTICATED));

            fixture.runtime.advance(Duration.ofHours(2));
            assertThat(fixture.engine().open(), hasSize(1));
            fixture.account.rotate();
            fixture.untilAllClosed(Duration.ofMinutes(7));
            assertThat(fixture.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aRevokedTokenCausesFewCallsUntilThereIsAnother() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.account.revoke();
            fixture.untilConcluded(wait, Duration.ofSeconds(15));
            int before = fixture.gitpod.records().calls().size();
            fixture.runtime.advance(Duration.ofHours(10));
            assertThat(fixture.gitpod.records().calls().size() - before, is(lessThan(10 * 20)));
            fixture.untilAllClosed(Duration.ofHours(20));
        }
    }

    @Test
    void aReadOnlyTokenFailsTheCreate() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.account.readOnly();
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ZERO);
            assertThat(wait.outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.PERMISSION_DENIED));
        }
    }

    @Test
    void aProviderThatHangsEndsTheWaitWithinMinutesAndSendsNothing() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.CREDENTIALS);
            EngineFixture.Wait wait = fixture.submit();
            Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(5));

            assertThat(took, is(greaterThan(Duration.ofMinutes(1))));
            assertThat(wait.outcome(Outcome.NoToken.class).failure().problem(), is(Problem.NO_ANSWER));
            fixture.runtime.release(WorkQueue.CREDENTIALS);
            fixture.runtime.advance(Duration.ofMinutes(5));
            assertThat(fixture.gitpod.records().calls(), is(empty()));
            assertThat(fixture.engine().open(), is(empty()));
        }
    }

    @Test
    void aProviderThatHangsForAMomentOnlyDelays() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.hold(WorkQueue.CREDENTIALS);
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(61));
            fixture.runtime.release(WorkQueue.CREDENTIALS);
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofSeconds(10));
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(1));
        }
    }

    @Test
    void aSlowProviderAfterARestartEndsNoWait() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            for (int i = 0; i < 50; i++) {
                fixture.submit();
            }
            fixture.runtime.advance(Duration.ofMinutes(1));
            List<EngineFixture.Wait> resumed = fixture.crashAndRestart();
            fixture.runtime.frame((queue, task) -> {
                task.run();
                if (queue == WorkQueue.CREDENTIALS) {
                    fixture.runtime.sleep(Duration.ofSeconds(12));
                }
            });
            fixture.runtime.advance(Duration.ofMinutes(12));
            resumed.forEach(wait -> {
                assertThat(wait.observer().outcomes(), is(empty()));
                assertThat(wait.handle().view().phase(), is(PrebuildPhase.RUNNING));
            });
        }
    }

    @Test
    void aProviderThatThrowsIsAskedAgainAndItsMessageIsNotPrinted() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            try (LogLines log = new LogLines()) {
                EngineFixture.Wait wait = fixture.submit(fixture.request(), () -> {
                    throw new IllegalStateException("cannot parse " + SECRET);
                });
                fixture.untilConcluded(wait, Duration.ofMinutes(5));
                Outcome.NoToken none = wait.outcome(Outcome.NoToken.class);
                assertThat(none.failure().problem(), is(Problem.LOOKUP_FAILED));
                assertThat(none.prebuildId(), is(nullValue()));
                assertThat(String.valueOf(none), not(containsString(SECRET)));
                assertThat(String.valueOf(none.failure()), not(containsString(SECRET)));
                assertThat(log.text(), not(containsString(SECRET)));
            }
        }
    }

    @Test
    void aProviderThatAnswersNothingIsAProviderThatFailed() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit(fixture.request(), () -> null);
            fixture.untilConcluded(wait, Duration.ofMinutes(5));
            assertThat(wait.outcome(Outcome.NoToken.class).failure().problem(), is(Problem.LOOKUP_FAILED));
        }
    }

    @Test
    void aProviderWithADefectIsAProviderThatFailed() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit(fixture.request(), () -> {
                throw new StackOverflowError();
            });
            fixture.untilConcluded(wait, Duration.ofMinutes(5));
            assertThat(wait.outcome(Outcome.NoToken.class).failure().problem(), is(Problem.LOOKUP_FAILED));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            names = {"NOT_CONFIGURED", "NOT_FOUND", "WRONG_KIND", "UNUSABLE"})
    void aCredentialThatIsWrongFailsAtOnce(Problem problem) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit(fixture.request(), () -> {
                throw new TokenUnavailableException(problem, "no");
            });
            fixture.untilConcluded(wait, Duration.ZERO);
            assertThat(wait.outcome(Outcome.NoToken.class).failure().problem(), is(problem));
        }
    }

    @Test
    void aStoreThatMakesUpAnotherBadTokenForEachLookEnds() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            AtomicInteger number = new AtomicInteger();
            EngineFixture.Wait wait =
                    fixture.submit(fixture.request(), () -> BearerToken.of("made-up-" + number.incrementAndGet()));
            fixture.untilConcluded(wait, Duration.ofMinutes(1));
            assertThat(wait.outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.UNAUTHENTICATED));
            assertThat(number.get(), is(lessThan(5)));
        }
    }

    @Test
    void allRequestsOfARotatedTokenContinue() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                waits.add(fixture.submit());
            }
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.account.rotate();
            fixture.untilAllClosed(Duration.ofMinutes(12));
            waits.forEach(wait -> wait.outcome(Outcome.Ended.class));
        }
    }

    @Test
    void aGatewayThatRefusesOnceWithoutACauseFailsAWaitByTheRules() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(
                    FaultRule.on("GetPrebuild", Fault.status(401, "unauthenticated", "no")), Fault.emptyBody(401));
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(1));
            wait.outcome(Outcome.WatchLost.class);
            fixture.untilAllClosed(Duration.ofMinutes(1));
            assertThat(fixture.gitpod.records().active(), is(empty()));
        }
    }
}
