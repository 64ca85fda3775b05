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
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(12));

            Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
            assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(ended.prebuild().status().snapshotSizeBytes(), is(6_442_450_944L));
            assertThat(ended.cancelReason(), is(nullValue()));
            assertThat(fixture.gitpod.records().count("CreatePrebuild"), is(1));
            assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
            assertThat(fixture.store.open(), is(empty()));
            assertThat(fixture.store.closed(), contains(wait.handle().requestId()));
        }
    }

    @Test
    void elevenMinutesTakeAtMostSixtyCallsAndTheEndIsNoticedWithinFifteenSeconds() {
        for (long seed = 1; seed <= 5; seed++) {
            try (EngineFixture fixture = EngineFixture.with().seed(seed).begin()) {
                EngineFixture.Wait wait = fixture.submit();
                Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(12));

                assertThat(took.minus(ELEVEN_MINUTES), is(lessThanOrEqualTo(Duration.ofSeconds(15))));
                assertThat(fixture.gitpod.records().calls(), hasSize(lessThanOrEqualTo(60)));
            }
        }
    }

    @Test
    void eachPhaseIsToldOnce() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(12));

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
        try (EngineFixture fixture = EngineFixture.begin()) {
            List<SavedRequest> savedBefore = new ArrayList<>();
            fixture.gitpod.onCreate(made -> savedBefore.addAll(fixture.store.saves()));
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilStage(wait, Stage.WATCHING, Duration.ZERO);

            assertThat(savedBefore, hasSize(1));
            assertThat(savedBefore.get(0).stage(), is(Stage.CREATING));
            assertThat(savedBefore.get(0).prebuildId(), is(nullValue()));
            assertThat(fixture.store.open(), hasSize(1));
            assertThat(
                    fixture.store.open().get(0).prebuildId(),
                    is(fixture.prebuild().id()));
        }
    }

    @Test
    void aFailedPrebuildEndsTheWaitWithItsMessage() {
        try (EngineFixture fixture = EngineFixture.with()
                .plan(PhasePlan.failing("task build failed"))
                .begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(2));

            Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
            assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.FAILED));
            assertThat(ended.prebuild().status().failureMessage(), is("task build failed"));
        }
    }

    @Test
    void aWarningIsPartOfTheResult() {
        try (EngineFixture fixture = EngineFixture.with()
                .plan(PhasePlan.completedWithWarning("2 tasks failed"))
                .begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, Duration.ofMinutes(12));

            Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
            assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(ended.prebuild().status().warningMessage(), is("2 tasks failed"));
        }
    }

    @Test
    void whatSomebodyElseCancelsIsToldAsCancelledButNotByUs() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.prebuild().cancelBySomeoneElse();
            fixture.untilConcluded(wait, Duration.ofSeconds(30));

            Outcome.Ended ended = wait.outcome(Outcome.Ended.class);
            assertThat(ended.prebuild().status().phase(), is(PrebuildPhase.CANCELLED));
            assertThat(ended.cancelReason(), is(nullValue()));
            assertThat(fixture.gitpod.records().count("CancelPrebuild"), is(0));
        }
    }

    @Test
    void whatSomebodyElseDeletesIsOver() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.prebuild().vanish();
            fixture.untilConcluded(wait, Duration.ofMinutes(1));

            assertThat(
                    wait.outcome(Outcome.Gone.class).prebuildId(),
                    is(fixture.prebuild().id()));
            assertThat(fixture.engine().open(), is(empty()));
        }
    }

    @Test
    void whatIsBeingDeletedIsOverTheMomentItIsSeen() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));
            fixture.prebuild().forcePhase(io.jenkins.plugins.gitpod.simulator.SimPhase.DELETING);
            fixture.untilConcluded(wait, Duration.ofSeconds(15));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.DELETING));
        }
    }

    @Test
    void theOptionsOfTheRequestReachGitpod() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            var large = fixture.gitpod.addEnvironmentClass("Large");
            fixture.project.environmentClasses(large);
            PrebuildRequest plain = fixture.request();
            fixture.submit(new PrebuildRequest(
                    plain.requestId(),
                    plain.connection(),
                    plain.projectId(),
                    large.id(),
                    Duration.ofMinutes(90),
                    false,
                    true));
            fixture.runtime.settle();

            assertThat(fixture.prebuild().environmentClassId(), is(large.id()));
            assertThat(fixture.prebuild().timeout(), is("5400s"));
        }
    }

    @Test
    void theViewTellsHowThingsStand() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(1));

            PrebuildHandle.View view = wait.handle().view();
            assertThat(view.stage(), is(Stage.WATCHING));
            assertThat(view.phase(), is(PrebuildPhase.RUNNING));
            assertThat(view.prebuildId(), is(fixture.prebuild().id()));
            assertThat(view.intentTime(), is(notNullValue()));
            assertThat(view.lastFailure(), is(nullValue()));
        }
    }
}
