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
        try (EngineFixture scene = EngineFixture.begin()) {
            BearerToken old = BearerToken.of(scene.account.token());
            AtomicInteger looks = new AtomicInteger();
            scene.account.rotate();
            EngineFixture.Wait wait = scene.submit(
                    scene.request(), () -> looks.getAndIncrement() == 0 ? old : BearerToken.of(scene.account.token()));
            scene.untilStage(wait, Stage.WATCHING, Duration.ZERO);

            assertThat(wait.observer().updates(Update.TokenRotated.class), hasSize(1));
            assertThat(scene.gitpod.books().prebuilds(), hasSize(1));
        }
    }

    @Test
    void aTokenRotatedWhileWatchingIsPickedUp() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.account.rotate();
            scene.untilConcluded(wait, Duration.ofMinutes(12));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(wait.observer().updates(Update.TokenRotated.class), hasSize(1));
        }
    }

    @Test
    void aTokenRotatedBeforeTheCancelIsPickedUp() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.account.rotate();
            wait.abort();
            scene.untilConcluded(wait, Duration.ofSeconds(2));

            wait.outcome(Outcome.CancelAccepted.class);
            scene.untilAllClosed(Duration.ofMinutes(1));
            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aTokenRotatedDuringTheLookUpIsPickedUp() {
        try (EngineFixture scene =
                EngineFixture.with().readLag(Duration.ofSeconds(15)).begin()) {
            scene.fault("CreatePrebuild", Fault.resetAfterActing());
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofSeconds(5));
            scene.account.rotate();
            scene.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));
            assertThat(wait.prebuildId(), is(scene.prebuild().id()));
        }
    }

    @Test
    void aRefusalOfTheOldTokenThatComesAfterTheRotationEndsNothing() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            // The cancel waits in its queue with the old token, while the read finds out about the new one.
            scene.runtime.hold(WorkQueue.CANCEL);
            wait.abort();
            scene.runtime.settle();
            scene.account.rotate();
            scene.runtime.advance(Duration.ofSeconds(30));
            scene.runtime.release(WorkQueue.CANCEL);
            scene.untilConcluded(wait, Duration.ofSeconds(2));

            wait.outcome(Outcome.CancelAccepted.class);
            scene.untilAllClosed(Duration.ofMinutes(1));
        }
    }

    @Test
    void aRevokedTokenFailsTheCreateWithItsReason() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.account.revoke();
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ZERO);

            assertThat(wait.outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.UNAUTHENTICATED));
            assertThat(scene.engine().open(), is(empty()));
        }
    }

    @Test
    void aTokenRevokedWhileWatchingEndsTheWaitAndTheCancelWaitsForAnother() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.account.revoke();
            scene.untilConcluded(wait, Duration.ofSeconds(15));
            assertThat(wait.outcome(Outcome.WatchLost.class).failure().code(), is(ErrorCode.UNAUTHENTICATED));

            scene.runtime.advance(Duration.ofHours(2));
            assertThat(scene.engine().open(), hasSize(1));
            scene.account.rotate();
            scene.untilAllClosed(Duration.ofMinutes(7));
            assertThat(scene.prebuild().phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void aRevokedTokenHammersNobodyWhileItIsWaitedForAnother() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.account.revoke();
            scene.untilConcluded(wait, Duration.ofSeconds(15));
            int before = scene.gitpod.books().calls().size();
            scene.runtime.advance(Duration.ofHours(10));
            assertThat(scene.gitpod.books().calls().size() - before, is(lessThan(10 * 20)));
            scene.untilAllClosed(Duration.ofHours(20));
        }
    }

    @Test
    void aReadOnlyTokenFailsTheCreate() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.account.readOnly();
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ZERO);
            assertThat(wait.outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.PERMISSION_DENIED));
        }
    }

    @Test
    void aProviderThatHangsEndsTheWaitWithinMinutesAndSendsNothing() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREDENTIALS);
            EngineFixture.Wait wait = scene.submit();
            Duration took = scene.untilConcluded(wait, Duration.ofMinutes(5));

            assertThat(took, is(greaterThan(Duration.ofMinutes(1))));
            assertThat(wait.outcome(Outcome.NoToken.class).failure().problem(), is(Problem.NO_ANSWER));
            scene.runtime.release(WorkQueue.CREDENTIALS);
            scene.runtime.advance(Duration.ofMinutes(5));
            assertThat(scene.gitpod.books().calls(), is(empty()));
            assertThat(scene.engine().open(), is(empty()));
        }
    }

    @Test
    void aProviderThatHangsForAMomentOnlyDelays() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.runtime.hold(WorkQueue.CREDENTIALS);
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofSeconds(61));
            scene.runtime.release(WorkQueue.CREDENTIALS);
            scene.untilStage(wait, Stage.WATCHING, Duration.ofSeconds(10));
            assertThat(scene.gitpod.books().prebuilds(), hasSize(1));
        }
    }

    @Test
    void aSlowProviderAfterARestartEndsNoWait() {
        try (EngineFixture scene =
                EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin()) {
            for (int i = 0; i < 50; i++) {
                scene.submit();
            }
            scene.runtime.advance(Duration.ofMinutes(1));
            List<EngineFixture.Wait> resumed = scene.crashAndRestart();
            scene.runtime.frame((queue, task) -> {
                task.run();
                if (queue == WorkQueue.CREDENTIALS) {
                    scene.runtime.sleep(Duration.ofSeconds(12));
                }
            });
            scene.runtime.advance(Duration.ofMinutes(12));
            resumed.forEach(wait -> {
                assertThat(wait.observer().outcomes(), is(empty()));
                assertThat(wait.handle().view().phase(), is(PrebuildPhase.RUNNING));
            });
        }
    }

    @Test
    void aProviderThatThrowsIsAskedAgainAndItsSecretsAreToldToNobody() {
        try (EngineFixture scene = EngineFixture.begin()) {
            try (LogLines log = new LogLines()) {
                EngineFixture.Wait wait = scene.submit(scene.request(), () -> {
                    throw new IllegalStateException("cannot parse " + SECRET);
                });
                scene.untilConcluded(wait, Duration.ofMinutes(5));
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
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit(scene.request(), () -> null);
            scene.untilConcluded(wait, Duration.ofMinutes(5));
            assertThat(wait.outcome(Outcome.NoToken.class).failure().problem(), is(Problem.LOOKUP_FAILED));
        }
    }

    @Test
    void aProviderWithADefectIsAProviderThatFailed() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit(scene.request(), () -> {
                throw new StackOverflowError();
            });
            scene.untilConcluded(wait, Duration.ofMinutes(5));
            assertThat(wait.outcome(Outcome.NoToken.class).failure().problem(), is(Problem.LOOKUP_FAILED));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Problem.class,
            names = {"NOT_CONFIGURED", "NOT_FOUND", "WRONG_KIND", "UNUSABLE"})
    void aCredentialThatIsWrongFailsAtOnce(Problem problem) {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit(scene.request(), () -> {
                throw new TokenUnavailableException(problem, "no");
            });
            scene.untilConcluded(wait, Duration.ZERO);
            assertThat(wait.outcome(Outcome.NoToken.class).failure().problem(), is(problem));
        }
    }

    @Test
    void aStoreThatMakesUpAnotherBadTokenForEachLookEnds() {
        try (EngineFixture scene = EngineFixture.begin()) {
            AtomicInteger number = new AtomicInteger();
            EngineFixture.Wait wait =
                    scene.submit(scene.request(), () -> BearerToken.of("made-up-" + number.incrementAndGet()));
            scene.untilConcluded(wait, Duration.ofMinutes(1));
            assertThat(wait.outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.UNAUTHENTICATED));
            assertThat(number.get(), is(lessThan(5)));
        }
    }

    @Test
    void manyWhoShareARotatedTokenAllGoOn() {
        try (EngineFixture scene = EngineFixture.begin()) {
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                waits.add(scene.submit());
            }
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.account.rotate();
            scene.untilAllClosed(Duration.ofMinutes(12));
            waits.forEach(wait -> wait.outcome(Outcome.Ended.class));
        }
    }

    @Test
    void aGatewayThatRefusesOnceWithoutACauseFailsAWaitByTheRules() {
        try (EngineFixture scene = EngineFixture.begin()) {
            scene.fault(FaultRule.on("GetPrebuild", Fault.status(401, "unauthenticated", "no")), Fault.emptyBody(401));
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(1));
            wait.outcome(Outcome.WatchLost.class);
            scene.untilAllClosed(Duration.ofMinutes(1));
            assertThat(scene.gitpod.books().active(), is(empty()));
        }
    }
}
