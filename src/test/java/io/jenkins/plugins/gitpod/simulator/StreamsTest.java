package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StreamsTest extends SimulatorTestBase {
    private static final String ALL =
            "{\"organization\":true,\"resourceTypeFilters\":[{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\"}]}";

    private BufferedReader open(java.net.http.HttpRequest request) throws Exception {
        return new BufferedReader(new InputStreamReader(
                client.http().send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
    }

    private BufferedReader watch(String body) throws Exception {
        return open(client.request("WatchEvents", body)
                .header("Accept", "application/jsonl")
                .build());
    }

    private static String event(String operation, String id) {
        return "{\"operation\":\"RESOURCE_OPERATION_" + operation
                + "\",\"resourceType\":\"RESOURCE_TYPE_PREBUILD\",\"resourceId\":\"" + id + "\"}";
    }

    @Test
    void eventsTellOfCreationChangeAndDeletion() throws Exception {
        client.create(project);
        try (BufferedReader events = watch(ALL)) {
            String id = client.create(project);
            assertThat(events.readLine(), is(event("CREATE", id)));
            simulator.prebuild(id).forcePhase(SimPhase.RUNNING);
            assertThat(events.readLine(), is(event("UPDATE_STATUS", id)));
            simulator.prebuild(id).vanish();
            assertThat(events.readLine(), is(event("DELETE", id)));
        }
    }

    @Test
    void eventsCanBeForCertainPrebuildsOnly() throws Exception {
        client.create(project);
        String wanted = client.create(project);
        String body = "{\"organization\":true,\"resourceTypeFilters\":[{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\","
                + "\"resourceIds\":[\"" + wanted + "\"]}]}";
        try (BufferedReader events = watch(body)) {
            clock.advanceSeconds(5);
            assertThat(events.readLine(), is(event("UPDATE_STATUS", wanted)));
            clock.advanceSeconds(25);
            assertThat(events.readLine(), is(event("UPDATE_STATUS", wanted)));
        }
    }

    @Test
    void cutStreamsBreakOffAndCanBeOpenedAgain() throws Exception {
        try (BufferedReader events = watch(ALL)) {
            simulator.cutStreams();
            assertThrows(IOException.class, events::readLine);
        }
        try (BufferedReader events = watch(ALL)) {
            String id = client.create(project);
            assertThat(events.readLine(), is(event("CREATE", id)));
        }
    }

    @Test
    void eventsAreRefusedInOtherFormatsAndWithoutAScope() throws Exception {
        assertThat(client.post("WatchEvents", ALL).statusCode(), is(415));
        HttpResponse<String> noScope = client.http()
                .send(
                        client.request("WatchEvents", "{\"organization\":false}")
                                .header("Accept", "application/jsonl")
                                .build(),
                        BodyHandlers.ofString());
        assertRefused(noScope, 400, "invalid_argument");
    }

    private String logsToken(String id) {
        return client.call("CreatePrebuildLogsToken", TestClient.one(id))
                .path("accessToken")
                .asText();
    }

    private java.net.http.HttpRequest logRequest(String id, String token) {
        URI url = URI.create(client.read(id).at("/status/logUrl").asText());
        return java.net.http.HttpRequest.newBuilder(url)
                .header("Authorization", "Bearer " + token)
                .build();
    }

    private HttpResponse<String> readLog(String id, String token) throws Exception {
        return client.http().send(logRequest(id, token), BodyHandlers.ofString());
    }

    @Test
    void aLogIsAStreamUntilTheEnvironmentGoes() throws Exception {
        String id = client.create(project);
        SimPrebuild prebuild =
                simulator.prebuild(id).forcePhase(SimPhase.RUNNING).log("one");
        try (BufferedReader log = open(logRequest(id, logsToken(id)))) {
            assertThat(log.readLine(), is("one"));
            prebuild.log("two");
            assertThat(log.readLine(), is("two"));
            prebuild.log("three").forcePhase(SimPhase.COMPLETED);
            assertThat(log.lines().collect(Collectors.toList()), contains("three"));
        }
        assertThat(readLog(id, logsToken(id)).statusCode(), is(404));
        assertThat(simulator.records().count("Logs"), is(2));
    }

    @Test
    void faultsStrikeLogsToo() throws Exception {
        String id = client.create(project);
        simulator.prebuild(id).forcePhase(SimPhase.FAILED).keepLog();
        simulator.faults().add("Logs", Fault.htmlStatus(502));

        assertThat(readLog(id, logsToken(id)).statusCode(), is(502));
        assertThat(readLog(id, logsToken(id)).statusCode(), is(200));
    }

    @Test
    void aKeptLogCanBeReadAfterTheEnd() throws Exception {
        String id = client.create(project);
        simulator.prebuild(id).forcePhase(SimPhase.FAILED).log("one").keepLog();

        HttpResponse<String> log = readLog(id, logsToken(id));
        assertThat(log.body(), is("one\n"));
        assertThat(log.headers().firstValue("Content-Type").orElse(""), containsString("text/plain"));
    }

    @Test
    void aLogOfAPrebuildThatDoesNotRunYetIsNotThere() throws Exception {
        String id = client.create(project);
        clock.advanceSeconds(5);
        URI url = simulator.apiUrl().resolve("/logs/" + id);
        HttpResponse<String> response = client.http()
                .send(
                        java.net.http.HttpRequest.newBuilder(url)
                                .header("Authorization", "Bearer " + logsToken(id))
                                .build(),
                        BodyHandlers.ofString());

        assertThat(client.read(id).path("status").has("logUrl"), is(false));
        assertThat(response.statusCode(), is(404));
        assertThat(simulator.records().violations(), empty());
    }

    @Test
    void aLogsTokenIsForOnePrebuildAndOneHour() throws Exception {
        String id = client.create(project);
        String other = client.create(project);
        simulator.prebuild(id).forcePhase(SimPhase.FAILED).keepLog();
        String token = logsToken(id);

        assertThat(readLog(id, logsToken(other)).statusCode(), is(401));
        clock.advance(Duration.ofMinutes(59));
        assertThat(readLog(id, token).statusCode(), is(200));
        clock.advance(Duration.ofMinutes(1));
        assertThat(readLog(id, token).statusCode(), is(401));
        assertThat(simulator.records().violations(), empty());
    }

    @Test
    void theApiTokenAtTheLogUrlIsAViolation() throws Exception {
        String id = client.create(project);
        simulator.prebuild(id).forcePhase(SimPhase.RUNNING);

        assertThat(readLog(id, account.token()).statusCode(), is(401));
        assertThat(simulator.records().violations(), contains("The API token was sent to the log URL /logs/" + id));
    }
}
