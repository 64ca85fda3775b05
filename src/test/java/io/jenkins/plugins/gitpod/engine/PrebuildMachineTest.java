package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.MachineActions.RetryTimer;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The machine alone: each stage and each event that matters in it. */
class PrebuildMachineTest {

    private static final EngineSettings SETTINGS = EngineSettings.defaults();
    private static final Prebuild PENDING = Prebuilds.in(PrebuildPhase.PENDING);
    private static final Prebuild RUNNING = Prebuilds.in(PrebuildPhase.RUNNING);
    private static final Prebuild COMPLETED = Prebuilds.in(PrebuildPhase.COMPLETED);
    private static final Prebuild CANCELLING = Prebuilds.in(PrebuildPhase.CANCELLING);
    private static final Prebuild CANCELLED = Prebuilds.in(PrebuildPhase.CANCELLED);

    private final RecordedActions actions = new RecordedActions();
    private PrebuildMachine machine;

    // ---- how a machine gets somewhere

    private void fresh(PrebuildRequest request) {
        machine = actions.machine(out -> new PrebuildMachine(request, SETTINGS, out, out));
        machine.begin();
    }

    private void fresh() {
        fresh(RecordedActions.request(false, true));
    }

    private void creating(PrebuildRequest request) {
        fresh(request);
        machine.tokenReady(true);
        actions.take();
    }

    private void creating() {
        creating(RecordedActions.request(false, true));
    }

    private void lookingUp(PrebuildRequest request) {
        creating(request);
        machine.createFailed(Failures.lostConnection());
        machine.timerFired(RetryTimer.LOOK_UP);
        actions.take();
    }

    private void lookingUp() {
        lookingUp(RecordedActions.request(false, true));
    }

    private void watching(PrebuildRequest request) {
        creating(request);
        machine.created(PENDING);
        actions.take();
    }

    private void watching() {
        watching(RecordedActions.request(false, true));
    }

    private void cancelling() {
        watching();
        machine.ownerLeft(CancelReason.ABORTED);
        actions.take();
    }

    private void restored(String prebuildId, CancelReason reason) {
        PrebuildRequest request = RecordedActions.request(false, true);
        SavedRequest saved = new SavedRequest(
                request,
                prebuildId == null ? Stage.CREATING : Stage.WATCHING,
                Instant.EPOCH,
                prebuildId,
                false,
                reason,
                Duration.ofMinutes(30));
        machine = actions.machine(out -> new PrebuildMachine(saved, SETTINGS, out, out));
        machine.begin();
    }

    private void lookAgain(List<Prebuild> candidates) {
        machine.timerFired(RetryTimer.LOOK_UP);
        machine.lookedUp(candidates, false);
    }

    /** Looks through a read lag and finds this. */
    private void lookThroughTheLag(List<Prebuild> candidates) {
        machine.lookedUp(candidates, false);
        actions.pass(SETTINGS.readLag());
        lookAgain(candidates);
        lookAgain(candidates);
    }

    /** The look after the last pause; the create goes out. */
    private void sendAgain(List<Prebuild> candidates) {
        lookThroughTheLag(candidates);
        lookAgain(candidates);
    }

    /** As often as it is allowed, always in vain. */
    private void sendAgainInVain(List<Prebuild> candidates) {
        for (int i = 0; i < 3; i++) {
            sendAgain(candidates);
            machine.createFailed(Failures.lostConnection());
            machine.timerFired(RetryTimer.LOOK_UP);
        }
        lookThroughTheLag(candidates);
    }

    /** A look-up decides that this prebuild is the work of the latest create. */
    private void found(Prebuild prebuild) {
        machine.found(Map.of(actions.latestCreate, prebuild));
    }

    private Outcome outcome() {
        assertThat(actions.outcomes, hasSize(1));
        return actions.outcomes.get(0);
    }

    private <T extends Outcome> T outcome(Class<T> type) {
        assertThat(outcome(), is(instanceOf(type)));
        return type.cast(outcome());
    }

    private void repeat(Duration every, Duration total, Runnable event) {
        for (Duration spent = Duration.ZERO; spent.compareTo(total) < 0; spent = spent.plus(every)) {
            actions.pass(every);
            event.run();
        }
    }

    @Nested
    class New {

        @Test
        void asksForTheTokenFirst() {
            fresh();
            assertThat(actions.take(), contains("token"));
            assertThat(machine.stage(), is(Stage.NEW));
        }

        @Test
        void savesTheIntentAndOnlyThenSendsTheCreate() {
            fresh();
            actions.take();
            machine.tokenReady(true);
            assertThat(actions.take(), contains("save", "create"));
            assertThat(actions.saves.get(0).stage(), is(Stage.CREATING));
            assertThat(actions.saves.get(0).intentTime(), is(actions.now()));
        }

        @Test
        void anIntentThatCannotBeSavedSendsNothing() {
            fresh();
            actions.take();
            actions.savesFail(true);
            machine.tokenReady(true);
            assertThat(actions.take(), contains("conclude", "unwatch", "finish"));
            outcome(Outcome.NotSaved.class);
        }

