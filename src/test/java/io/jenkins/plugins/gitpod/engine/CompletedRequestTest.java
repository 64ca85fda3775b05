package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompletedRequestTest {

    private static final Duration ELEVEN_MINUTES = Duration.ofMinutes(11);

    @Test
    void aTypicalPrebuildIsMadeOnceWatchedToItsEndAndClosed() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(12));

            Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
            assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(ended.prebuild().status().snapshotSizeBytes(), is(6_442_450_944L));
            assertThat(ended.cancelReason(), is(nullValue()));
            assertThat(scene.gitpod.books().count("CreatePrebuild"), is(1));
            assertThat(scene.gitpod.books().count("CancelPrebuild"), is(0));
            assertThat(scene.journal.open(), is(empty()));
            assertThat(scene.journal.closed(), contains(wait.handle().requestId()));
        }
    }

    @Test
    void elevenMinutesTakeAtMostSixtyCallsAndTheEndIsNoticedWithinFifteenSeconds() {
        for (long seed = 1; seed <= 5; seed++) {
            try (EngineFixture scene = EngineFixture.with().seed(seed).begin()) {
                EngineFixture.Wait wait = scene.submit();
                Duration took = scene.untilConcluded(wait, Duration.ofMinutes(12));

                assertThat(took.minus(ELEVEN_MINUTES), is(lessThanOrEqualTo(Duration.ofSeconds(15))));
                assertThat(scene.gitpod.books().calls(), hasSize(lessThanOrEqualTo(60)));
            }
        }
    }

    @Test
    void eachPhaseIsToldOnce() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(12));

            assertThat(wait.observer().updates().get(0), is(instanceOf(Update.Created.class)));
            assertThat(
                    wait.observer().updates(Update.PhaseChanged.class).stream()
                            .map(update -> update.prebuild().status().phase())
                            .toList(),
                    contains(
                            PrebuildPhase.PENDING,
                            PrebuildPhase.STARTING,
                            PrebuildPhase.RUNNING,
                            PrebuildPhase.STOPPING,
                            PrebuildPhase.SNAPSHOTTING,
                            PrebuildPhase.COMPLETED));
            assertThat(wait.observer().updates(Update.BuiltFrom.class), hasSize(1));
            assertThat(wait.observer().updates(), hasSize(8));
        }
    }

    @Test
    void theIntentIsSavedBeforeTheCreateAndTheIdAfterIt() {
        try (EngineFixture scene = EngineFixture.begin()) {
            List<SavedRequest> savedBefore = new ArrayList<>();
            scene.gitpod.onCreate(made -> savedBefore.addAll(scene.journal.saves()));
            EngineFixture.Wait wait = scene.submit();
            scene.untilStage(wait, Stage.WATCHING, Duration.ZERO);

            assertThat(savedBefore, hasSize(1));
            assertThat(savedBefore.get(0).stage(), is(Stage.CREATING));
            assertThat(savedBefore.get(0).prebuildId(), is(nullValue()));
            assertThat(scene.journal.open(), hasSize(1));
            assertThat(
                    scene.journal.open().get(0).prebuildId(),
                    is(scene.prebuild().id()));
        }
    }

    @Test
    void aFailedPrebuildEndsTheWaitWithItsMessage() {
        try (EngineFixture scene = EngineFixture.with()
                .plan(PhasePlan.failing("task build failed"))
                .begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(2));

            Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
            assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.FAILED));
            assertThat(ended.prebuild().status().failureMessage(), is("task build failed"));
        }
    }

    @Test
    void aWarningIsPartOfTheResult() {
        try (EngineFixture scene = EngineFixture.with()
                .plan(PhasePlan.completedWithWarning("2 tasks failed"))
                .begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.untilConcluded(wait, Duration.ofMinutes(12));

            Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
            assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(ended.prebuild().status().warningMessage(), is("2 tasks failed"));
        }
    }

    @Test
    void whatSomebodyElseCancelsIsToldAsCancelledButNotByUs() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.prebuild().cancelBySomeoneElse();
            scene.untilConcluded(wait, Duration.ofSeconds(30));

            Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
            assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.CANCELLED));
            assertThat(ended.cancelReason(), is(nullValue()));
            assertThat(scene.gitpod.books().count("CancelPrebuild"), is(0));
        }
    }

    @Test
    void whatSomebodyElseDeletesIsOver() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.prebuild().vanish();
            scene.untilConcluded(wait, Duration.ofMinutes(1));

            assertThat(
                    wait.outcome(Outcome.Gone.class).prebuildId(),
                    is(scene.prebuild().id()));
            assertThat(scene.engine().open(), is(empty()));
        }
    }

    @Test
    void whatIsBeingDeletedIsOverTheMomentItIsSeen() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));
            scene.prebuild().forcePhase(io.jenkins.plugins.gitpod.simulator.SimPhase.DELETING);
            scene.untilConcluded(wait, Duration.ofSeconds(15));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.DELETING));
        }
    }

    @Test
    void theOptionsOfTheRequestReachGitpod() {
        try (EngineFixture scene = EngineFixture.begin()) {
            var large = scene.gitpod.addEnvironmentClass("Large");
            scene.project.environmentClasses(large);
            PrebuildRequest plain = scene.request();
            scene.submit(new PrebuildRequest(
                    plain.requestId(),
                    plain.connection(),
                    plain.projectId(),
                    large.id(),
                    Duration.ofMinutes(90),
                    false,
                    true));
            scene.runtime.settle();

            assertThat(scene.prebuild().environmentClassId(), is(large.id()));
            assertThat(scene.prebuild().timeout(), is("5400s"));
        }
    }

    @Test
    void theViewTellsHowThingsStand() {
        try (EngineFixture scene = EngineFixture.begin()) {
            EngineFixture.Wait wait = scene.submit();
            scene.runtime.advance(Duration.ofMinutes(1));

            RequestView view = wait.handle().view();
            assertThat(view.stage(), is(Stage.WATCHING));
            assertThat(view.phase(), is(PrebuildPhase.RUNNING));
            assertThat(view.prebuildId(), is(scene.prebuild().id()));
            assertThat(view.intentTime(), is(notNullValue()));
            assertThat(view.lastFailure(), is(nullValue()));
        }
    }
}
