package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Projects, environments and clocks as they exist outside. */
class SimulatorStateTest extends SimulatorTestBase {
    private static final String SCP = "git@git.example.com:team/shop.git";
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private JsonNode read(SimProject one) {
        return client.call("GetProject", "{\"projectId\":\"" + one.id() + "\"}").path("project");
    }

    private JsonNode git(SimProject one) {
        return read(one).at("/initializer/specs/0/git");
    }

    private HttpResponse<String> environment(String prebuildId) {
        String id = simulator.prebuild(prebuildId).environment().id();
        return client.post("GetEnvironment", "{\"environmentId\":\"" + id + "\"}");
    }

    private JsonNode content(String prebuildId) {
        return client.json(environment(prebuildId)).at("/environment/status/content");
    }

    @Test
    void anScpUrlCannotBeFilteredForAndRefusesTheWholeCall() {
        project.remoteUri(SCP);

        assertThat(git(project).path("remoteUri").asText(), is(SCP));
        assertRefused(
                client.post("ListProjects", filter("https://git.example.com/shop.git\",\"" + SCP)),
                400,
                "invalid_argument");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://git.example.com/shop.git | true",
                "ssh://git@git.example.com:7999/~jo/shop.git | true",
                "https://me:secret@git.example.com/a%20b/shop | true",
                "https://[2001:db8::1]:8443/shop.git | true",
                "file:///repos/shop.git | true",
                "https://[v1.a:b]/shop.git | true",
                "https://[shop]/shop.git | false",
                "mailto:me | true",
                "git@git.example.com:team/shop.git | false",
                "/repos/shop.git | false",
                "'' | false",
                "https://git.example.com/my shop | false",
                "https://git.example.com/caf\u00e9.git | false",
                "https://git.example.com/100%/shop | false",
                "https://git.example.com/a\\b | false",
                "https://git.example.com:port/shop | false",
                "1https://git.example.com/shop | false",
            })
    void repositoriesToFilterForMustBeUris(String uri, boolean accepted) {
        HttpResponse<String> response = client.post("ListProjects", filter(uri.replace("\\", "\\\\")));

        assertThat(response.body(), response.statusCode(), is(accepted ? 200 : 400));
    }

    private static String filter(String uris) {
        return "{\"filter\":{\"specRemoteUris\":[\"" + uris + "\"]}}";
    }

    @Test
    void aProjectMayHaveAContextUrlOnly() {
        project.contextUrl("https://git.example.com/team/checkout/tree/feature/a");

        assertThat(
                read(project).at("/initializer/specs").toString(),
                is("[{\"contextUrl\":{\"url\":\"https://git.example.com/team/checkout/tree/feature/a\"}}]"));
        assertThat(
                client.call("ListProjects", "{\"filter\":{\"search\":\"CHECKOUT\"}}")
                        .path("projects")
                        .size(),
                is(1));
        String id = client.create(project);
        clock.advanceSeconds(60);
        assertThat(content(id).path("git").path("cloneUrl").asText(), is("https://git.example.com/team/checkout.git"));
        assertThat(content(id).path("git").path("branch").asText(), is("feature/a"));
    }

    @ParameterizedTest
    @EnumSource(SimTargetMode.class)
    void everyTargetModeIsPossible(SimTargetMode mode) {
        project.target(mode, "something");

        assertThat(git(project).path("targetMode").asText(), is("CLONE_TARGET_MODE_" + mode));
        assertThat(git(project).path("cloneTarget").asText(), is("something"));
    }

    @ParameterizedTest
    @CsvSource({
        "REMOTE_HEAD, develop, main, " + COMMIT,
        "REMOTE_BRANCH, develop, develop, " + COMMIT,
        "LOCAL_BRANCH, mine, mine, " + COMMIT,
        "REMOTE_TAG, v1, '', " + COMMIT,
        "REMOTE_COMMIT, abcdef, '', abcdef",
    })
    void anEnvironmentShowsWhatItsProjectChecksOut(SimTargetMode mode, String target, String branch, String commit) {
        project.target(mode, target).commit(COMMIT);
        String id = client.create(project);
        project.commit("later");
        clock.advanceSeconds(60);

        assertThat(content(id).path("git").path("branch").asText(), is(branch));
        assertThat(content(id).path("git").path("latestCommit").asText(), is(commit));
        assertThat(content(id).path("git").path("cloneUrl").asText(), is("https://git.example.com/shop.git"));
    }

    @Test
    void prebuildsMayBeOffNeverConfiguredOrForOtherClasses() {
        SimEnvironmentClass large = simulator.addEnvironmentClass("Large");

        project.prebuildsEnabled(false);
        assertThat(read(project).path("prebuildConfiguration").toString(), is("{}"));
        project.prebuildClasses(large);
        String others = "{\"environmentClassIds\":[\"" + large.id() + "\"]}";
        assertThat(read(project).path("prebuildConfiguration").toString(), is(others));
        project.prebuildsEnabled(true);
        assertThat(
                read(project).path("prebuildConfiguration").toString(), is("{\"enabled\":true," + others.substring(1)));
        client.create(project);

        project.refusesUnconfigured();
        assertRefused(client.post("CreatePrebuild", TestClient.createBody(project)), 400, "failed_precondition");
        project.environmentClasses(large);
        client.create(project);
        project.prebuildsEnabled(false);
        assertRefused(client.post("CreatePrebuild", TestClient.createBody(project)), 400, "failed_precondition");
    }

    @Test
    void severalProjectsMayBeOfOneRepository() {
        SimProject twin =
                simulator.addProject("twin").remoteUri(project.remoteUri()).branch("develop");

        JsonNode found =
                client.call("ListProjects", filter(project.remoteUri())).path("projects");
        assertThat(found.findValuesAsText("name"), contains(project.name(), twin.name()));
        assertThat(found.findValuesAsText("cloneTarget"), contains("develop"));
    }

    @Test
    void aDeletedProjectIsStillListed() {
        project.deleted();

        assertThat(
                client.call("ListProjects", "{}").at("/projects/0/desiredPhase").asText(), is("PROJECT_PHASE_DELETED"));
    }

    @Test
    void anUnknownTriggerIsShown() {
        String id = client.create(project);
        simulator.prebuild(id).unknownTrigger("PREBUILD_TRIGGER_PUSH");

        assertThat(client.read(id).at("/metadata/triggeredBy").asText(), is("PREBUILD_TRIGGER_PUSH"));
    }

    @Test
    void anEnvironmentLivesFromItsStartToTheEndOfTheSnapshot() {
        String id = client.create(project);

        assertThat(client.read(id).path("status").has("environmentId"), is(false));
        assertRefused(environment(id), 404, "not_found");
        clock.advanceSeconds(5);
        assertThat(
                client.read(id).at("/status/environmentId").asText(),
                is(simulator.prebuild(id).environmentId()));
        assertThat(content(id).isMissingNode(), is(true));
        clock.advanceSeconds(25);
        assertThat(content(id).path("git").has("latestCommit"), is(true));
        simulator.prebuild(id).forcePhase(SimPhase.SNAPSHOTTING);
        assertThat(content(id).path("git").has("latestCommit"), is(true));
        simulator.prebuild(id).forcePhase(SimPhase.COMPLETED);
        assertRefused(environment(id), 404, "not_found");
    }

    @Test
    void anEnvironmentMayBeWithoutGitStatusOrRefused() {
        String id = client.create(project);
        simulator
                .prebuild(id)
                .forcePhase(SimPhase.RUNNING)
                .environment()
                .commit(COMMIT)
                .branch("other");
        assertThat(content(id).path("git").path("latestCommit").asText(), is(COMMIT));
        assertThat(content(id).path("git").path("branch").asText(), is("other"));
        simulator.prebuild(id).environment().withoutGitStatus();
        assertThat(content(id).toString(), is("{\"phase\":\"CONTENT_PHASE_READY\"}"));
        simulator.faults().add("GetEnvironment", Fault.status(403, "permission_denied", "not yours"));
        assertRefused(environment(id), 403, "permission_denied");
        assertRefused(client.post("GetEnvironment", "{}"), 400, "invalid_argument");
    }

    @Test
    void theServersClockMayBeOffAndEachAnswerTellsIt() {
        assertThat(date(client.post("ListPrebuilds", "{}")), is("Sat, 01 Aug 2026 10:00:00 GMT"));
        simulator.clockOffset(Duration.ofMinutes(-10));
        HttpResponse<String> created = client.post("CreatePrebuild", TestClient.createBody(project));
        assertThat(date(created), is("Sat, 01 Aug 2026 09:50:00 GMT"));
        assertThat(client.json(created).at("/prebuild/metadata/createdAt").asText(), is("2026-08-01T09:50:00Z"));
        simulator.faults().add("ListPrebuilds", Fault.emptyBody(503));
        assertThat(date(client.post("ListPrebuilds", "{}")), is("Sat, 01 Aug 2026 09:50:00 GMT"));
        simulator.dateHeader(false);
        assertThat(date(client.post("ListPrebuilds", "{}")), is(""));
    }

    private static String date(HttpResponse<String> response) {
        return response.headers().firstValue("Date").orElse("");
    }
}