        @ParameterizedTest
        @EnumSource(
                value = Problem.class,
                names = {"NOT_CONFIGURED", "NOT_FOUND", "WRONG_KIND", "UNUSABLE"})
        void withoutATokenThereIsNothing(Problem problem) {
            fresh();
            machine.tokenMissing(RecordedActions.noToken(problem));
            assertThat(outcome(Outcome.NoToken.class).prebuildId(), is(nullValue()));
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @ParameterizedTest
        @EnumSource(
                value = Problem.class,
                names = {"LOOKUP_FAILED", "NO_ANSWER"})
        void aProviderInTroubleIsAskedAgainForAWhile(Problem problem) {
            fresh();
            machine.tokenMissing(RecordedActions.noToken(problem));
            assertThat(actions.outcomes, is(empty()));
            repeat(Duration.ofSeconds(30), Duration.ofMinutes(2), () -> {
                machine.timerFired(RetryTimer.TOKEN);
                machine.tokenMissing(RecordedActions.noToken(problem));
            });
            outcome(Outcome.NoToken.class);
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void anAbortEndsItWithNothingMade() {
            fresh();
            machine.ownerLeft(CancelReason.ABORTED);
            outcome(Outcome.NotCreated.class);
            machine.tokenReady(true);
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void anAbortEndsItEvenIfThePrebuildWereToBeLeftRunning() {
            fresh(RecordedActions.request(false, false));
            machine.ownerLeft(CancelReason.ABORTED);
            outcome(Outcome.NotCreated.class);
            assertThat(actions.take(), not(hasItem("create")));
        }
    }

    @Nested
    class Creating {

        @Test
        void theAnswerIsSavedToldAndWatched() {
            creating();
            machine.created(PENDING);
            assertThat(actions.take(), contains("save", "watch"));
            assertThat(actions.updates.get(0), is(new Update.Created(PENDING)));
            assertThat(actions.updates.get(1), is(new Update.PhaseChanged(PENDING)));
            assertThat(actions.saves.get(1).prebuildId(), is("p1"));
        }

        @Test
        void anAnswerThatIsAnEndAlreadyIsNotWatched() {
            creating();
            machine.created(COMPLETED);
            assertThat(actions.take(), contains("save", "conclude", "unwatch", "finish"));
        }

        @Test
        void whatWasNotSentIsSentAgain() {
            creating();
            machine.createFailed(Failures.refusedConnection());
            assertThat(actions.take(), contains("timer CREATE", "save"));
            assertThat(
                    "after a crash it is not looked for", actions.saves.get(1).attempts(), is(empty()));
            machine.timerFired(RetryTimer.CREATE);
            assertThat(actions.take(), contains("save", "create"));
            assertThat(actions.saves.get(2).attempts(), hasSize(1));
        }

        @Test
        void theIntentMovesAlongWithEachSending() {
            creating();
            machine.createFailed(Failures.refusedConnection());
            actions.pass(Duration.ofMinutes(1));
            machine.timerFired(RetryTimer.CREATE);
            assertThat(machine.view(null).intentTime(), is(actions.now()));
            assertThat(actions.saves.get(2).intentTime(), is(actions.now()));
        }

        @Test
        void whatCannotBeSentForTooLongIsGivenUp() {
            creating();
            repeat(Duration.ofSeconds(20), Duration.ofMinutes(2).plusSeconds(20), () -> {
                machine.createFailed(Failures.refusedConnection());
                machine.timerFired(RetryTimer.CREATE);
            });
            assertThat(outcome(Outcome.NotSent.class).tried(), is(greaterThanOrEqualTo(SETTINGS.connectBudget())));
        }

        @Test
        void aSuspendedMachineDoesNotUseUpTheBudgetToConnect() {
            creating();
            machine.createFailed(Failures.refusedConnection());
            actions.pass(Duration.ofHours(9));
            machine.timerFired(RetryTimer.CREATE);
            machine.createFailed(Failures.refusedConnection());
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void anUntrustedCertificateIsTriedThreeTimes() {
            creating();
            for (int i = 0; i < 3; i++) {
                assertThat(actions.outcomes, is(empty()));
                machine.createFailed(Failures.untrusted());
                machine.timerFired(RetryTimer.CREATE);
            }
            outcome(Outcome.NotSent.class);
        }

        @Test
        void aRateLimitWaitsAtLeastAsLongAsAskedAndIsToldOnce() {
            creating();
            for (int i = 0; i < 20; i++) {
                machine.createFailed(Failures.wait(Duration.ofSeconds(7)));
                assertThat(actions.timers.get(RetryTimer.CREATE), is(greaterThan(Duration.ofSeconds(7))));
                assertThat(actions.timers.get(RetryTimer.CREATE), is(lessThan(Duration.ofSeconds(22))));
                actions.pass(actions.timers.get(RetryTimer.CREATE));
                machine.timerFired(RetryTimer.CREATE);
            }
            assertThat(actions.outcomes, is(empty()));
            assertThat(actions.updates, contains(new Update.RateLimited(Duration.ofSeconds(7))));
        }

        @Test
        void aRateLimitWithoutAnyLengthDoesNotSpin() {
            creating();
            machine.createFailed(Failures.wait(Duration.ZERO));
            assertThat(actions.timers.get(RetryTimer.CREATE), is(greaterThan(Duration.ofSeconds(1))));
        }

        @Test
        void aRateLimitForEverIsGivenUpAfterAnHour() {
            creating();
            repeat(Duration.ofMinutes(5), Duration.ofMinutes(70), () -> {
                machine.createFailed(Failures.wait(Duration.ofMinutes(5)));
                machine.timerFired(RetryTimer.CREATE);
            });
            outcome(Outcome.CreateRefused.class);
        }

        @Test
        void aWaitLongerThanOurPatienceIsNotWaitedFor() {
            creating();
            machine.createFailed(Failures.wait(Duration.ofHours(5)));
            outcome(Outcome.CreateRefused.class);
        }

        @Test
        void aQuotaIsFinal() {
            creating();
            machine.createFailed(Failures.answer(ErrorCode.RESOURCE_EXHAUSTED));
            outcome(Outcome.CreateRefused.class);
        }

        @Test
        void aRefusalIsFinal() {
            creating();
            machine.createFailed(Failures.answer(ErrorCode.PERMISSION_DENIED));
            assertThat(outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.PERMISSION_DENIED));
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @Test
        void anUnclearOutcomeIsLookedUpBeforeAnythingIsSentAgain() {
            creating();
            machine.createFailed(Failures.lostConnection());
            assertThat(machine.stage(), is(Stage.LOOKING_UP));
            assertThat(actions.take(), contains("save", "timer LOOK_UP"));
            assertThat(actions.updates, contains(new Update.LookingUp()));
            machine.timerFired(RetryTimer.CREATE);
            machine.tokenReady(true);
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void aRefusedTokenIsReadAnewAndIfAnotherOneIsThereTheCreateGoesOutAgain() {
            creating();
            machine.createFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            assertThat(actions.take(), contains("token", "save"));
            machine.tokenReady(true);
            assertThat(actions.take(), contains("save", "create"));
            assertThat(actions.updates, contains(new Update.TokenRotated()));
        }

        @Test
        void aRefusedTokenThatIsStillTheSameIsFinal() {
            creating();
            machine.createFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenReady(false);
            assertThat(outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.UNAUTHENTICATED));
        }

        @Test
        void aStoreThatMakesUpAnotherBadTokenForEachLookEndsAtLast() {
            creating();
            for (int i = 0; i < 3; i++) {
                assertThat(actions.outcomes, is(empty()));
                machine.createFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
                machine.tokenReady(true);
            }
            outcome(Outcome.CreateRefused.class);
        }

        @Test
        void aRefusedTokenThatIsGoneMeansThatNothingWasMade() {
            creating();
            machine.createFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenMissing(RecordedActions.noToken(Problem.NOT_FOUND));
            assertThat(outcome(Outcome.NoToken.class).prebuildId(), is(nullValue()));
        }

        @Test
        void anAbortTakesACreateBackThatIsStillQueued() {
            creating();
            actions.createIsQueued(true);
            machine.ownerLeft(CancelReason.ABORTED);
            outcome(Outcome.NotCreated.class);
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @Test
        void anAbortBetweenTwoTriesEndsItAtOnce() {
            creating();
            machine.createFailed(Failures.refusedConnection());
            machine.ownerLeft(CancelReason.ABORTED);
            outcome(Outcome.NotCreated.class);
            machine.timerFired(RetryTimer.CREATE);
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void anAbortOfACreateInFlightCancelsWhatItMade() {
            creating();
            machine.ownerLeft(CancelReason.ABORTED);
            assertThat(actions.outcomes, is(empty()));
            assertThat(actions.take(), contains("save"));
            assertThat(actions.saves.get(1).cancelReason(), is(CancelReason.ABORTED));
            machine.created(PENDING);
            assertThat(actions.take(), contains("save", "watch", "cancel p1"));
        }

        @Test
        void anAbortOfACreateInFlightThatIsRefusedMeansThatNothingWasMade() {
            creating();
            machine.ownerLeft(CancelReason.ABORTED);
            machine.createFailed(Failures.wait(Duration.ofSeconds(1)));
            outcome(Outcome.NotCreated.class);
        }

        @Test
        void anAbortOfACreateInFlightWhoseAnswerIsLostIsLookedUp() {
            creating();
            machine.ownerLeft(CancelReason.ABORTED);
            machine.createFailed(Failures.timeOut());
            assertThat(machine.stage(), is(Stage.LOOKING_UP));
            machine.timerFired(RetryTimer.LOOK_UP);
            found(RUNNING);
            assertThat(actions.take(), hasItem("cancel p1"));
        }

        @Test
        void leavingRunningWhatIsNotMadeYetMakesNothing() {
            creating(RecordedActions.request(false, false));
            machine.createFailed(Failures.wait(Duration.ofMinutes(1)));
            machine.ownerLeft(CancelReason.ABORTED);
            outcome(Outcome.NotCreated.class);
            machine.timerFired(RetryTimer.CREATE);
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void leavingRunningACreateInFlightWatchesWhatItMadeAndSendsNoOther() {
            creating(RecordedActions.request(false, false));
            machine.ownerLeft(CancelReason.ABORTED);
            assertThat(outcome(Outcome.LeftRunning.class).prebuildId(), is(nullValue()));
            machine.createFailed(Failures.wait(Duration.ofMinutes(1)));
            assertThat(machine.stage(), is(Stage.ENDED));
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void whatIsMadeAfterTheEndIsSurplus() {
            creating();
            actions.createIsQueued(true);
            machine.ownerLeft(CancelReason.ABORTED);
            actions.take();
            machine.created(PENDING);
            assertThat(actions.take(), contains("surplus p1"));
            assertThat(actions.updates, is(empty()));
            assertThat(machine.stage(), is(Stage.ENDED));
        }
    }

    @Nested
    class LookingUp {

        @Test
        void whatIsSurelyOursIsWatched() {
            lookingUp();
            found(RUNNING);
            assertThat(actions.take(), contains("save", "watch"));
            assertThat(machine.stage(), is(Stage.WATCHING));
        }

        @Test
        void whatEndedInTheMeantimeIsTheResult() {
            lookingUp();
            found(COMPLETED);
            assertThat(outcome(Outcome.Ended.class).prebuild(), is(COMPLETED));
        }

        @Test
        void nothingToBeSeenIsLookedForThroughTheReadLag() {
            lookingUp();
            machine.lookedUp(List.of(), false);
            repeat(Duration.ofSeconds(10), Duration.ofSeconds(20), () -> {
                machine.timerFired(RetryTimer.LOOK_UP);
                machine.lookedUp(List.of(), false);
                assertThat(actions.outcomes, is(empty()));
            });
            actions.pass(Duration.ofSeconds(10));
            lookAgain(List.of());
            lookAgain(List.of());
            assertThat(actions.outcomes, is(empty()));
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void whatIsNotFoundIsSentAgainAfterAPauseAndOneMoreLook() {
            lookingUp();
            lookThroughTheLag(List.of());
            assertThat(actions.timers.get(RetryTimer.LOOK_UP), is(Duration.ofSeconds(2)));
            assertThat(actions.take(), not(hasItem("create")));
            lookAgain(List.of());
            assertThat(actions.take(), contains("lookUp", "save", "create"));
            assertThat(actions.updates, hasItem(new Update.SendingAgain(1, 3, List.of())));
            assertThat(machine.saved().attempts(), hasSize(2));
        }

        @Test
        void whatTurnsUpInThePauseIsAdopted() {
            lookingUp();
            lookThroughTheLag(List.of());
            machine.timerFired(RetryTimer.LOOK_UP);
            found(RUNNING);
            assertThat(actions.take(), not(hasItem("create")));
            assertThat(machine.stage(), is(Stage.WATCHING));
        }

        @Test
        void onceTheSecondIsMadeTheFirstIsHandedOver() {
            lookingUp();
            sendAgain(List.of());
            actions.take();
            machine.created(PENDING);
            assertThat(actions.take(), contains("save", "handOver 1", "save", "watch"));
            assertThat(machine.saved().attempts(), is(empty()));
            assertThat(actions.saves.get(actions.saves.size() - 2).attempts(), hasSize(1));
            assertThat(actions.saves.get(actions.saves.size() - 2).prebuildId(), is("p1"));
        }

        @Test
        void theFirstThatIsFoundWhileTheSecondIsOutIsAdoptedAndTheSecondHandedOver() {
            lookingUp();
            sendAgain(List.of());
            actions.take();
            machine.found(Map.of(1, RUNNING));
            assertThat(actions.take(), contains("save", "handOver 2", "save", "watch"));
            machine.created(Prebuilds.named("p2").made());
            assertThat(actions.take(), contains("surplus p2"));
            assertThat(machine.prebuildId(), is("p1"));
        }

        @Test
        void aSecondCreateThatIsStillQueuedIsWithdrawnWhenTheFirstIsFound() {
            lookingUp();
            actions.createIsQueued(true);
            sendAgain(List.of());
            actions.take();
            machine.found(Map.of(1, RUNNING));
            assertThat(actions.take(), contains("save", "watch"));
        }

        @Test
        void ofTwoThatAreFoundTogetherOneIsAdoptedAndTheOtherCancelled() {
            lookingUp();
            sendAgain(List.of());
            machine.createFailed(Failures.lostConnection());
            actions.take();
            machine.found(
                    new TreeMap<>(Map.of(1, RUNNING, 2, Prebuilds.named("p2").made())));
            assertThat(actions.take(), contains("surplus p2", "save", "watch"));
            assertThat(machine.prebuildId(), is("p1"));
        }

        @Test
        void anAbortTakesASecondCreateBackThatIsStillQueued() {
            lookingUp();
            sendAgain(List.of());
            actions.createIsQueued(true);
            machine.ownerLeft(CancelReason.ABORTED);
            assertThat(actions.outcomes, is(empty()));
            assertThat(machine.saved().attempts(), hasSize(1));
            actions.take();
            machine.timerFired(RetryTimer.CREATE);
            machine.tokenReady(true);
            assertThat(actions.take(), contains("lookUp"));
            found(RUNNING);
            assertThat(actions.take(), hasItem("cancel p1"));
        }

        @Test
        void anAbortInThePauseSendsNothing() {
            lookingUp();
            lookThroughTheLag(List.of());
            machine.ownerLeft(CancelReason.ABORTED);
            actions.take();
            lookAgain(List.of());
            assertThat(actions.take(), not(hasItem("create")));
            outcome(Outcome.CreateUnclear.class);
        }

        @Test
        void anAbortWhileTheSecondIsOutCancelsWhatItMakesAndHandsTheFirstOver() {
            lookingUp();
            sendAgain(List.of());
            machine.ownerLeft(CancelReason.ABORTED);
            actions.take();
            machine.created(PENDING);
            assertThat(actions.take(), contains("save", "handOver 1", "save", "watch", "cancel p1"));
        }

        @Test
        void aSecondCreateThatIsRefusedEndsItAndTheFirstIsLookedForALittleLonger() {
            lookingUp();
            sendAgain(List.of());
            actions.take();
            machine.createFailed(Failures.answer(ErrorCode.PERMISSION_DENIED));
            assertThat(outcome(Outcome.CreateRefused.class).failure().code(), is(ErrorCode.PERMISSION_DENIED));
            assertThat(machine.saved().attempts(), hasSize(1));
            machine.timerFired(RetryTimer.LOOK_UP);
            found(RUNNING);
            assertThat(actions.take(), hasItem("cancel p1"));
        }

        @Test
        void aSecondCreateThatCannotBeSavedIsNotSent() {
            lookingUp();
            lookThroughTheLag(List.of());
            actions.take();
            actions.savesFail(true);
            lookAgain(List.of());
            assertThat(actions.take(), not(hasItem("create")));
            assertThat(outcome(Outcome.CreateUnclear.class).sent(), is(greaterThan(0)));
        }

        @Test
        void aSecondCreateWaitsForAnOwnerWhoHasNotComeBackYet() {
            lookingUp();
            actions.ownerThere(false);
            lookThroughTheLag(List.of());
            lookAgain(List.of());
            lookAgain(List.of());
            assertThat(actions.take(), not(hasItem("create")));
            actions.ownerThere(true);
            lookAgain(List.of());
            lookAgain(List.of());
            assertThat(actions.take(), hasItem("create"));
        }

        @Test
        void anOwnerWhoNeverComesBackIsNotWaitedForWithoutEnd() {
            lookingUp();
            actions.ownerThere(false);
            repeat(Duration.ofSeconds(30), SETTINGS.failureBudget().plusMinutes(2), () -> lookAgain(List.of()));
            outcome(Outcome.CreateUnclear.class);
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void aSharedAccountIsNotSentAgain() {
            lookingUp(RecordedActions.request(false, true, true));
            lookThroughTheLag(List.of());
            assertThat(outcome(Outcome.CreateUnclear.class).sent(), is(1));
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void nothingIsConcludedFromALookThatBeganWithinTheReadLag() {
            lookingUp();
            machine.lookedUp(List.of(), false);
            actions.pass(SETTINGS.readLag());
            lookAgain(List.of());
            assertThat(actions.outcomes, is(empty()));
            assertThat(actions.timers.get(RetryTimer.LOOK_UP), is(Duration.ofSeconds(1)));
        }

        @Test
        void theFailureListsWhatWasFound() {
            lookingUp();
            sendAgainInVain(List.of(RUNNING, COMPLETED));
            Outcome.CreateUnclear unclear = outcome(Outcome.CreateUnclear.class);
            assertThat(unclear.found(), contains(RUNNING, COMPLETED));
            assertThat(unclear.failure().kind(), is(GitpodException.Kind.CONNECTION_LOST));
            assertThat(unclear.sent(), is(4));
            assertThat(actions.updates, hasItem(new Update.SendingAgain(1, 3, List.of(RUNNING, COMPLETED))));
            assertThat(actions.take(), not(hasItem("cancel p1")));
        }

        @Test
        void whatAnotherCreateMayExplainIsWaitedForButNotForEver() {
            lookingUp();
            repeat(Duration.ofSeconds(30), SETTINGS.failureBudget(), () -> {
                assertThat(actions.outcomes, is(empty()));
                machine.timerFired(RetryTimer.LOOK_UP);
                machine.lookedUp(List.of(RUNNING), true);
            });
            repeat(Duration.ofSeconds(30), Duration.ofMinutes(1), () -> {
                machine.timerFired(RetryTimer.LOOK_UP);
                machine.lookedUp(List.of(RUNNING), true);
            });
            assertThat(actions.take(), hasItem("create"));
            assertThat(actions.updates, hasItem(new Update.SendingAgain(1, 3, List.of(RUNNING))));
        }

        @Test
        void afterTheWordIsSpokenItIsLookedForAWhileAndCancelledIfItTurnsUp() {
            lookingUp();
            sendAgainInVain(List.of());
            outcome(Outcome.CreateUnclear.class);
            assertThat(machine.view(null).cancelReason(), is(CancelReason.FOUND_TOO_LATE));
            actions.take();
            found(RUNNING);
            assertThat(actions.take(), hasItem("cancel p1"));
            assertThat(actions.outcomes, hasSize(1));
        }

        @Test
        void theLateLookEnds() {
            lookingUp();
            sendAgainInVain(List.of());
            repeat(Duration.ofSeconds(30), Duration.ofMinutes(12), () -> {
                machine.timerFired(RetryTimer.LOOK_UP);
                machine.lookedUp(List.of(), false);
            });
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @Test
        void aSharedAccountIsNotLookedAtLonger() {
            lookingUp(RecordedActions.request(false, true, true));
            machine.lookedUp(List.of(RUNNING), false);
            actions.pass(SETTINGS.readLag());
            lookAgain(List.of(RUNNING));
            lookAgain(List.of(RUNNING));
            assertThat(outcome(Outcome.CreateUnclear.class).sharedAccount(), is(true));
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @Test
        void failingLookUpsDoNotCountAsHavingLooked() {
            lookingUp();
            machine.lookedUp(List.of(), false);
            repeat(Duration.ofSeconds(30), Duration.ofMinutes(5), () -> {
                machine.timerFired(RetryTimer.LOOK_UP);
                machine.lookUpFailed(Failures.page(502));
            });
            machine.timerFired(RetryTimer.LOOK_UP);
            machine.lookedUp(List.of(), false);
            assertThat(actions.outcomes, is(empty()));
            machine.timerFired(RetryTimer.LOOK_UP);
            assertThat(actions.lagOver, is(false));
        }

        @Test
        void failingLookUpsEndWithTheBudget() {
            lookingUp();
            repeat(Duration.ofSeconds(30), SETTINGS.failureBudget().plusMinutes(1), () -> {
                machine.timerFired(RetryTimer.LOOK_UP);
                machine.lookUpFailed(Failures.page(502));
            });
            assertThat(outcome(Outcome.CreateUnclear.class).lookUpFailure().httpStatus(), is(502));
        }

        @Test
        void afterAnOutageTheLateLookStillFindsAndCancels() {
            lookingUp();
            repeat(Duration.ofMinutes(1), Duration.ofHours(5), () -> {
                machine.timerFired(RetryTimer.LOOK_UP);
                machine.lookUpFailed(Failures.page(502));
            });
            assertThat(machine.stage(), is(Stage.LOOKING_UP));
            machine.timerFired(RetryTimer.LOOK_UP);
            actions.take();
            found(RUNNING);
            assertThat(actions.take(), hasItem("cancel p1"));
        }

        @Test
        void anOutageWithoutAnEndIsGivenUpAfterADay() {
            lookingUp();
            repeat(Duration.ofMinutes(2), Duration.ofHours(25), () -> {
                machine.timerFired(RetryTimer.LOOK_UP);
                machine.lookUpFailed(Failures.page(502));
            });
            assertThat(machine.stage(), is(Stage.ENDED));
            assertThat(actions.outcomes, hasSize(1));
        }

        @Test
        void aRefusalIsFinalForTheWait() {
            lookingUp();
            machine.lookUpFailed(Failures.answer(ErrorCode.PERMISSION_DENIED));
            assertThat(outcome(Outcome.CreateUnclear.class).lookUpFailure().code(), is(ErrorCode.PERMISSION_DENIED));
        }

        @Test
        void aRefusedTokenIsReadAnew() {
            lookingUp();
            machine.lookUpFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            assertThat(actions.take(), contains("token"));
            machine.tokenReady(true);
            assertThat(actions.take(), contains("lookUp"));
            machine.lookUpFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenReady(false);
            outcome(Outcome.CreateUnclear.class);
        }

        @Test
        void oneLookAtATime() {
            lookingUp();
            machine.timerFired(RetryTimer.LOOK_UP);
            machine.tokenReady(true);
            assertThat(actions.take(), not(hasItem("lookUp")));
        }

        @Test
        void anOvertakenLookUpWaitsForItsResult() {
            lookingUp();
            actions.pass(SETTINGS.readLag());
            machine.lookUpOvertaken();
            assertThat(actions.outcomes, is(empty()));
            assertThat(actions.take(), contains("timer LOOK_UP"));
            found(RUNNING);
            assertThat(machine.stage(), is(Stage.WATCHING));
        }

        @Test
        void anAbortCancelsWhatIsFound() {
            lookingUp();
            machine.ownerLeft(CancelReason.ABORTED);
            assertThat(actions.take(), contains("save"));
            found(RUNNING);
            assertThat(actions.take(), contains("save", "watch", "cancel p1"));
        }

        @Test
        void leavingItRunningTellsSoAndGoesOnLooking() {
            lookingUp(RecordedActions.request(false, false));
            machine.ownerLeft(CancelReason.ABORTED);
            outcome(Outcome.LeftRunning.class);
            found(RUNNING);
            assertThat(machine.stage(), is(Stage.WATCHING));
            assertThat(actions.take(), not(hasItem("cancel p1")));
        }

        @Test
        void withoutATokenTheWaitIsToldAndTheLookGoesOnOnceThereIsOne() {
            lookingUp();
            machine.lookUpFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenMissing(RecordedActions.noToken(Problem.NOT_FOUND));
            outcome(Outcome.NoToken.class);
            assertThat(actions.take(), hasItem("timer TOKEN"));
            machine.timerFired(RetryTimer.TOKEN);
            machine.tokenReady(true);
            assertThat(actions.take(), hasItem("lookUp"));
        }
    }

    @Nested
    class Watching {

        @Test
        void anOlderReadNeverOverrulesANewerOne() {
            watching();
            machine.read(Prebuilds.in(PrebuildPhase.SNAPSHOTTING, "10"));
            machine.read(Prebuilds.in(PrebuildPhase.RUNNING, "9"));
            assertThat(machine.view(null).phase(), is(PrebuildPhase.SNAPSHOTTING));
            assertThat(
                    actions.updates, not(hasItem(new Update.PhaseChanged(Prebuilds.in(PrebuildPhase.RUNNING, "9")))));
            machine.read(Prebuilds.in(PrebuildPhase.RUNNING, "11"));
            assertThat(machine.view(null).phase(), is(PrebuildPhase.RUNNING));
        }

        @Test
        void aVersionThatIsNoInt64IsNoVersion() {
            watching();
            machine.read(Prebuilds.in(PrebuildPhase.SNAPSHOTTING, "9223372036854775807"));
            machine.read(Prebuilds.in(PrebuildPhase.PENDING, "9223372036854775806"));
            assertThat(machine.view(null).phase(), is(PrebuildPhase.SNAPSHOTTING));
            machine.read(Prebuilds.in(PrebuildPhase.RUNNING, "9223372036854775808"));
            assertThat(machine.view(null).phase(), is(PrebuildPhase.RUNNING));
            machine.read(Prebuilds.in(PrebuildPhase.STOPPING, "9223372036854775806"));
            assertThat(machine.view(null).phase(), is(PrebuildPhase.RUNNING));
        }

        @Test
        void anOlderReadDoesNotTakeACancelBack() {
            cancelling();
            machine.cancelAnswered(Prebuilds.in(PrebuildPhase.CANCELLING, "7"));
            actions.take();
            actions.pass(SETTINGS.cancelRecheck());
            machine.read(Prebuilds.in(PrebuildPhase.RUNNING, "6"));
            assertThat(actions.take(), not(hasItem("cancel p1")));
        }

        @Test
        void anEndIsBelievedInAnyVersion() {
            watching();
            machine.read(Prebuilds.in(PrebuildPhase.SNAPSHOTTING, "10"));
            Prebuild end = Prebuilds.in(PrebuildPhase.COMPLETED, "9");
            machine.read(end);
            assertThat(outcome(Outcome.Ended.class).prebuild(), is(end));
        }

        @Test
        void versionsThatStartAgainAreBelievedAfterAWhile() {
            watching();
            machine.read(Prebuilds.in(PrebuildPhase.RUNNING, "1000"));
            repeat(
                    Duration.ofMinutes(1),
                    SETTINGS.failureBudget().plusMinutes(1),
                    () -> machine.read(Prebuilds.in(PrebuildPhase.SNAPSHOTTING, "2")));
            assertThat(machine.view(null).phase(), is(PrebuildPhase.SNAPSHOTTING));
        }

        @Test
        void eachPhaseIsToldOnceEvenIfAStaleReplicaTellsItAgain() {
            watching();
            machine.read(RUNNING);
            machine.read(PENDING);
            machine.read(RUNNING);
            assertThat(
                    actions.updates,
                    contains(
                            new Update.Created(PENDING),
                            new Update.PhaseChanged(PENDING),
                            new Update.PhaseChanged(RUNNING)));
        }

        @ParameterizedTest
        @EnumSource(
                value = PrebuildPhase.class,
                names = {"COMPLETED", "FAILED", "CANCELLED", "DELETING", "DELETED"})
        void anEndIsTheResult(PrebuildPhase end) {
            watching();
            machine.read(Prebuilds.in(end));
            assertThat(actions.take(), contains("conclude", "unwatch", "finish"));
            assertThat(outcome(Outcome.Ended.class).prebuild().status().phase(), is(end));
            assertThat(outcome(Outcome.Ended.class).cancelReason(), is(nullValue()));
        }

        @Test
        void unknownPhasesAreWatchedOnAndToldOnceEach() {
            watching();
            for (int i = 0; i < 10; i++) {
                machine.read(
                        Prebuilds.named("p1").unknownPhase("PREBUILD_PHASE_NEW").made());
                machine.read(Prebuilds.named("p1").unknownPhase("").made());
            }
            assertThat(actions.outcomes, is(empty()));
            assertThat(actions.updates, hasItem(new Update.UnknownPhase("p1", "PREBUILD_PHASE_NEW")));
            assertThat(actions.updates, hasSize(3));
        }

        @Test
        void aServerThatInventsPhasesFillsNoConsole() {
            watching();
            for (int i = 0; i < 1000; i++) {
                machine.read(Prebuilds.named("p1")
                        .unknownPhase("PREBUILD_PHASE_" + i)
                        .made());
            }
            assertThat(actions.updates, hasSize(lessThanOrEqualTo(5)));
        }

        @Test
        void troubleIsToldFromTheSecondFailureOnAndItsEndToo() {
            watching();
            machine.readFailed(Failures.lostConnection());
            assertThat(actions.updates, hasSize(2));
            machine.readFailed(Failures.lostConnection());
            machine.readFailed(Failures.lostConnection());
            machine.read(PENDING);
            assertThat(actions.updates, hasSize(4));
            assertThat(actions.updates.get(2), is(instanceOf(Update.Retrying.class)));
            assertThat(actions.updates.get(3), is(new Update.Recovered()));
        }

        @Test
        void troubleThatComesAndGoesFillsNoConsole() {
            watching();
            for (int i = 0; i < 100; i++) {
                machine.readFailed(Failures.lostConnection());
                machine.readFailed(Failures.lostConnection());
                machine.read(PENDING);
            }
            assertThat(actions.updates, hasSize(lessThanOrEqualTo(8)));
        }

        @Test
        void passingFailuresEndTheWaitOnlyAfterTheBudget() {
            watching();
            repeat(Duration.ofMinutes(1), SETTINGS.failureBudget(), () -> {
                machine.readFailed(Failures.page(503));
                assertThat(actions.outcomes, is(empty()));
            });
            actions.pass(Duration.ofMinutes(1));
            machine.readFailed(Failures.page(503));
            Outcome.WatchLost lost = outcome(Outcome.WatchLost.class);
            assertThat(lost.tried(), is(greaterThanOrEqualTo(SETTINGS.failureBudget())));
            assertThat(lost.cancelled(), is(true));
            assertThat(actions.take(), hasItem("cancel p1"));
            assertThat(machine.view(null).cancelReason(), is(CancelReason.WATCH_LOST));
        }

        @Test
        void oneSuccessGivesTheWholeBudgetBack() {
            watching();
            for (int i = 0; i < 10; i++) {
                repeat(Duration.ofMinutes(1), Duration.ofMinutes(14), () -> machine.readFailed(Failures.page(503)));
                machine.read(PENDING);
            }
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void aNightOfSleepDoesNotUseUpTheBudget() {
            watching();
            machine.readFailed(Failures.lostConnection());
            actions.pass(Duration.ofHours(12));
            machine.readFailed(Failures.lostConnection());
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void aSuspiciousAnswerIsBelievedAfterSomeTriesAndSomeTime() {
            watching();
            for (int i = 0; i < 20; i++) {
                machine.readFailed(Failures.unreadable());
            }
            assertThat(actions.outcomes, is(empty()));
            actions.pass(Duration.ofMinutes(1));
            repeat(Duration.ofMinutes(1), Duration.ofMinutes(5), () -> machine.readFailed(Failures.unreadable()));
            outcome(Outcome.WatchLost.class);
        }

        @Test
        void aRefusalIsFinal() {
            watching();
            machine.readFailed(Failures.answer(ErrorCode.PERMISSION_DENIED));
            assertThat(outcome(Outcome.WatchLost.class).failure().code(), is(ErrorCode.PERMISSION_DENIED));
        }

        @Test
        void aProxysRefusalIsNotFinal() {
            watching();
            machine.readFailed(Failures.page(403));
            machine.readFailed(Failures.page(404));
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void aRateLimitIsNotReportedAsTrouble() {
            watching();
            repeat(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(50),
                    () -> machine.readFailed(Failures.wait(Duration.ofMinutes(1))));
            assertThat(actions.outcomes, is(empty()));
            assertThat(actions.updates, hasSize(2));
        }

        @Test
        void aRateLimitForEverEndsAtLast() {
            watching();
            repeat(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(62),
                    () -> machine.readFailed(Failures.wait(Duration.ofMinutes(1))));
            outcome(Outcome.WatchLost.class);
        }

        @Test
        void notFoundRightAfterTheCreateIsTheReadLag() {
            watching();
            machine.readFailed(Failures.answer(ErrorCode.NOT_FOUND));
            actions.pass(Duration.ofSeconds(12));
            machine.readFailed(Failures.answer(ErrorCode.NOT_FOUND));
            actions.pass(Duration.ofSeconds(12));
            machine.read(PENDING);
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void oneNotFoundOfAStaleReplicaEndsNothingAtAnyTime() {
            watching();
            repeat(Duration.ofSeconds(12), Duration.ofMinutes(10), () -> machine.read(RUNNING));
            machine.readFailed(Failures.answer(ErrorCode.NOT_FOUND));
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void notFoundForLongerThanTheReadLagIsTheEndOnceACancelFindsNothingEither() {
            watching();
            repeat(
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(48),
                    () -> machine.readFailed(Failures.answer(ErrorCode.NOT_FOUND)));
            outcome(Outcome.Gone.class);
            assertThat(actions.take(), hasItem("cancel p1"));
            machine.cancelFailed(Failures.answer(ErrorCode.NOT_FOUND));
            assertThat(machine.stage(), is(Stage.ENDED));
            assertThat(actions.outcomes, hasSize(1));
        }

        @Test
        void whatOnlyReadsCannotFindIsCancelled() {
            watching();
            repeat(
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(48),
                    () -> machine.readFailed(Failures.answer(ErrorCode.NOT_FOUND)));
            machine.cancelAnswered(RUNNING);
            assertThat(machine.stage(), is(Stage.WATCHING));
            machine.read(CANCELLED);
            assertThat(machine.stage(), is(Stage.ENDED));
            assertThat(actions.outcomes, hasSize(1));
        }

        @Test
        void aDetachedOneThatIsNotFoundForLongIsOver() {
            watching(RecordedActions.request(true, true));
            repeat(
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(48),
                    () -> machine.readFailed(Failures.answer(ErrorCode.NOT_FOUND)));
            outcome(Outcome.Gone.class);
            assertThat(actions.take(), not(hasItem("cancel p1")));
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @Test
        void aRotatedTokenIsPickedUp() {
            watching();
            machine.readFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            assertThat(actions.take(), contains("unwatch", "token"));
            machine.tokenReady(true);
            assertThat(actions.take(), contains("watch"));
            assertThat(actions.updates, hasItem(new Update.TokenRotated()));
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void aRevokedTokenEndsTheWaitAndTheCancelIsTried() {
            watching();
            machine.readFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenReady(false);
            outcome(Outcome.WatchLost.class);
            assertThat(actions.take(), hasItem("cancel p1"));
        }

        @Test
        void aRevokedTokenThatIsMendedLaterStillCancels() {
            watching();
            machine.readFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenReady(false);
            machine.cancelFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenReady(false);
            assertThat(actions.take(), hasItem("timer CANCEL"));
            machine.timerFired(RetryTimer.CANCEL);
            machine.cancelFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            actions.take();
            machine.tokenReady(true);
            assertThat(actions.take(), contains("watch", "cancel p1"));
        }

        @Test
        void aTokenThatBecomesValidAgainUnchangedStillCancels() {
            watching();
            machine.readFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenReady(false);
            machine.cancelFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenReady(false);
            actions.take();
            machine.timerFired(RetryTimer.CANCEL);
            assertThat(actions.take(), contains("cancel p1"));
            machine.cancelAnswered(CANCELLING);
            machine.read(CANCELLED);
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @Test
        void aDetachedOneIsNotCancelledWhenItCannotBeWatched() {
            watching(RecordedActions.request(true, true));
            machine.readFailed(Failures.answer(ErrorCode.PERMISSION_DENIED));
            assertThat(outcome(Outcome.WatchLost.class).cancelled(), is(false));
            assertThat(machine.stage(), is(Stage.ENDED));
            assertThat(actions.take(), not(hasItem("cancel p1")));
        }

        @Test
        void leavingDoesNotCancelADetachedPrebuild() {
            watching(RecordedActions.request(true, true));
            machine.ownerLeft(CancelReason.ABORTED);
            machine.ownerLeft(CancelReason.OWNER_GONE);
            assertThat(actions.take(), is(empty()));
            machine.read(COMPLETED);
            outcome(Outcome.Ended.class);
        }

        @Test
        void aDetachedOneCanBeCancelledOnPurpose() {
            watching(RecordedActions.request(true, true));
            machine.requestCancel(CancelReason.ABORTED);
            assertThat(actions.take(), contains("save", "cancel p1"));
        }

        @Test
        void leavingItRunningTellsSoAndWatchesOn() {
            watching(RecordedActions.request(false, false));
            machine.ownerLeft(CancelReason.ABORTED);
            machine.ownerLeft(CancelReason.ABORTED);
            assertThat(outcome(Outcome.LeftRunning.class).prebuildId(), is("p1"));
            assertThat(actions.saves.get(2).detached(), is(true));
            machine.read(COMPLETED);
            assertThat(actions.outcomes, hasSize(1));
            assertThat(machine.stage(), is(Stage.ENDED));
        }
    }

    @Nested
    class OwnLimitsAreKept {

        private static final Duration POLL = Duration.ofSeconds(12);

        @Test
        void aPrebuildFarOverItsTimeIsCancelledAndSaysSo() {
            watching();
            repeat(POLL, Duration.ofMinutes(121), () -> machine.read(RUNNING));
            Outcome.OverLimit over = outcome(Outcome.OverLimit.class);
            assertThat(over.limit(), is(CancelReason.OVER_TIME));
            assertThat(over.allowed(), is(Duration.ofMinutes(120)));
            assertThat(over.cancelled(), is(true));
            assertThat(actions.take(), hasItem("cancel p1"));
        }

        @Test
        void theTimeOutOfThePrebuildItselfCountsIfItIsLonger() {
            watching();
            Prebuild slow = Prebuilds.named("p1")
                    .timeout(Duration.ofMinutes(120))
                    .phase(PrebuildPhase.RUNNING)
                    .made();
            repeat(POLL, Duration.ofMinutes(179), () -> machine.read(slow));
            assertThat(actions.outcomes, is(empty()));
            repeat(POLL, Duration.ofMinutes(2), () -> machine.read(slow));
            assertThat(outcome(Outcome.OverLimit.class).allowed(), is(Duration.ofMinutes(180)));
        }

        @Test
        void anUnknownPhaseCountsForTheLimitToo() {
            watching();
            repeat(
                    POLL,
                    Duration.ofMinutes(121),
                    () -> machine.read(Prebuilds.named("p1")
                            .unknownPhase("PREBUILD_PHASE_NEW")
                            .made()));
            outcome(Outcome.OverLimit.class);
        }

        @Test
        void aSnapshotWithoutProgressIsCancelled() {
            watching();
            repeat(
                    POLL,
                    Duration.ofMinutes(46),
                    () -> machine.read(Prebuilds.named("p1").snapshotting(0).made()));
            assertThat(outcome(Outcome.OverLimit.class).limit(), is(CancelReason.SNAPSHOT_STALLED));
        }

        @Test
        void aSlowSnapshotWithProgressIsNot() {
            watching();
            for (int percent = 0; percent < 3; percent++) {
                int now = percent;
                repeat(
                        POLL,
                        Duration.ofMinutes(35),
                        () -> machine.read(
                                Prebuilds.named("p1").snapshotting(now).made()));
            }
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void unobservedTimeDoesNotCount() {
            watching();
            machine.read(RUNNING);
            actions.pass(Duration.ofHours(8));
            machine.read(RUNNING);
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void theLimitGoesOnAcrossARestart() {
            restored("p1", null);
            machine.tokenReady(true);
            repeat(POLL, Duration.ofMinutes(91), () -> machine.read(RUNNING));
            outcome(Outcome.OverLimit.class);
        }

        @Test
        void theTimeWatchedIsSavedNowAndThen() {
            watching();
            repeat(POLL, Duration.ofMinutes(35), () -> machine.read(RUNNING));
            assertThat(
                    actions.saves.get(actions.saves.size() - 1).observed(),
                    is(greaterThanOrEqualTo(Duration.ofMinutes(30))));
            assertThat(actions.saves, hasSize(5));
        }

        @Test
        void whatIsToBeLeftRunningIsNotCancelledByALimit() {
            watching(RecordedActions.request(false, false));
            repeat(POLL, Duration.ofMinutes(121), () -> machine.read(RUNNING));
            assertThat(outcome(Outcome.OverLimit.class).cancelled(), is(false));
            assertThat(actions.take(), not(hasItem("cancel p1")));
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @Test
        void aDetachedOneIsCancelledByALimit() {
            watching(RecordedActions.request(true, true));
            repeat(POLL, Duration.ofMinutes(121), () -> machine.read(RUNNING));
            assertThat(outcome(Outcome.OverLimit.class).cancelled(), is(true));
            assertThat(actions.take(), hasItem("cancel p1"));
        }
    }

    @Nested
    class Cancelling {

        @Test
        void anAbortSavesTheReasonAndSendsTheCancelAtOnce() {
            watching();
            machine.ownerLeft(CancelReason.ABORTED);
            assertThat(actions.take(), contains("save", "cancel p1"));
            assertThat(actions.updates, hasItem(new Update.Cancelling("p1", CancelReason.ABORTED)));
            assertThat(actions.outcomes, is(empty()));
        }

        @Test
        void theWaitEndsWhenTheCancelIsAcceptedAndTheRequestWhenTheEndIsSeen() {
            cancelling();
            machine.cancelAnswered(RUNNING);
            assertThat(outcome(Outcome.CancelAccepted.class).reason(), is(CancelReason.ABORTED));
            assertThat(machine.stage(), is(Stage.WATCHING));
            machine.read(CANCELLING);
            machine.read(CANCELLED);
            assertThat(machine.stage(), is(Stage.ENDED));
            assertThat(actions.outcomes, hasSize(1));
        }

        @Test
        void abortingTwiceCancelsOnce() {
            cancelling();
            machine.ownerLeft(CancelReason.ABORTED);
            machine.ownerLeft(CancelReason.OWNER_GONE);
            assertThat(actions.take(), is(empty()));
        }

        @Test
        void aCancelThatCameTooLateCountsAsAccepted() {
            cancelling();
            machine.cancelFailed(Failures.answer(ErrorCode.FAILED_PRECONDITION));
            outcome(Outcome.CancelAccepted.class);
            machine.read(COMPLETED);
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @ParameterizedTest
        @EnumSource(
                value = ErrorCode.class,
                names = {"UNAVAILABLE", "INTERNAL", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "UNIMPLEMENTED"})
        void whateverRefusesTheCancelItIsTriedAgain(ErrorCode code) {
            cancelling();
            machine.cancelFailed(Failures.answer(code));
            assertThat(actions.take(), contains("timer CANCEL"));
            assertThat(actions.outcomes, is(empty()));
            machine.timerFired(RetryTimer.CANCEL);
            assertThat(actions.take(), contains("cancel p1"));
        }

        @Test
        void aServerThatAsksForADayIsAskedAgainSooner() {
            cancelling();
            machine.cancelFailed(Failures.wait(Duration.ofHours(24)));
            assertThat(actions.timers.get(RetryTimer.CANCEL), is(lessThan(Duration.ofMinutes(7))));
        }

        @Test
        void triesAreNeverFurtherApartThanSomeMinutesAndGoOnForADay() {
            cancelling();
            Duration tried = Duration.ZERO;
            while (machine.stage() != Stage.ENDED) {
                machine.cancelFailed(Failures.page(503));
                if (machine.stage() != Stage.ENDED) {
                    Duration pause = actions.timers.get(RetryTimer.CANCEL);
                    assertThat(pause, is(lessThanOrEqualTo(Duration.ofMinutes(6))));
                    tried = tried.plus(pause);
                    actions.pass(pause);
                    machine.timerFired(RetryTimer.CANCEL);
                }
            }
            assertThat(tried, is(greaterThanOrEqualTo(Duration.ofHours(24))));
            assertThat(tried, is(lessThan(Duration.ofHours(25))));
        }

        @Test
        void anAcceptedCancelWithoutEffectIsSentAgain() {
            cancelling();
            machine.cancelAnswered(RUNNING);
            actions.take();
            repeat(Duration.ofSeconds(12), Duration.ofSeconds(48), () -> machine.read(RUNNING));
            assertThat(actions.take(), is(empty()));
            actions.pass(Duration.ofSeconds(12));
            machine.read(RUNNING);
            assertThat(actions.take(), contains("cancel p1"));
        }

        @Test
        void whileItIsBeingCancelledItIsLeftAlone() {
            cancelling();
            machine.cancelAnswered(RUNNING);
            actions.take();
            repeat(Duration.ofSeconds(12), Duration.ofMinutes(10), () -> machine.read(CANCELLING));
            assertThat(actions.take(), is(empty()));
        }

        @Test
        void aCancelThatGotLostIsSentWhenThePrebuildIsReadNext() {
            cancelling();
            machine.cancelWithOldToken();
            assertThat(actions.take(), contains("cancel p1"));
            machine.read(RUNNING);
            assertThat(actions.take(), is(empty()));
        }

        @Test
        void anEndSeenBeforeTheCancelIsAnsweredIsTheResult() {
            cancelling();
            machine.read(COMPLETED);
            assertThat(outcome(Outcome.Ended.class).cancelReason(), is(CancelReason.ABORTED));
            actions.take();
            machine.cancelAnswered(COMPLETED);
            machine.cancelFailed(Failures.page(503));
            assertThat(actions.take(), is(empty()));
        }

        @Test
        void notFoundForLongIsTheEnd() {
            cancelling();
            for (int i = 0; i < 6 && machine.stage() != Stage.ENDED; i++) {
                machine.readFailed(Failures.answer(ErrorCode.NOT_FOUND));
                machine.cancelFailed(Failures.answer(ErrorCode.NOT_FOUND));
                actions.pass(Duration.ofSeconds(10));
                machine.timerFired(RetryTimer.CANCEL);
            }
            outcome(Outcome.Gone.class);
        }

        @Test
        void notFoundByTheCancelAloneIsNotBelievedSoSoon() {
            cancelling();
            repeat(Duration.ofSeconds(10), Duration.ofMinutes(5), () -> {
                machine.readFailed(Failures.page(503));
                machine.cancelFailed(Failures.answer(ErrorCode.NOT_FOUND));
                machine.timerFired(RetryTimer.CANCEL);
            });
            assertThat(machine.stage(), is(Stage.WATCHING));
            repeat(Duration.ofSeconds(10), Duration.ofMinutes(12), () -> {
                machine.cancelFailed(Failures.answer(ErrorCode.NOT_FOUND));
                machine.timerFired(RetryTimer.CANCEL);
            });
            outcome(Outcome.Gone.class);
        }

        @Test
        void readsThatFailWhileCancellingConcludeNothing() {
            cancelling();
            repeat(Duration.ofMinutes(1), Duration.ofMinutes(30), () -> machine.readFailed(Failures.page(503)));
            assertThat(actions.outcomes, is(empty()));
            assertThat(machine.stage(), is(Stage.WATCHING));
        }

        @Test
        void aTokenLostAfterAnAcceptedCancelDoesNotKeepTheRequestOpenForever() {
            cancelling();
            machine.cancelAnswered(RUNNING);
            machine.readFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.tokenReady(false);
            assertThat(actions.take(), hasItem("timer CANCEL"));
            int rounds = 0;
            while (machine.stage() != Stage.ENDED && rounds++ < 1000) {
                actions.pass(actions.timers.get(RetryTimer.CANCEL));
                machine.timerFired(RetryTimer.CANCEL);
                machine.cancelFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
                machine.tokenReady(false);
            }
            assertThat(machine.stage(), is(Stage.ENDED));
        }
    }

    @Nested
    class Restored {

        @Test
        void whatASecondCreateLeftBehindIsHandedOverIfACrashCameBefore() {
            PrebuildRequest request = RecordedActions.request(false, true);
            List<CreateAttempt> attempts = List.of(new CreateAttempt(1, Instant.EPOCH, null));
            SavedRequest saved = new SavedRequest(
                            request, Stage.WATCHING, Instant.EPOCH, "p1", false, null, Duration.ZERO)
                    .with(attempts, null);
            machine = actions.machine(out -> new PrebuildMachine(saved, SETTINGS, out, out));
            machine.begin();
            assertThat(actions.take(), contains("handOver 1", "token"));
        }

        @Test
        void whatMayBeSurplusIsCancelledWhenItTurnsUpAndSaid() {
            surplus();
            machine.tokenReady(true);
            found(RUNNING);
            assertThat(actions.take(), contains("token", "lookUp", "save", "watch", "cancel p1"));
            assertThat(actions.surplusTold, contains(new Update.SurplusCancelled("p1")));
            assertThat(actions.outcomes, is(empty()));
            assertThat(actions.updates, is(empty()));
        }

        @Test
        void whatMayBeSurplusButIsNotSureIsNamedOnce() {
            surplus();
            machine.tokenReady(true);
            repeat(Duration.ofMinutes(1), Duration.ofMinutes(13), () -> lookAgain(List.of(RUNNING, COMPLETED)));
            assertThat(actions.surplusTold, contains(new Update.SurplusUnsure(List.of(RUNNING, COMPLETED))));
            assertThat(actions.take(), not(hasItem("cancel p1")));
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        @Test
        void whatMayBeSurplusIsNeverSentAgain() {
            surplus();
            machine.tokenReady(true);
            repeat(Duration.ofMinutes(1), Duration.ofMinutes(13), () -> lookAgain(List.of()));
            assertThat(actions.take(), not(hasItem("create")));
            assertThat(machine.stage(), is(Stage.ENDED));
        }

        private void surplus() {
            PrebuildRequest request = RecordedActions.request(false, true);
            List<CreateAttempt> attempts = List.of(new CreateAttempt(1, Instant.EPOCH, null));
            SavedRequest saved = new SavedRequest(
                            request, Stage.LOOKING_UP, Instant.EPOCH, null, false, CancelReason.SURPLUS, Duration.ZERO)
                    .with(attempts, UUID.randomUUID());
            machine = actions.machine(out -> new PrebuildMachine(saved, SETTINGS, out, out));
            machine.begin();
        }

        @Test
        void aCreateThatMayHaveGoneOutIsLookedUp() {
            restored(null, null);
            assertThat(actions.take(), contains("token"));
            machine.tokenReady(true);
            assertThat(actions.take(), contains("lookUp"));
        }

        private void restoredUnsent(boolean ownerLeft) {
            PrebuildRequest request = RecordedActions.request(false, true);
            SavedRequest saved = new SavedRequest(
                            request, Stage.CREATING, Instant.EPOCH, null, ownerLeft, null, Duration.ZERO)
                    .with(List.of(), null);
            machine = actions.machine(out -> new PrebuildMachine(saved, SETTINGS, out, out));
            machine.begin();
        }

        @Test
        void aCreateThatSurelyDidNothingIsSentOnceItsOwnerIsBack() {
            actions.ownerThere(false);
            restoredUnsent(false);
            machine.tokenReady(true);
            assertThat(actions.take(), contains("token", "timer CREATE"));
            actions.ownerThere(true);
            machine.timerFired(RetryTimer.CREATE);
            assertThat(actions.take(), contains("save", "create"));
        }

        @Test
        void aCreateThatSurelyDidNothingIsNotSentForAnOwnerThatStaysAway() {
            actions.ownerThere(false);
            restoredUnsent(false);
            machine.tokenReady(true);
            repeat(
                    Duration.ofSeconds(10),
                    SETTINGS.lateLook().plusSeconds(30),
                    () -> machine.timerFired(RetryTimer.CREATE));
            outcome(Outcome.NotCreated.class);
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void aCreateThatSurelyDidNothingIsNotSentForAnOwnerThatLeft() {
            restoredUnsent(true);
            machine.tokenReady(true);
            outcome(Outcome.NotCreated.class);
            assertThat(actions.take(), not(hasItem("create")));
        }

        @Test
        void aKnownPrebuildIsWatchedOn() {
            restored("p1", null);
            machine.tokenReady(true);
            assertThat(actions.take(), contains("token", "watch"));
        }

        @Test
        void aCancelContinuesAfterARestart() {
            restored("p1", CancelReason.ABORTED);
            machine.tokenReady(true);
            assertThat(actions.take(), contains("token", "watch", "cancel p1"));
        }

        @Test
        void anOwnerWhoLeftBeforeTheTokenIsThereCancelsOnceItIs() {
            restored("p1", null);
            actions.take();
            machine.ownerLeft(CancelReason.OWNER_GONE);
            assertThat(actions.take(), contains("save"));
            machine.tokenReady(true);
            assertThat(actions.take(), contains("watch", "cancel p1"));
        }

        @Test
        void anOwnerWhoLeftWhileTheCreateIsLookedUpCancelsWhatIsFound() {
            restored(null, null);
            machine.ownerLeft(CancelReason.OWNER_GONE);
            machine.tokenReady(true);
            found(RUNNING);
            assertThat(actions.take(), hasItem("cancel p1"));
        }

        @Test
        void anUnclearCreateHasNoFailureToTell() {
            restored(null, null);
            machine.tokenReady(true);
            lookThroughTheLag(List.of());
            actions.ownerThere(false);
            repeat(Duration.ofSeconds(30), SETTINGS.failureBudget().plusMinutes(2), () -> lookAgain(List.of()));
            assertThat(outcome(Outcome.CreateUnclear.class).failure(), is(nullValue()));
        }

        @Test
        void aProviderInTroubleIsAskedAgainUntilTheBudgetIsUsedUp() {
            restored("p1", null);
            machine.tokenMissing(RecordedActions.noToken(Problem.NO_ANSWER));
            assertThat(actions.take(), hasItem("timer TOKEN"));
            assertThat(actions.outcomes, is(empty()));
            for (int i = 0; i < 20 && actions.outcomes.isEmpty(); i++) {
                actions.pass(actions.timers.get(RetryTimer.TOKEN).plus(SETTINGS.credentialLimit()));
                machine.timerFired(RetryTimer.TOKEN);
                machine.tokenMissing(RecordedActions.noToken(Problem.NO_ANSWER));
            }
            assertThat(outcome(Outcome.NoToken.class).prebuildId(), is("p1"));
            assertThat(machine.stage(), is(Stage.WATCHING));
        }

        @Test
        void aCredentialThatIsGoneEndsTheWaitAndTheCancelWaitsForIt() {
            restored("p1", null);
            machine.tokenMissing(RecordedActions.noToken(Problem.NOT_FOUND));
            outcome(Outcome.NoToken.class);
            machine.timerFired(RetryTimer.TOKEN);
            machine.tokenReady(true);
            assertThat(actions.take(), hasItem("cancel p1"));
        }

        @Test
        void aCredentialThatNeverComesBackIsGivenUpAfterADay() {
            restored("p1", null);
            machine.tokenMissing(RecordedActions.noToken(Problem.NOT_FOUND));
            repeat(Duration.ofMinutes(5), Duration.ofHours(25), () -> {
                machine.timerFired(RetryTimer.TOKEN);
                machine.tokenMissing(RecordedActions.noToken(Problem.NOT_FOUND));
            });
            assertThat(machine.stage(), is(Stage.ENDED));
            assertThat(actions.outcomes, hasSize(1));
        }
    }

    @Nested
    class Ended {

        @Test
        void nothingWakesItUp() {
            watching();
            machine.read(COMPLETED);
            actions.take();
            int updates = actions.updates.size();
            machine.tokenReady(true);
            machine.tokenReady(false);
            machine.tokenMissing(RecordedActions.noToken(Problem.NOT_FOUND));
            machine.created(PENDING);
            machine.createFailed(Failures.lostConnection());
            machine.lookedUp(List.of(RUNNING), false);
            machine.lookUpOvertaken();
            machine.lookUpWithOldToken();
            machine.lookUpFailed(Failures.page(500));
            found(RUNNING);
            machine.read(RUNNING);
            machine.readFailed(Failures.answer(ErrorCode.UNAUTHENTICATED));
            machine.ownerLeft(CancelReason.ABORTED);
            machine.requestCancel(CancelReason.ABORTED);
            machine.cancelAnswered(RUNNING);
            machine.cancelFailed(Failures.page(500));
            machine.cancelWithOldToken();
            for (RetryTimer timer : RetryTimer.values()) {
                machine.timerFired(timer);
            }
            assertThat(actions.take(), is(empty()));
            assertThat(actions.outcomes, hasSize(1));
            assertThat(actions.updates, hasSize(updates));
        }
    }
}
