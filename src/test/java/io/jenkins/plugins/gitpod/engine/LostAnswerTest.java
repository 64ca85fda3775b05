package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A create whose answer is lost: found again if it was made, told if it was not, never sent twice. */
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
        try (Scene scene = Scene.begin()) {
            scene.fault(CREATE, fault);
            Scene.Wait wait = scene.submit();
            scene.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));

            assertThat(wait.prebuildId(), is(scene.prebuild().id()));
            assertThat(wait.observer().updates(), hasItem(new Update.LookingUp()));
            scene.untilConcluded(wait, Duration.ofMinutes(12));
            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(scene.gitpod.books().count(CREATE), is(1));
            assertThat(scene.engine().open(), is(empty()));
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
    void whatWasNotMadeIsToldWithinTheReadLagAndNotSentAgain(Fault fault) {
        try (Scene scene = Scene.begin()) {
            scene.fault(CREATE, fault);
            Scene.Wait wait = scene.submit();
            Duration took = scene.untilConcluded(wait, Duration.ofMinutes(3));

            Outcome.CreateUnclear unclear = wait.outcome(Outcome.CreateUnclear.class);
            assertThat(unclear.found(), is(empty()));
            assertThat(unclear.failure(), is(notNullValue()));
            assertThat(took, is(greaterThan(EngineSettings.defaults().readLag())));
            assertThat(took, is(lessThanOrEqualTo(Duration.ofSeconds(90))));
            scene.untilAllClosed(Duration.ofMinutes(15));
            assertThat(scene.gitpod.books().count(CREATE), is(1));
            assertThat(scene.gitpod.books().prebuilds(), is(empty()));
            assertThat(scene.journal.open(), is(empty()));
        }
    }

    @Test
    void aCreateThatHungIsCancelledIfItTakesEffectAfterTheBuildWasTold() {
        try (Scene scene = Scene.begin()) {
            Fault.Hang hang = Fault.hangBeforeActing();
            scene.fault(CREATE, hang);
            Scene.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(3));
            wait.outcome(Outcome.CreateUnclear.class);

            hang.release();
            scene.awaitReal(() -> scene.gitpod.books().prebuilds().size() == 1);
            scene.untilAllClosed(Duration.ofMinutes(3));
            assertThat(scene.gitpod.books().active(), is(empty()));
            assertThat(wait.observer().outcomes(), hasSize(1));
        }
    }

    @Test
    void theLookGoesOnThroughTheReadLag() {
        try (Scene scene = Scene.with().readLag(Duration.ofSeconds(20)).begin()) {
            scene.fault(CREATE, Fault.resetAfterActing());
            Scene.Wait wait = scene.submit();
            Duration took = scene.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));
            assertThat(took, is(greaterThan(Duration.ofSeconds(19))));
            assertThat(scene.gitpod.books().count(CREATE), is(1));
        }
    }

    @Test
    void severalLostAtOnceAreAllFoundAndNoneTwice() {
        try (Scene scene = Scene.begin()) {
            int many = 8;
            scene.fault(FaultRule.on(CREATE, Fault.resetAfterActing()).times(many), Fault.resetAfterActing());
            List<Scene.Wait> waits = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                waits.add(scene.submit());
            }
            scene.runtime.advance(Duration.ofMinutes(2));

            String[] made = scene.gitpod.books().prebuilds().stream()
                    .map(SimPrebuild::id)
                    .toArray(String[]::new);
            assertThat(waits.stream().map(Scene.Wait::prebuildId).toList(), containsInAnyOrder(made));
            assertThat(made.length, is(many));
        }
    }

    @Test
    void ofSeveralLostSomeMadeThoseThatWereMadeAreFoundAndTheOthersTold() {
        try (Scene scene = Scene.begin()) {
            scene.fault(FaultRule.on(CREATE, Fault.resetAfterActing()).times(2), Fault.resetAfterActing());
            scene.fault(FaultRule.on(CREATE, Fault.resetBeforeActing()).times(2), Fault.resetBeforeActing());
            List<Scene.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waits.add(scene.submit());
            }
            scene.runtime.advance(Duration.ofMinutes(30));

            assertThat(scene.gitpod.books().prebuilds(), hasSize(2));
            assertThat(
                    waits.stream()
                            .filter(wait -> wait.observer().outcomes().get(0) instanceof Outcome.Ended)
                            .toList(),
                    hasSize(2));
            assertThat(
                    waits.stream()
                            .filter(wait -> wait.observer().outcomes().get(0) instanceof Outcome.CreateUnclear)
                            .toList(),
                    hasSize(2));
            assertThat(scene.engine().open(), is(empty()));
        }
    }

    @Test
    void whatSomebodyElseStartedInBetweenIsNotAdoptedAndNotCancelled() {
        try (Scene scene = Scene.begin()) {
            SimPrebuild foreign = scene.createAsPerson();
            scene.fault(CREATE, Fault.resetAfterActing());
            Scene.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(2));

            Outcome.CreateUnclear unclear = wait.outcome(Outcome.CreateUnclear.class);
            assertThat(unclear.found(), hasSize(2));
            scene.untilAllClosed(Duration.ofMinutes(20));
            assertThat(foreign.isCancelRequested(), is(false));
            assertThat(scene.gitpod.books().count("CancelPrebuild"), is(0));
        }
    }

    @Test
    void whatAnotherAccountStartedDoesNotDisturb() {
        try (Scene scene = Scene.begin()) {
            SimPrebuild foreign = scene.createAs(scene.gitpod.account("somebody"));
            scene.fault(CREATE, Fault.resetAfterActing());
            Scene.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));

            assertThat(wait.handle().view().stage(), is(Stage.WATCHING));
            assertThat(wait.prebuildId().equals(foreign.id()), is(false));
        }
    }

    @Test
    void whatIsAnHourOldDoesNotDisturb() {
        try (Scene scene = Scene.begin()) {
            scene.createAsPerson();
            scene.runtime.advance(Duration.ofHours(1));
            scene.fault(CREATE, Fault.resetAfterActing());
            Scene.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            assertThat(wait.handle().view().stage(), is(Stage.WATCHING));
        }
    }

    @Test
    void anotherBuildsPrebuildOfTheSameProjectIsNotTaken() {
        try (Scene scene = Scene.begin()) {
            Scene.Wait first = scene.submit();
            scene.untilStage(first, Stage.WATCHING, Duration.ZERO);
            scene.fault(CREATE, Fault.resetBeforeActing());
            Scene.Wait second = scene.submit();
            scene.untilConcluded(second, Duration.ofMinutes(2));

            assertThat(second.outcome(Outcome.CreateUnclear.class).found(), is(empty()));
            assertThat(first.observer().isConcluded(), is(false));
        }
    }

    @Test
    void anotherProjectsPrebuildIsNotTaken() {
        try (Scene scene = Scene.begin()) {
            SimProject other = scene.gitpod.addProject("other");
            scene.fault(CREATE, Fault.resetBeforeActing());
            Scene.Wait lost = scene.submit();
            Scene.Wait fine = scene.submit(scene.requestFor(other));
            scene.untilConcluded(lost, Duration.ofMinutes(2));

            assertThat(lost.outcome(Outcome.CreateUnclear.class).found(), is(empty()));
            assertThat(fine.handle().view().stage(), is(Stage.WATCHING));
        }
    }

    @Test
    void aSharedAccountTellsWhatWasFoundAndTouchesNothing() {
        try (Scene scene = Scene.with().sharedAccount().begin()) {
            scene.fault(CREATE, Fault.resetAfterActing());
            Scene.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(2));

            Outcome.CreateUnclear unclear = wait.outcome(Outcome.CreateUnclear.class);
            assertThat(unclear.sharedAccount(), is(true));
            assertThat(
                    unclear.found().stream().map(found -> found.id()).toList(),
                    contains(scene.prebuild().id()));
            assertThat(scene.gitpod.books().count("CancelPrebuild"), is(0));
            assertThat(scene.engine().open(), is(empty()));
        }
    }

    @Test
    void anOutageDuringTheLookUpOnlyDelaysIt() {
        try (Scene scene = Scene.begin()) {
            scene.fault(CREATE, Fault.resetAfterActing());
            scene.fault(FaultRule.on("ListPrebuilds", Fault.htmlStatus(502)).times(6), Fault.htmlStatus(502));
            Scene.Wait wait = scene.submit();
            scene.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(5));
            assertThat(wait.observer().updates(Update.Trouble.class), hasSize(1));
            assertThat(wait.observer().updates(Update.Recovered.class), hasSize(1));
        }
    }

    @Test
    void whoseTokenItIsIsAskedOnceForEachToken() {
        try (Scene scene = Scene.begin()) {
            for (int i = 0; i < 3; i++) {
                scene.fault(CREATE, Fault.resetAfterActing());
                scene.submit();
                scene.runtime.advance(Duration.ofMinutes(1));
            }
            assertThat(scene.gitpod.books().count("GetAuthenticatedIdentity"), is(1));
        }
    }
}
