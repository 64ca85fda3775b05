package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PhasesTest extends SimulatorTestBase {

    @ParameterizedTest
    @CsvSource({
        "0,PENDING",
        "4.999,PENDING",
        "5,STARTING",
        "30,RUNNING",
        "209.999,RUNNING",
        "210,STOPPING",
        "330,SNAPSHOTTING",
        "659.999,SNAPSHOTTING",
        "660,COMPLETED",
        "999999,COMPLETED"
    })
    void aTypicalPrebuildTakesElevenMinutes(double age, String phase) {
        String id = client.create(project);
        clock.advanceSeconds(age);

        assertThat(client.phase(id), is(phase));
    }

    @Test
    void aQuickPrebuildTakesAsLongAsItIsTold() {
        PhasePlan quick = PhasePlan.quick(Duration.ofSeconds(11));

        assertThat(quick.total(), is(Duration.ofSeconds(11)));
        assertThat(quick.at(Duration.ofMillis(499)).phase(), is(SimPhase.STARTING));
        assertThat(quick.at(Duration.ofMillis(500)).phase(), is(SimPhase.RUNNING));
        assertThat(PhasePlan.typical().scaled(0).at(Duration.ZERO).phase(), is(SimPhase.COMPLETED));
    }

    @Test
    void aFailingPrebuildFailsAndSaysWhy() {
        project.plan(PhasePlan.failing("no disk left"));
        String id = client.create(project);
        clock.advanceSeconds(89);
        assertThat(client.phase(id), is("RUNNING"));
        clock.advanceSeconds(1);

        JsonNode status = client.read(id).path("status");
        assertThat(status.path("phase").asText(), is("PREBUILD_PHASE_FAILED"));
        assertThat(status.path("failureMessage").asText(), is("no disk left"));
        assertThat(status.path("completionTime").asText(), is("2026-08-01T10:01:30Z"));
        assertThat(status.has("snapshotSizeBytes"), is(false));
    }

    @Test
    void aWarningShowsOnceTheTasksHaveRun() {
        project.plan(PhasePlan.completedWithWarning("1 task failed"));
        String id = client.create(project);
        clock.advanceSeconds(200);
        assertThat(client.read(id).at("/status/warningMessage").asText(), is(""));
        clock.advanceSeconds(460);

        assertThat(client.phase(id), is("COMPLETED"));
        assertThat(client.read(id).at("/status/warningMessage").asText(), is("1 task failed"));
    }

    @ParameterizedTest
    @EnumSource
    void aPrebuildCanBeStuckInAnyPhase(SimPhase phase) {
        project.plan(PhasePlan.stuckIn(phase));
        String id = client.create(project);
        clock.advance(Duration.ofDays(2));

        assertThat(client.phase(id), is(phase.name()));
    }

    @Test
    void aPlanOfOnesOwnIsFollowed() {
        project.plan(
                PhasePlan.of(List.of(new PhasePlan.Step(SimPhase.RUNNING, Duration.ofSeconds(1))), SimPhase.COMPLETED)
                        .withSnapshotSize(0));
        String id = client.create(project);
        assertThat(client.phase(id), is("RUNNING"));
        clock.advanceSeconds(1);
        assertThat(client.phase(id), is("COMPLETED"));
        assertThat(client.read(id).path("status").has("snapshotSizeBytes"), is(false));
        assertThrows(
                IllegalArgumentException.class, () -> new PhasePlan.Step(SimPhase.RUNNING, Duration.ofSeconds(-1)));
    }

    @Test
    void theVersionGrowsWithEachChange() {
        String id = client.create(project);
        long last = 0;
        for (int step = 0; step < 4; step++) {
            long version = client.read(id).at("/status/statusVersion").asLong();
            assertThat(version > last, is(true));
            last = version;
            clock.advance(Duration.ofMinutes(2));
        }
        simulator.prebuild(id).warn("odd");
        assertThat(client.read(id).at("/status/statusVersion").asLong() > last, is(true));
    }

    @Test
    void everyLeverWorks() {
        String id = client.create(project);
        SimPrebuild prebuild = simulator.prebuild(id);

        prebuild.forcePhase(SimPhase.STOPPING);
        assertThat(client.phase(id), is("STOPPING"));
        prebuild.unknownPhase("PREBUILD_PHASE_NEW_THING");
        assertThat(client.phase(id), is("NEW_THING"));
        assertThat(prebuild.isActive(), is(true));
        prebuild.unknownPhase("");
        assertThat(client.read(id).path("status").has("phase"), is(false));
        prebuild.warn("odd");
        assertThat(client.read(id).at("/status/warningMessage").asText(), is("odd"));
        prebuild.failWith("gone wrong");
        assertThat(client.read(id).at("/status/failureMessage").asText(), is("gone wrong"));
        assertThat(prebuild.isActive(), is(false));
        prebuild.forcePhase(SimPhase.COMPLETED);
        assertThat(client.read(id).at("/status/snapshotSizeBytes").asText(), is("6442450944"));
        prebuild.plan(PhasePlan.stuckIn(SimPhase.PENDING));
        assertThat(client.phase(id), is("PENDING"));
        prebuild.scheduled();
        assertThat(client.read(id).at("/metadata/triggeredBy").asText(), is("PREBUILD_TRIGGER_SCHEDULED"));
    }

    @Test
    void aStalledSnapshotStaysAtNothing() {
        String id = client.create(project);
        simulator.prebuild(id).stallSnapshot();
        clock.advanceSeconds(100);
        assertThat(client.phase(id), is("RUNNING"));
        clock.advance(Duration.ofHours(3));

        assertThat(client.phase(id), is("SNAPSHOTTING"));
        assertThat(client.read(id).path("status").has("snapshotCompletionPercentage"), is(false));
    }

    @Test
    void theHookSeesAPrebuildBeforeItsAnswerIsMade() {
        simulator.onCreate(prebuild -> prebuild.forcePhase(SimPhase.RUNNING));

        JsonNode answer = client.call("CreatePrebuild", TestClient.createBody(project));
        assertThat(answer.at("/prebuild/status/phase").asText(), is("PREBUILD_PHASE_RUNNING"));
    }
}
