package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class WireFormatTest extends SimulatorTestBase {

    private String metadata(SimPrebuild prebuild, String updatedAt) {
        String subject = "{\"id\":\"" + account.subjectId() + "\",\"principal\":\"PRINCIPAL_USER\"}";
        return "\"metadata\":{\"organizationId\":\"" + account.organizationId() + "\",\"projectId\":\"" + project.id()
                + "\",\"environmentClassId\":\"" + prebuild.environmentClassId() + "\",\"creator\":" + subject
                + ",\"executor\":" + subject + ",\"createdAt\":\"2026-08-01T10:00:00Z\",\"updatedAt\":\"" + updatedAt
                + "\",\"triggeredBy\":\"PREBUILD_TRIGGER_MANUAL\"}";
    }

    @Test
    void aNewPrebuildLeavesOutWhatIsZero() {
        HttpResponse<String> response = client.post("CreatePrebuild", TestClient.createBody(project));

        SimPrebuild made = simulator.records().prebuilds().get(0);
        assertThat(
                response.body(),
                is("{\"prebuild\":{\"id\":\"" + made.id() + "\"," + metadata(made, "2026-08-01T10:00:00Z")
                        + ",\"spec\":{\"specVersion\":\"1\",\"desiredPhase\":\"PREBUILD_PHASE_COMPLETED\","
                        + "\"timeout\":\"3600s\"},\"status\":{\"phase\":\"PREBUILD_PHASE_PENDING\","
                        + "\"statusVersion\":\"1\"}}}"));
        assertThat(response.headers().firstValue("Content-Type").orElse(""), is("application/json"));
    }

    @Test
    void aCompletedPrebuildHasItsSizeAsText() {
        String id = client.create(project);
        clock.advance(Duration.ofMinutes(20));

        SimPrebuild made = simulator.prebuild(id);
        String logUrl = simulator.apiUrl().resolve("/logs/" + id).toString();
        assertThat(
                client.get(id).body(),
                is("{\"prebuild\":{\"id\":\"" + id + "\"," + metadata(made, "2026-08-01T10:11:00Z")
                        + ",\"spec\":{\"specVersion\":\"1\",\"desiredPhase\":\"PREBUILD_PHASE_COMPLETED\","
                        + "\"timeout\":\"3600s\"},\"status\":{\"phase\":\"PREBUILD_PHASE_COMPLETED\","
                        + "\"completionTime\":\"2026-08-01T10:11:00Z\",\"environmentId\":\"" + made.environmentId()
                        + "\",\"logUrl\":\"" + logUrl
                        + "\",\"snapshotSizeBytes\":\"6442450944\",\"statusVersion\":\"6\"}}}"));
    }

    @Test
    void thePercentageIsANumber() {
        String id = client.create(project);
        clock.advance(Duration.ofSeconds(330 + 165));

        assertThat(client.get(id).body(), containsString("\"snapshotCompletionPercentage\":50,"));
    }

    @Test
    void anEmptyListIsAnEmptyPagination() {
        assertThat(client.post("ListPrebuilds", "{}").body(), is("{\"pagination\":{}}"));
    }

    @Test
    void theWholeListHasNoNextToken() {
        String id = client.create(project);

        String body = client.post("ListPrebuilds", "{}").body();
        assertThat(body, containsString("{\"pagination\":{},\"prebuilds\":[{\"id\":\"" + id + "\""));
    }

    @Test
    void anErrorHasCodeAndMessage() {
        HttpResponse<String> response = client.get("01990000-0000-7000-8000-000000000000");

        assertThat(response.statusCode(), is(404));
        assertThat(
                response.body(),
                is("{\"code\":\"not_found\",\"message\":\"prebuild 01990000-0000-7000-8000-000000000000 not found\"}"));
    }

    @Test
    void theTimeoutIsShownAsItWasSet() {
        client.call("CreatePrebuild", "{\"projectId\":\"" + project.id() + "\",\"spec\":{\"timeout\":\"5400s\"}}");

        assertThat(client.post("ListPrebuilds", "{}").body(), containsString("\"timeout\":\"5400s\""));
        assertThat(simulator.records().prebuilds().get(0).timeout(), is("5400s"));
    }

    @Test
    void theIdentityIsTheAccount() {
        assertThat(
                client.post("GetAuthenticatedIdentity", "{}").body(),
                is("{\"subject\":{\"id\":\"" + account.subjectId()
                        + "\",\"principal\":\"PRINCIPAL_USER\"},\"organizationId\":\"" + account.organizationId()
                        + "\"}"));
    }

    @Test
    void aProjectShowsItsRepositoryClassesAndConfiguration() {
        SimEnvironmentClass large = simulator.addEnvironmentClass("Large");
        SimEnvironmentClass small = simulator.addEnvironmentClass("Small");
        project.remoteUri("https://git.example.com/shop.git")
                .branch("main")
                .environmentClasses(large, small)
                .prebuildClasses(small);

        assertThat(
                client.post("GetProject", "{\"projectId\":\"" + project.id() + "\"}")
                        .body(),
                is("{\"project\":{\"id\":\"" + project.id() + "\",\"metadata\":{\"name\":\"shop\",\"organizationId\":\""
                        + account.organizationId() + "\",\"createdAt\":\"2026-08-01T10:00:00Z\","
                        + "\"updatedAt\":\"2026-08-01T10:00:00Z\"},\"initializer\":{\"specs\":[{\"git\":{"
                        + "\"remoteUri\":\"https://git.example.com/shop.git\","
                        + "\"targetMode\":\"CLONE_TARGET_MODE_REMOTE_BRANCH\",\"cloneTarget\":\"main\"}}]},"
                        + "\"prebuildConfiguration\":{\"enabled\":true,\"environmentClassIds\":[\"" + small.id()
                        + "\"]},\"desiredPhase\":\"PROJECT_PHASE_ACTIVE\","
                        + "\"environmentClasses\":[{\"environmentClassId\":\"" + large.id()
                        + "\"},{\"environmentClassId\":\"" + small.id() + "\",\"order\":1}]}}"));
    }

    @Test
    void aProjectNeverConfiguredForPrebuildsHasAnEmptyConfiguration() {
        project.prebuildsEnabled(false);

        assertThat(client.post("ListProjects", "{}").body(), containsString("\"prebuildConfiguration\":{},"));
    }

    @Test
    void environmentClassesLeaveOutWhatIsFalse() {
        SimEnvironmentClass old = simulator
                .addEnvironmentClass("Old")
                .description("on its way out")
                .enabled(false);
        String regular = project.classList().get(0).id();

        assertThat(
                client.post("ListEnvironmentClasses", "{}").body(),
                is("{\"pagination\":{},\"environmentClasses\":[{\"id\":\"" + regular
                        + "\",\"displayName\":\"Regular\",\"enabled\":true},{\"id\":\"" + old.id()
                        + "\",\"displayName\":\"Old\",\"description\":\"on its way out\"}]}"));
        assertThat(
                client.post("ListProjectEnvironmentClasses", "{\"projectId\":\"" + project.id() + "\"}")
                        .body(),
                is("{\"pagination\":{},\"projectEnvironmentClasses\":[{\"environmentClassId\":\"" + regular + "\"}]}"));
    }

    @Test
    void deletingAnswersAnEmptyObject() {
        String id = client.create(project);

        assertThat(client.post("DeletePrebuild", TestClient.one(id)).body(), is("{}"));
    }

    @Test
    void durationsAreSecondsWithFractions() {
        assertThat(WireFormat.duration(Duration.ofMillis(1500)), is("1.5s"));
        assertThat(WireFormat.duration(Duration.ofHours(1)), is("3600s"));
        assertThat(WireFormat.duration(Duration.ZERO), is("0s"));
    }

    @Test
    void retryInfoIsUnpaddedProtobuf() {
        assertThat(ErrorDetails.retryInfo(Duration.ofSeconds(2)).path("value").asText(), is("CgIIAg"));
        assertThat(ErrorDetails.retryInfo(Duration.ofSeconds(300)).path("value").asText(), is("CgMIrAI"));
    }

    @Test
    void aPlanGateSaysWhatToDo() {
        simulator
                .faults()
                .add("CreatePrebuild", Fault.planGate("Prebuilds need the Core plan.", "Upgrade", "/settings/billing"));
        HttpResponse<String> response = client.post("CreatePrebuild", TestClient.createBody(project));

        assertRefused(response, 400, "failed_precondition");
        JsonNode detail = client.json(response).at("/details/0");
        assertThat(detail.path("type").asText(), is("gitpod.v1.ActionableErrorDetails"));
        assertThat(
                detail.path("debug").toString(),
                is("{\"userMessage\":\"Prebuilds need the Core plan.\",\"actions\":[{\"label\":\"Upgrade\","
                        + "\"dashboardPath\":\"/settings/billing\"}]}"));
        byte[] value = Base64.getDecoder().decode(detail.path("value").asText());
        assertThat(
                new String(value, StandardCharsets.UTF_8),
                is(
                        "\u0012\u001dPrebuilds need the Core plan.\"\u001c\u0012\u0007Upgrade\u001a\u0011/settings/billing"));
        assertThat(simulator.records().prebuilds(), empty());
    }
}
