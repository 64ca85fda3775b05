package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A create whose answer is lost: found again if it was made, sent again if it was not, and one is left running. */
class LostAnswerTest {

    private static final String CREATE = "CreatePrebuild";

    static Stream<Fault> madeButNotAnswered() {
        return Stream.of(
                Fault.resetAfterActing(),
                Fault.closeAfterActing(),
                Fault.hangAfterActing(),
                Fault.truncatedJson(),
                Fault.cutOffBody(),
                Fault.oversizedJson(5 << 20),
                Fault.wrongContentType(),
                Fault.status(503, "unavailable", "restarting").afterActing(),
                Fault.retryAfterZero503().afterActing(),
                Fault.status(500, "internal", "oops").afterActing(),
                Fault.status(500, "unknown", "oops").afterActing(),
                Fault.status(504, "deadline_exceeded", "late").afterActing(),
                Fault.status(409, "aborted", "conflict").afterActing(),
                Fault.htmlStatus(502).afterActing(),
                Fault.htmlStatus(504).afterActing(),
                Fault.emptyBody(500).afterActing(),
                Fault.emptyBody(408).afterActing(),
                Fault.emptyBody(200).afterActing(),
                Fault.notJson200Html().afterActing());
    }

    @ParameterizedTest
    @MethodSource("madeButNotAnswered")
    void aPrebuildThatWasMadeIsFoundAndWatchedToItsEnd(Fault fault) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(CREATE, fault);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));

            assertThat(wait.prebuildId(), is(fixture.prebuild().id()));
            assertThat(wait.observer().updates(), hasItem(new Update.LookingUp()));
            fixture.untilConcluded(wait, Duration.ofMinutes(12));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(fixture.gitpod.records().count(CREATE), is(1));
            assertThat(fixture.engine().open(), is(empty()));
        }
    }

    static Stream<Fault> neitherMadeNorAnswered() {
        return Stream.of(
                Fault.resetBeforeActing(),
                Fault.closeBeforeActing(),
                Fault.hangBeforeActing(),
                Fault.status(503, "unavailable", "restarting"),
                Fault.retryAfterZero503(),
                Fault.status(500, "internal", "oops"),
                Fault.htmlStatus(502),
                Fault.emptyBody(408),
                Fault.notJson200Html());
    }

    @ParameterizedTest
    @MethodSource("neitherMadeNorAnswered")
    void whatWasNotMadeIsSentAgainAfterTheReadLag(Fault fault) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(CREATE, fault);
            EngineFixture.Wait wait = fixture.submit();
            Duration took = fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(2));

            assertThat(took, is(greaterThan(EngineSettings.defaults().readLag())));
            assertThat(took, is(lessThanOrEqualTo(Duration.ofSeconds(90))));
            assertThat(
                    wait.observer().updates(Update.SendingAgain.class),
                    contains(new Update.SendingAgain(1, 3, List.of())));
            if (fault instanceof Fault.Hang hang) {
                hang.release();
                fixture.awaitReal(() -> fixture.gitpod.records().prebuilds().size() == 2);
            }
            fixture.untilConcluded(wait, Duration.ofMinutes(13));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            fixture.untilAllClosed(Duration.ofMinutes(15));
            assertThat(fixture.gitpod.records().count(CREATE), is(2));
            assertThat(notCancelled(fixture), contains(wait.prebuildId()));
            assertThat(fixture.store.open(), is(empty()));
        }
    }

    private static List<String> notCancelled(EngineFixture fixture) {
        return fixture.gitpod.records().prebuilds().stream()
                .filter(prebuild -> !prebuild.isCancelRequested())
                .map(SimPrebuild::id)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("neitherMadeNorAnswered")
    void afterThreeMoreTriesInVainItIsToldHowOftenItWasSent(Fault fault) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(FaultRule.on(CREATE, fault).forever(), fault);
            EngineFixture.Wait wait = fixture.submit();
            Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(5));

            Outcome.CreateUnclear unclear = wait.outcome(Outcome.CreateUnclear.class);
            assertThat(unclear.sent(), is(4));
            assertThat(unclear.found(), is(empty()));
            assertThat(unclear.failure(), is(notNullValue()));
            assertThat(took, is(greaterThan(Duration.ofMinutes(2))));
            assertThat(wait.observer().updates(Update.SendingAgain.class), hasSize(3));
            assertThat(fixture.gitpod.records().count(CREATE), is(4));
            if (fault instanceof Fault.Hang hang) {
                hang.release();
                fixture.awaitReal(() -> fixture.gitpod.records().prebuilds().size() == 4);
            }
            fixture.untilAllClosed(Duration.ofMinutes(15));
            assertThat(fixture.gitpod.records().active(), is(empty()));
            assertThat(fixture.gitpod.records().count(CREATE), is(4));
            assertThat(fixture.store.open(), is(empty()));
        }
    }

    @Test
    void eachCreateIsSavedWithItsOwnTimeBeforeItLeaves() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            List<Integer> savedBefore = new ArrayList<>();
            Fault fault = Fault.status(503, "unavailable", "restarting");
            fixture.fault(
                    FaultRule.on(CREATE, fault).times(2).when(call -> {
                        savedBefore.add(fixture.store.open().get(0).attempts().size());
                        return true;
                    }),
                    fault);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.LOOKING_UP, Duration.ZERO);
            fixture.runtime.runUntil(() -> savedBefore.size() == 2, Duration.ofMinutes(2));

            assertThat(savedBefore, contains(1, 2));
            List<CreateAttempt> attempts = fixture.store.open().get(0).attempts();
            assertThat(
                    Duration.between(
                            attempts.get(0).intentTime(), attempts.get(1).intentTime()),
                    is(greaterThan(EngineSettings.defaults().readLag())));
            assertThat(attempts.get(1).serverTime(), is(notNullValue()));
        }
    }

    @Test
    void theTriesAreFurtherAndFurtherApart() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault fault = Fault.status(503, "unavailable", "restarting");
            fixture.fault(FaultRule.on(CREATE, fault).forever(), fault);
            fixture.untilConcluded(fixture.submit(), Duration.ofMinutes(5));
            List<Instant> at = fixture.gitpod.records().calls(CREATE).stream()
                    .map(Call::at)
                    .toList();
            Duration first = Duration.between(at.get(0), at.get(1));
            Duration second = Duration.between(at.get(1), at.get(2));
            Duration third = Duration.between(at.get(2), at.get(3));
            assertThat(second, is(greaterThan(first)));
            assertThat(third, is(greaterThan(second)));
        }
    }

    @Test
    void whatTakesEffectAfterAnotherOneWasMadeIsCancelledAndSaid() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault.Hang hang = Fault.hangBeforeActing();
            fixture.fault(CREATE, hang);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(2));
            fixture.runtime.advance(Duration.ofSeconds(20));
            hang.release();
            fixture.awaitReal(() -> fixture.gitpod.records().prebuilds().size() == 2);
            fixture.untilConcluded(wait, Duration.ofMinutes(13));

            SimPrebuild late = fixture.gitpod.records().prebuilds().get(1);
            assertThat(
                    wait.observer().updates(Update.SurplusCancelled.class),
                    contains(new Update.SurplusCancelled(late.id())));
            assertThat(late.phase(), is(SimPhase.CANCELLED));
            assertThat(wait.prebuildId().equals(late.id()), is(false));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            fixture.untilAllClosed(Duration.ofMinutes(13));
        }
    }

    @Test
    void whatTakesEffectAfterTheBuildIsOverIsCancelledAndLogged() {
        try (EngineFixture fixture =
                EngineFixture.with().plan(PhasePlan.failing("no")).begin()) {
            Fault.Hang hang = Fault.hangBeforeActing();
            fixture.fault(CREATE, hang);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(6));
            assertThat(fixture.store.open(), hasSize(1));
            fixture.gitpod.onCreate(made -> made.plan(PhasePlan.stuckIn(SimPhase.RUNNING)));
            hang.release();
            fixture.awaitReal(() -> fixture.gitpod.records().prebuilds().size() == 2);
            fixture.untilAllClosed(Duration.ofMinutes(10));

            SimPrebuild late = fixture.gitpod.records().prebuilds().get(1);
            assertThat(late.phase(), is(SimPhase.CANCELLED));
            assertThat(fixture.log.text(), containsString(late.id()));
        }
    }

    @Test
    void aFailedCancelOfASurplusPrebuildIsRepeatedUntilItIsAccepted() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            Fault.Hang hang = Fault.hangBeforeActing();
            fixture.fault(CREATE, hang);
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(2));
            fixture.gitpod.onCreate(made -> made.plan(PhasePlan.stuckIn(SimPhase.RUNNING)));
            Fault down = Fault.htmlStatus(502);
            fixture.fault(FaultRule.on("CancelPrebuild", down).times(7), down);
            hang.release();
            fixture.awaitReal(() -> fixture.gitpod.records().prebuilds().size() == 2);
            fixture.untilAllClosed(Duration.ofMinutes(30));

            assertThat(fixture.gitpod.records().prebuilds().get(1).phase(), is(SimPhase.CANCELLED));
        }
    }

    @Test
    void nothingIsSentAgainAfterAnAbort() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(CREATE, Fault.resetBeforeActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofSeconds(20));
            wait.abort();
            fixture.untilAllClosed(Duration.ofMinutes(15));

            assertThat(fixture.gitpod.records().count(CREATE), is(1));
            assertThat(fixture.gitpod.records().prebuilds(), is(empty()));
        }
    }

    @Test
    void whatSomebodyMadeWithTheSameAccount45SecondsBeforeDoesNotDisturb() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            SimPrebuild foreign = fixture.createAsPerson();
            fixture.runtime.advance(Duration.ofSeconds(45));
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofSeconds(10));

            assertThat(wait.prebuildId().equals(foreign.id()), is(false));
            assertThat(fixture.gitpod.records().count(CREATE), is(2));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void aClockThatIsTenMinutesOffNeitherAdoptsAStrangersNorMissesItsOwn(int minutes) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.runtime.setClockAhead(Duration.ofMinutes(minutes));
            SimPrebuild before = fixture.createAsPerson();
            fixture.runtime.advance(Duration.ofSeconds(45));
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait made = fixture.submit();
            fixture.untilStage(made, Stage.WATCHING, Duration.ofSeconds(10));
            assertThat(made.prebuildId().equals(before.id()), is(false));

            fixture.runtime.advance(Duration.ofSeconds(45));
            SimPrebuild between = fixture.createAsPerson();
            fixture.runtime.advance(Duration.ofSeconds(45));
            fixture.fault(CREATE, Fault.resetBeforeActing());
            EngineFixture.Wait notMade = fixture.submit();
            fixture.untilStage(notMade, Stage.WATCHING, Duration.ofMinutes(2));
            fixture.untilAllClosed(Duration.ofMinutes(30));

            assertThat(fixture.gitpod.records().prebuilds(), hasSize(4));
            assertThat(before.isCancelRequested() || between.isCancelRequested(), is(false));
            assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void gitpodsClockMayBeTheOneThatIsOff(int minutes) {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.clockOffset(Duration.ofMinutes(minutes));
            fixture.createAsPerson();
            fixture.runtime.advance(Duration.ofSeconds(45));
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofSeconds(10));
            assertThat(fixture.gitpod.records().count(CREATE), is(2));
        }
    }

    @Test
    void withoutADateTheClocksMayDifferByAMinute() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.gitpod.dateHeader(false);
            fixture.runtime.setClockAhead(Duration.ofSeconds(50));
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofSeconds(10));
            assertThat(fixture.gitpod.records().count(CREATE), is(1));
        }
    }

    @Test
    void theLookUpAsksForNoTrigger() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(CREATE, Fault.resetAfterActing());
            fixture.untilStage(fixture.submit(), Stage.WATCHING, Duration.ofSeconds(10));
            Call look = fixture.gitpod.records().calls("ListPrebuilds").get(0);
            assertThat(look.body(), containsString("creatorIds"));
            assertThat(look.body(), not(containsString("triggeredBy")));
        }
    }

    @Test
    void theLookGoesOnThroughTheReadLag() {
        try (EngineFixture fixture =
                EngineFixture.with().readLag(Duration.ofSeconds(20)).begin()) {
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            Duration took = fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));
            assertThat(took, is(greaterThan(Duration.ofSeconds(19))));
            assertThat(fixture.gitpod.records().count(CREATE), is(1));
        }
    }

    @Test
    void severalLostAtOnceAreAllFoundAndNoneTwice() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            int many = 8;
            fixture.fault(FaultRule.on(CREATE, Fault.resetAfterActing()).times(many), Fault.resetAfterActing());
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                waits.add(fixture.submit());
            }
            fixture.runtime.advance(Duration.ofMinutes(2));

            String[] made = fixture.gitpod.records().prebuilds().stream()
                    .map(SimPrebuild::id)
                    .toArray(String[]::new);
            assertThat(waits.stream().map(EngineFixture.Wait::prebuildId).toList(), containsInAnyOrder(made));
            assertThat(made.length, is(many));
        }
    }

    @Test
    void ofSeveralLostSomeMadeThoseThatWereMadeAreFoundAndTheOthersSentAgain() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(FaultRule.on(CREATE, Fault.resetAfterActing()).times(2), Fault.resetAfterActing());
            fixture.fault(FaultRule.on(CREATE, Fault.resetBeforeActing()).times(2), Fault.resetBeforeActing());
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waits.add(fixture.submit());
            }
            fixture.runtime.advance(Duration.ofMinutes(30));

            assertThat(fixture.gitpod.records().prebuilds(), hasSize(4));
            waits.forEach(wait -> wait.outcome(Outcome.Ended.class));
            assertThat(
                    waits.stream()
                            .map(EngineFixture.Wait::prebuildId)
                            .distinct()
                            .toList(),
                    hasSize(4));
            assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
            assertThat(fixture.engine().open(), is(empty()));
        }
    }

    @Test
    void whatSomebodyElseStartedAtTheSameMomentIsNotAdoptedAndNotCancelledButNamed() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            SimPrebuild foreign = fixture.createAsPerson();
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(15));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            List<Update.SendingAgain> again = wait.observer().updates(Update.SendingAgain.class);
            assertThat(again, hasSize(1));
            assertThat(again.get(0).found(), hasSize(2));
            assertThat(wait.observer().updates(Update.SurplusUnsure.class), hasSize(1));
            fixture.untilAllClosed(Duration.ofMinutes(20));
            assertThat(foreign.isCancelRequested(), is(false));
            assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
        }
    }

    @Test
    void whatAnotherAccountStartedDoesNotDisturb() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            SimPrebuild foreign = fixture.createAs(fixture.gitpod.account("somebody"));
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));

            assertThat(wait.handle().view().stage(), is(Stage.WATCHING));
            assertThat(wait.prebuildId().equals(foreign.id()), is(false));
        }
    }

    @Test
    void whatIsAnHourOldDoesNotDisturb() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.createAsPerson();
            fixture.runtime.advance(Duration.ofHours(1));
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            assertThat(wait.handle().view().stage(), is(Stage.WATCHING));
        }
    }

    @Test
    void anotherBuildsPrebuildOfTheSameProjectIsNotAdopted() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait first = fixture.submit();
            fixture.untilStage(first, Stage.WATCHING, Duration.ZERO);
            fixture.fault(CREATE, Fault.resetBeforeActing());
            EngineFixture.Wait second = fixture.submit();
            fixture.untilStage(second, Stage.WATCHING, Duration.ofMinutes(2));

            assertThat(second.prebuildId().equals(first.prebuildId()), is(false));
            assertThat(first.observer().isConcluded(), is(false));
        }
    }

    @Test
    void anotherProjectsPrebuildIsNotAdopted() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            SimProject other = fixture.gitpod.addProject("other");
            fixture.fault(CREATE, Fault.resetBeforeActing());
            EngineFixture.Wait lost = fixture.submit();
            EngineFixture.Wait fine = fixture.submit(fixture.requestFor(other));
            fixture.untilStage(lost, Stage.WATCHING, Duration.ofMinutes(2));

            assertThat(lost.prebuildId().equals(fine.prebuildId()), is(false));
            assertThat(fine.handle().view().stage(), is(Stage.WATCHING));
        }
    }

    @Test
    void aSharedAccountSendsNothingAgain() {
        try (EngineFixture fixture = EngineFixture.with().sharedAccount().begin()) {
            fixture.fault(CREATE, Fault.resetBeforeActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(2));
            assertThat(wait.outcome(Outcome.CreateUnclear.class).sent(), is(1));
            assertThat(fixture.gitpod.records().count(CREATE), is(1));
        }
    }

    @Test
    void aSharedAccountTellsWhatWasFoundAndTouchesNothing() {
        try (EngineFixture fixture = EngineFixture.with().sharedAccount().begin()) {
            fixture.fault(CREATE, Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(2));

            Outcome.CreateUnclear unclear = wait.outcome(Outcome.CreateUnclear.class);
            assertThat(unclear.sharedAccount(), is(true));
            assertThat(
                    unclear.found().stream().map(found -> found.id()).toList(),
                    contains(fixture.prebuild().id()));
            assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
            assertThat(fixture.engine().open(), is(empty()));
        }
    }

    @Test
    void anOutageDuringTheLookUpOnlyDelaysIt() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            fixture.fault(CREATE, Fault.resetAfterActing());
            fixture.fault(FaultRule.on("ListPrebuilds", Fault.htmlStatus(502)).times(6), Fault.htmlStatus(502));
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(5));
            assertThat(wait.observer().updates(Update.Retrying.class), hasSize(1));
            assertThat(wait.observer().updates(Update.Recovered.class), hasSize(1));
        }
    }

    @Test
    void theIdentityIsReadOnceForEachToken() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            for (int i = 0; i < 3; i++) {
                fixture.fault(CREATE, Fault.resetAfterActing());
                fixture.submit();
                fixture.runtime.advance(Duration.ofMinutes(1));
            }
            assertThat(fixture.gitpod.records().count("GetAuthenticatedIdentity"), is(1));
        }
    }
}
