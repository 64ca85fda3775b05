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

    private static PrebuildRequest shouted(EngineFixture fixture, String classId) {
        return new PrebuildRequest(
                UUID.randomUUID(),
                fixture.connection(),
                " " + fixture.project.id().toUpperCase(Locale.ROOT) + "\n",
                classId,
                null,
                false,
                true);
    }

    @Test
    void idsAreTrimmedAndLoweredAndABlankClassIsNone() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            assertThat(shouted(fixture, null).projectId(), is(fixture.project.id()));
            assertThat(shouted(fixture, null).environmentClassId(), is(nullValue()));
            assertThat(shouted(fixture, " ").environmentClassId(), is(nullValue()));
            assertThat(shouted(fixture, " ABC ").environmentClassId(), is("abc"));
        }
    }

    @Test
    void aLostCreateIsFoundAgainThoughItsIdsWereInUpperCase() {
        try (EngineFixture fixture = EngineFixture.begin()) {
            var large = fixture.gitpod.addEnvironmentClass("Large");
            fixture.project.environmentClasses(large);
            fixture.fault("CreatePrebuild", Fault.resetAfterActing());
            EngineFixture.Wait wait = fixture.submit(shouted(fixture, large.id().toUpperCase(Locale.ROOT)));
            fixture.untilConcluded(wait, Duration.ofMinutes(13));

            assertThat(wait.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED));
            assertThat(fixture.gitpod.records().prebuilds(), hasSize(1));
        }
    }
}
