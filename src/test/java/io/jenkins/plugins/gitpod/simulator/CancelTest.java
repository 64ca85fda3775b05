package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CancelTest extends SimulatorTestBase {

    @Test
    void cancellingIsAsynchronous() {
        String id = client.create(project);
        clock.advanceSeconds(40);

        JsonNode answer = client.json(client.cancel(id)).path("prebuild");
        assertThat(answer.at("/status/phase").asText(), is("PREBUILD_PHASE_RUNNING"));
        assertThat(answer.at("/spec/desiredPhase").asText(), is("PREBUILD_PHASE_CANCELLED"));
        assertThat(client.phase(id), is("CANCELLING"));
        clock.advanceSeconds(1.999);
        assertThat(client.phase(id), is("CANCELLING"));
        assertThat(simulator.prebuild(id).isActive(), is(true));
        clock.advanceSeconds(0.001);
        assertThat(client.phase(id), is("CANCELLED"));
        assertThat(client.read(id).at("/status/completionTime").asText(), is("2026-08-01T10:00:42Z"));
        assertThat(simulator.records().active(), empty());
        assertThat(simulator.prebuild(id).isCancelRequested(), is(true));
    }

    @Test
    void aSecondCancelChangesNothing() {
        String id = client.create(project);
        client.cancel(id);
        clock.advanceSeconds(1);

        assertThat(client.cancel(id).statusCode(), is(200));
        clock.advanceSeconds(1);
        assertThat(client.phase(id), is("CANCELLED"));
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "FAILED", "CANCELLED"})
    void whatHasEndedCannotBeCancelled(SimPhase end) {
        String id = client.create(project);
        simulator.prebuild(id).forcePhase(end);

        assertRefused(client.cancel(id), 400, "failed_precondition");
        assertThat(client.phase(id), is(end.name()));
        assertThat(simulator.records().calls("CancelPrebuild").get(0).acted(), is(false));
    }

    @Test
    void aSnapshotUnderWayCanBeCancelled() {
        String id = client.create(project);
        clock.advanceSeconds(400);

        assertThat(client.cancel(id).statusCode(), is(200));
        clock.advanceSeconds(2);
        assertThat(client.phase(id), is("CANCELLED"));
    }

    @Test
    void cancellingTakesAsLongAsThePlanSays() {
        project.plan(PhasePlan.typical().cancellingFor(Duration.ofMinutes(1)));
        String id = client.create(project);
        client.cancel(id);
        clock.advanceSeconds(59);
        assertThat(client.phase(id), is("CANCELLING"));
        clock.advanceSeconds(1);

        assertThat(client.phase(id), is("CANCELLED"));
    }

    @Test
    void somebodyElseCancelsLikeACall() {
        String id = client.create(project);
        simulator.prebuild(id).cancelBySomeoneElse();
        assertThat(client.phase(id), is("CANCELLING"));
        clock.advanceSeconds(2);

        assertThat(client.phase(id), is("CANCELLED"));
        assertThat(simulator.records().count("CancelPrebuild"), is(0));
        assertThrows(IllegalStateException.class, () -> simulator.prebuild(id).cancelBySomeoneElse());
    }

    @Test
    void aForcedPhaseDoesNotOutliveACancel() {
        String id = client.create(project);
        simulator.prebuild(id).forcePhase(SimPhase.RUNNING);
        client.cancel(id);
        clock.advanceSeconds(2);

        assertThat(client.phase(id), is("CANCELLED"));
    }

    @Test
    void aDeletedPrebuildIsShownForAWhileAndThenNotFound() {
        String id = client.create(project);
        HttpResponse<String> deleted = client.post("DeletePrebuild", TestClient.one(id));
        assertThat(deleted.statusCode(), is(200));
        assertThat(client.phase(id), is("DELETING"));
        assertRefused(client.cancel(id), 404, "not_found");
        clock.advanceSeconds(2);

        assertRefused(client.get(id), 404, "not_found");
        assertRefused(client.cancel(id), 404, "not_found");
        assertThat(client.call("ListPrebuilds", "{}").has("prebuilds"), is(false));
        assertThat(simulator.records().active(), empty());
        assertThat(simulator.records().prebuilds().size(), is(1));
    }

    @Test
    void aPrebuildCanVanishAtOnce() {
        String id = client.create(project);
        simulator.prebuild(id).delete().vanish();

        assertRefused(client.get(id), 404, "not_found");
    }
}
