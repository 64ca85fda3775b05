package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class AccessTest extends SimulatorTestBase {

    private HttpResponse<String> send(java.net.http.HttpRequest.Builder request) throws Exception {
        return client.http().send(request.build(), BodyHandlers.ofString());
    }

    private java.net.http.HttpRequest.Builder identityWithoutHeaders() {
        return java.net.http.HttpRequest.newBuilder(
                        URI.create(simulator.apiUrl() + TestClient.path("GetAuthenticatedIdentity")))
                .POST(BodyPublishers.ofString("{}"));
    }

    @Test
    void refusesOtherMethodsThanPost() throws Exception {
        HttpResponse<String> response =
                send(client.request("ListPrebuilds", "{}").GET());

        assertThat(response.statusCode(), is(405));
        assertThat(response.headers().firstValue("Allow").orElse(""), is("POST"));
    }

    @Test
    void answersUnknownPathsWithAPage() throws Exception {
        URI elsewhere = simulator.apiUrl().resolve("/gitpod.v1.PrebuildService/ListPrebuilds");
        HttpResponse<String> response =
                send(client.request("ListPrebuilds", "{}").uri(elsewhere));

        assertThat(response.statusCode(), is(404));
        assertThat(response.headers().firstValue("Content-Type").orElse(""), containsString("text/html"));
        assertThat(simulator.records().calls().get(0).method(), is(""));
        assertThat(simulator.records().calls().get(0).acted(), is(false));
    }

    @Test
    void refusesOtherContentThanJson() throws Exception {
        HttpResponse<String> response =
                send(client.request("ListPrebuilds", "{}").setHeader("Content-Type", "text/plain"));

        assertThat(response.statusCode(), is(415));
        assertThat(
                send(client.request("ListPrebuilds", "{}").setHeader("Content-Type", "application/json; charset=utf-8"))
                        .statusCode(),
                is(200));
    }

    @Test
    void refusesCallsWithoutAValidToken() throws Exception {
        var bare = identityWithoutHeaders().header("Content-Type", "application/json");
        assertRefused(send(bare), 401, "unauthenticated");
        assertRefused(send(bare.setHeader("Authorization", "Bearer nonsense")), 401, "unauthenticated");
        assertRefused(send(bare.setHeader("Authorization", account.token())), 401, "unauthenticated");
        assertRefused(send(bare.setHeader("Authorization", "Basic " + account.token())), 401, "unauthenticated");
    }

    @Test
    void knowsARevokedTokenNoMore() {
        account.revoke();

        assertRefused(client.post("ListPrebuilds", "{}"), 401, "unauthenticated");
    }

    @Test
    void refusesTheOldTokenAfterARotation() throws IOException, InterruptedException {
        var before = client.request("ListPrebuilds", "{}").build();
        String fresh = account.rotate();

        assertThat(account.token(), is(fresh));
        assertRefused(client.http().send(before, BodyHandlers.ofString()), 401, "unauthenticated");
        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(200));
    }

    @Test
    void anAccountCanBeGivenACertainToken() {
        account.useToken("mine").useToken("mine");
        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(200));
        account.revoke();
        assertRefused(client.post("ListPrebuilds", "{}"), 401, "unauthenticated");
        account.useToken("mine");

        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(200));
    }

    @Test
    void aTokenMayBeAJwtAndEndsWithIt() {
        account.useJwt(ManualClock.START.plusSeconds(60));
        String claims =
                new String(Base64.getUrlDecoder().decode(account.token().split("\\.")[1]), StandardCharsets.UTF_8);

        assertThat(
                claims,
                containsString("\"exp\":" + ManualClock.START.plusSeconds(60).getEpochSecond()));
        clock.advanceSeconds(59);
        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(200));
        clock.advanceSeconds(1);
        assertRefused(client.post("ListPrebuilds", "{}"), 401, "unauthenticated");
        account.rotate();
        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(200));
    }

    @Test
    void aReadOnlyTokenReadsAndDoesNotWrite() {
        String id = client.create(project);
        account.readOnly();

        assertThat(client.get(id).statusCode(), is(200));
        assertThat(client.cancel(id).body(), containsString("mutations are denied"));
        assertRefused(client.post("CreatePrebuild", TestClient.createBody(project)), 403, "permission_denied");
        assertRefused(client.cancel(id), 403, "permission_denied");
        assertRefused(client.post("DeletePrebuild", TestClient.one(id)), 403, "permission_denied");
        assertThat(client.phase(id), is("PENDING"));
    }

    @Test
    void anAccountWithoutTheRightMayCancelButNotCreate() {
        String id = client.create(project);
        account.mayCreate(false);

        assertRefused(client.post("CreatePrebuild", TestClient.createBody(project)), 403, "permission_denied");
        assertThat(client.cancel(id).statusCode(), is(200));
    }

    @Test
    void findsAnAccountAgainAndKeepsAccountsApart() {
        assertThat(simulator.account("ci"), sameInstance(account));
        Account other = simulator.account("other");
        assertThat(other.token(), not(account.token()));
        assertThat(other.subjectId(), not(account.subjectId()));
        assertThat(other.organizationId(), is(account.organizationId()));
    }

    @Test
    void limitsCallsInEachSecondAndTellsTheWait() {
        simulator.maxCallsPerSecond(2);
        client.call("ListPrebuilds", "{}");
        clock.advanceSeconds(0.5);
        client.call("ListPrebuilds", "{}");
        HttpResponse<String> refused = client.post("CreatePrebuild", TestClient.createBody(project));

        assertRefused(refused, 429, "resource_exhausted");
        assertThat(
                client.json(refused).at("/details/0").toString(),
                is(
                        "{\"type\":\"google.rpc.RetryInfo\",\"value\":\"CgYQgMq17gE\",\"debug\":{\"retryDelay\":\"0.5s\"}}"));
        assertThat(simulator.records().prebuilds().size(), is(0));

        clock.advanceSeconds(0.5);
        client.create(project);
        simulator.maxCallsPerSecond(0);
        client.create(project);
        client.create(project);
        assertThat(simulator.records().prebuilds().size(), is(3));
    }
}
