package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.CLASS;
import static io.jenkins.plugins.gitpod.api.Clients.PREBUILD;
import static io.jenkins.plugins.gitpod.api.Clients.PROJECT;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** What goes over the wire, to the byte: the server refuses fields that it does not know. */
class RequestsTest {

    private static final String ID = "{\"prebuildId\":\"" + PREBUILD + "\"}";

    private final ScriptedServer server = new ScriptedServer();
    private final GitpodClient client = Clients.client(server);

    @AfterEach
    void close() {
        server.close();
    }

    static final List<Arguments> BODIES = List.of(
            of("PrebuildService/CreatePrebuild", c -> c.createPrebuild(PROJECT, null, null), """
                    {"projectId":"%s","spec":{}}""".formatted(PROJECT)),
            of(
                    "PrebuildService/CreatePrebuild",
                    c -> c.createPrebuild(PROJECT, CLASS, Duration.ofMinutes(90)),
                    """
                    {"projectId":"%s","environmentClassId":"%s","spec":{"timeout":"5400s"}}""".formatted(PROJECT, CLASS)),
            of("PrebuildService/GetPrebuild", c -> c.getPrebuild(PREBUILD), ID),
            of("PrebuildService/CancelPrebuild", c -> c.cancelPrebuild(PREBUILD), ID),
            of(
                    "PrebuildService/DeletePrebuild",
                    c -> {
                        c.deletePrebuild(PREBUILD);
                        return null;
                    },
                    ID),
            of("PrebuildService/ListWarmPools", c -> c.listWarmPools(PROJECT, null), """
                    {"pagination":{"pageSize":100},"filter":{"projectIds":["%s"]}}""".formatted(PROJECT)),
            of("PrebuildService/ListWarmPools", c -> c.listWarmPools(PROJECT, CLASS), """
                    {"pagination":{"pageSize":100},"filter":{"projectIds":["%s"],\
                    "environmentClassIds":["%s"]}}""".formatted(PROJECT, CLASS)),
            of("PrebuildService/CreatePrebuildLogsToken", c -> c.createPrebuildLogsToken(PREBUILD), ID),
            of("PrebuildService/ListPrebuilds", c -> c.listPrebuilds(PrebuildFilter.none(), 0, null), "{}"),
            of("PrebuildService/ListPrebuilds", c -> c.listPrebuilds(PrebuildFilter.none(), 0, ""), "{}"),
            of("PrebuildService/ListPrebuilds", c -> c.listPrebuilds(everything(), 100, "next"), """
                    {"pagination":{"pageSize":100,"token":"next"},"filter":{"projectIds":["p","q"],\
                    "phases":["PREBUILD_PHASE_PENDING","PREBUILD_PHASE_RUNNING"],\
                    "creatorIds":["c"]}}"""),
            of("IdentityService/GetAuthenticatedIdentity", GitpodClient::getAuthenticatedIdentity, "{}"),
            of("ProjectService/GetProject", c -> c.getProject(PROJECT), "{\"projectId\":\"" + PROJECT + "\"}"),
            of("EnvironmentService/GetEnvironment", c -> c.getEnvironmentGit("e"), "{\"environmentId\":\"e\"}"),
            of("ProjectService/ListProjects", c -> c.listProjects(ProjectFilter.none(), 25, null), """
                    {"pagination":{"pageSize":25},"sort":{"field":"id","order":"SORT_ORDER_ASC"}}"""),
            of("ProjectService/ListProjects", c -> c.listProjects(someProjects(), 0, "next"), """
                    {"pagination":{"token":"next"},"filter":{"search":"sh\\"op",\
                    "specRemoteUris":["https://example.org/shop.git"]},\
                    "sort":{"field":"id","order":"SORT_ORDER_ASC"}}"""),
            of("RunnerConfigurationService/ListEnvironmentClasses", c -> c.listEnvironmentClasses(10, "next"), """
                    {"pagination":{"pageSize":10,"token":"next"}}"""));

    private static Arguments of(String path, Clients.ApiCall call, String body) {
        return Arguments.of(path, call, body);
    }

    private static PrebuildFilter everything() {
        return PrebuildFilter.none()
                .withProjectIds(List.of("p", "q"))
                .withPhases(EnumSet.of(PrebuildPhase.RUNNING, PrebuildPhase.PENDING))
                .withCreatorIds(List.of("c"));
    }

    private static ProjectFilter someProjects() {
        return ProjectFilter.none().withSearch("sh\"op").withSpecRemoteUris(List.of("https://example.org/shop.git"));
    }

    @ParameterizedTest(name = "{0} {2}")
    @FieldSource("BODIES")
    void theRequestIsExactly(String path, Clients.ApiCall call, String body) throws Exception {
        server.then(ScriptedServer.json("""
                {"prebuild":{"id":"x"},"accessToken":"x","subject":{"id":"x"},"project":{"id":"x"}}"""));

        call.on(client);

        ScriptedServer.Received request = server.onlyRequest();
        assertThat(request.requestLine(), is("POST /api/gitpod.v1." + path + " HTTP/1.1"));
        assertThat(request.body(), is(body));
        assertThat(request.header("Content-Type"), is("application/json"));
        assertThat(request.header("Content-Length"), is(String.valueOf(body.length())));
        assertThat(request.header("Accept"), is("application/json"));
        assertThat(request.header("Authorization"), is("Bearer " + Clients.TOKEN));
        assertThat(request.header("User-Agent"), is("test/1.0"));
    }

    @Test
    void whatCannotBeRightIsNotSent() {
        refused(c -> c.createPrebuild(" ", null, null));
        refused(c -> c.createPrebuild(PROJECT, "", null));
        refused(c -> c.createPrebuild(PROJECT, null, Duration.ZERO));
        refused(c -> c.createPrebuild(PROJECT, null, Duration.ofMinutes(-5)));
        refused(c -> c.getPrebuild(""));
        refused(c -> c.getProject(null));
        refused(c -> c.getEnvironmentGit(" "));
        refused(c -> c.listPrebuilds(PrebuildFilter.none(), 101, null));
        refused(c -> c.listWarmPools("", null));
        refused(c -> c.listWarmPools(PROJECT, " "));
        refused(c -> c.listEnvironmentClasses(-1, null));

        assertThat(server.requests(), hasSize(0));
    }

    private void refused(Clients.ApiCall call) {
        assertThrows(IllegalArgumentException.class, () -> call.on(client));
    }
}
