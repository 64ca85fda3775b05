package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import java.net.http.HttpResponse;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest extends SimulatorTestBase {
    private static final String SOME_ID = "01990000-0000-7000-8000-000000000000";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CreatePrebuild | {} | projectId: ",
                "CreatePrebuild | {'projectId':'PROJECT'} | spec: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':null} | spec: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':[]} | spec: ",
                "CreatePrebuild | {'projectId':'shop','spec':{}} | projectId: ",
                "CreatePrebuild | {'projectId':7,'spec':{}} | projectId: ",
                "CreatePrebuild | {'projectId':'PROJECT','environmentClassId':'','spec':{}} | environmentClassId: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':{},'branch':'main'} | branch: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':{'desiredPhase':'X'}} | spec.desiredPhase: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':{'timeout':'299s'}} | spec.timeout: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':{'timeout':'299.999999999s'}} | spec.timeout: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':{'timeout':'7201s'}} | spec.timeout: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':{'timeout':'90m'}} | spec.timeout: ",
                "CreatePrebuild | {'projectId':'PROJECT','spec':{'timeout':3600}} | spec.timeout: ",
                "GetPrebuild | {} | prebuildId: ",
                "GetPrebuild | {'prebuildId':'7'} | prebuildId: ",
                "CancelPrebuild | {} | prebuildId: ",
                "DeletePrebuild | {} | prebuildId: ",
                "CreatePrebuildLogsToken | {} | prebuildId: ",
                "ListPrebuilds | {'pagination':{'pageSize':101}} | pagination.pageSize: ",
                "ListPrebuilds | {'pagination':{'pageSize':-1}} | pagination.pageSize: ",
                "ListPrebuilds | {'pagination':{'pageSize':'25'}} | pagination.pageSize: ",
                "ListPrebuilds | {'pagination':{'pageSize':1.5}} | pagination.pageSize: ",
                "ListPrebuilds | {'pagination':{'page':1}} | pagination.page: ",
                "ListPrebuilds | {'pagination':{'token':'nonsense'}} | pagination.token: ",
                "ListPrebuilds | {'filter':{'prebuildIds':[]}} | filter.prebuildIds: ",
                "ListPrebuilds | {'filter':{'projectIds':['shop']}} | filter.projectIds[0]: ",
                "ListPrebuilds | {'filter':{'projectIds':'PROJECT'}} | filter.projectIds: ",
                "ListPrebuilds | {'filter':{'phases':['RUNNING']}} | filter.phases[0]: ",
                "ListPrebuilds | {'filter':{'triggeredBy':['MANUAL']}} | filter.triggeredBy[0]: ",
                "GetAuthenticatedIdentity | {'subject':1} | subject: ",
                "GetProject | {} | projectId: ",
                "ListProjects | {'filter':{'name':'shop'}} | filter.name: ",
                "ListProjects | {'pagination':{'pageSize':101}} | pagination.pageSize: ",
                "ListProjectEnvironmentClasses | {} | projectId: ",
                "ListEnvironmentClasses | {'enabled':true} | enabled: ",
                "GetEnvironment | {} | environmentId: ",
                "ListProjects | {'sort':{'field':'name'}} | sort.field: ",
                "ListProjects | {'filter':{'specRemoteUris':['git@git.example.com:a/b.git']}} | filter.specRemoteUris[0]: ",
                "GetPrebuild | [] | request: ",
                "GetPrebuild | nonsense | request: ",
                "GetPrebuild | {} {} | request: ",
                "GetPrebuild | `` | request: ",
            })
    void refusesAnInvalidRequestAndNamesTheField(String method, String body, String where) {
        HttpResponse<String> response =
                client.post(method, body.replace('\'', '"').replace("PROJECT", project.id()));

        assertRefused(response, 400, "invalid_argument");
        assertThat(client.json(response).path("message").asText(), startsWith(where));
        assertThat(simulator.records().calls().get(0).acted(), is(false));
        assertThat(simulator.records().prebuilds(), empty());
    }

    @Test
    void refusesTheSameFieldTwice() {
        HttpResponse<String> response =
                client.post("GetPrebuild", "{\"prebuildId\":\"" + SOME_ID + "\",\"prebuildId\":\"" + SOME_ID + "\"}");

        assertRefused(response, 400, "invalid_argument");
    }

    @ParameterizedTest
    @CsvSource({
        "projectIds,25," + SOME_ID,
        "phases,10,PREBUILD_PHASE_RUNNING",
        "triggeredBy,5,PREBUILD_TRIGGER_MANUAL",
        "creatorIds,25," + SOME_ID,
        "executorIds,25," + SOME_ID,
    })
    void refusesMoreFilterValuesThanAllowed(String field, int most, String value) {
        assertThat(client.post("ListPrebuilds", filter(field, most, value)).statusCode(), is(200));
        assertRefused(client.post("ListPrebuilds", filter(field, most + 1, value)), 400, "invalid_argument");
    }

    @ParameterizedTest
    @CsvSource({"specRemoteUris,25,https://git.example.com/shop.git", "projectIds,25," + SOME_ID})
    void refusesMoreProjectFilterValuesThanAllowed(String field, int most, String value) {
        assertThat(client.post("ListProjects", filter(field, most, value)).statusCode(), is(200));
        assertRefused(client.post("ListProjects", filter(field, most + 1, value)), 400, "invalid_argument");
    }

    private static String filter(String field, int count, String value) {
        return "{\"filter\":{\"" + field + "\":[" + String.join(",", Collections.nCopies(count, "\"" + value + "\""))
                + "]}}";
    }

    @Test
    void refusesASearchOfMoreThan256Characters() {
        assertThat(client.post("ListProjects", search(256)).statusCode(), is(200));
        assertRefused(client.post("ListProjects", search(257)), 400, "invalid_argument");
    }

    private static String search(int length) {
        return "{\"filter\":{\"search\":\"" + "x".repeat(length) + "\"}}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"300s", "7200s", "300.5s", "7200.000s"})
    void takesATimeoutInRange(String timeout) {
        String body = "{\"projectId\":\"" + project.id() + "\",\"spec\":{\"timeout\":\"" + timeout + "\"}}";

        assertThat(client.post("CreatePrebuild", body).statusCode(), is(200));
    }

    @Test
    void doesNotFindWhatIsNotThere() {
        String regular = project.classList().get(0).id();

        assertRefused(
                client.post("CreatePrebuild", "{\"projectId\":\"" + SOME_ID + "\",\"spec\":{}}"), 404, "not_found");
        assertRefused(client.post("CreatePrebuild", createWithClass(SOME_ID)), 404, "not_found");
        assertThat(client.post("CreatePrebuild", createWithClass(regular)).statusCode(), is(200));
        assertRefused(client.post("GetProject", "{\"projectId\":\"" + SOME_ID + "\"}"), 404, "not_found");
        assertRefused(client.cancel(SOME_ID), 404, "not_found");
        assertRefused(client.post("DeletePrebuild", TestClient.one(SOME_ID)), 404, "not_found");
        assertRefused(client.post("CreatePrebuildLogsToken", TestClient.one(SOME_ID)), 404, "not_found");
    }

    private String createWithClass(String id) {
        return "{\"projectId\":\"" + project.id() + "\",\"environmentClassId\":\"" + id + "\",\"spec\":{}}";
    }

    @Test
    void needsAnEnabledEnvironmentClass() {
        SimEnvironmentClass old = simulator.addEnvironmentClass("Old").enabled(false);
        assertRefused(client.post("CreatePrebuild", createWithClass(old.id())), 400, "failed_precondition");

        project.environmentClasses();
        assertRefused(client.post("CreatePrebuild", TestClient.createBody(project)), 400, "failed_precondition");
    }
}
