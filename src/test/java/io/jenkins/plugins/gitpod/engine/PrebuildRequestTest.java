package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Fault;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Ids are trimmed and lowered once: Gitpod writes them in lower case, and answers are compared with requests. */
class PrebuildRequestTest {

    private static PrebuildRequest shouted(EngineFixture scene, String classId) {
        return new PrebuildRequest(
                UUID.randomUUID(),
                scene.connection(),
                " " + scene.project.id().toUpperCase(Locale.ROOT) + "\n",
                classId,
                null,
                false,
                true);
    }

    @Test
    void idsAreTrimmedAndLoweredAndABlankClassIsNone() {
        try (EngineFixture scene = EngineFixture.begin()) {
            assertThat(shouted(scene, null).projectId(), is(scene.project.id()));
            assertThat(shouted(scene, null).environmentClassId(), is(nullValue()));
            assertThat(shouted(scene, " ").environmentClassId(), is(nullValue()));
            assertThat(shouted(scene, " ABC ").environmentClassId(), is("abc"));
        }
    }

    @Test
    void aLostCreateIsFoundAgainThoughItsIdsWereInUpperCase() {
        try (EngineFixture scene = EngineFixture.begin()) {
            var large = scene.gitpod.addEnvironmentClass("Large");
            scene.project.environmentClasses(large);
            scene.fault("CreatePrebuild", Fault.resetAfterActing());
            EngineFixture.Wait wait = scene.submit(shouted(scene, large.id().toUpperCase(Locale.ROOT)));
            scene.untilConcluded(wait, Duration.ofMinutes(13));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(scene.gitpod.books().prebuilds(), hasSize(1));
        }
    }
}
