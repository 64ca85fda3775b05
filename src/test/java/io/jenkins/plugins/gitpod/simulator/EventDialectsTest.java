package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two ways in which a stream of events is written, each with its own ends. */
class EventDialectsTest extends SimulatorTestBase {
    private static final String ALL =
            "{\"organization\":true,\"resourceTypeFilters\":[{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\"}]}";

    /** One frame: its flags and its JSON. */
    private record Frame(int flags, String json) {}

    private static byte[] frame(int flags, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) flags)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static Frame read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int flags = data.readUnsignedByte();
        return new Frame(flags, new String(data.readNBytes(data.readInt()), StandardCharsets.UTF_8));
    }

    private java.net.http.HttpRequest.Builder framed(byte[] body) {
        return client.request("WatchEvents", "")
                .setHeader("Content-Type", "application/connect+json")
                .POST(BodyPublishers.ofByteArray(body));
    }

    private HttpResponse<InputStream> send(java.net.http.HttpRequest.Builder request) throws Exception {
        return client.http().send(request.build(), BodyHandlers.ofInputStream());
    }

    private HttpResponse<InputStream> lines(String body) throws Exception {
        return send(client.request("WatchEvents", body).header("Accept", "application/jsonl"));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private static String event(String operation, String id) {
        return "{\"operation\":\"RESOURCE_OPERATION_" + operation
                + "\",\"resourceType\":\"RESOURCE_TYPE_PREBUILD\",\"resourceId\":\"" + id + "\"}";
    }

    @Test
    void framesHaveFlagsAndALengthAndTheLastOneIsTheEnd() throws Exception {
        HttpResponse<InputStream> response = send(framed(frame(0, ALL)));
        try (InputStream in = response.body()) {
            assertThat(response.headers().firstValue("Content-Type").orElse(""), is("application/connect+json"));
            String id = client.create(project);
            assertThat(read(in), is(new Frame(0, event("CREATE", id))));
            simulator.events().end();
            assertThat(read(in), is(new Frame(2, "{}")));
            assertThat(in.read(), is(-1));
        }
    }

    @Test
    void anErrorIsTheEndFramesOrABareLine() throws Exception {
        String error = "{\"code\":\"unavailable\",\"message\":\"restarting\"}";
        try (InputStream frames = send(framed(frame(0, ALL))).body();
                InputStream lines = lines(ALL).body()) {
            simulator.events().fail("unavailable", "restarting");
            assertThat(read(frames), is(new Frame(2, "{\"error\":" + error + "}")));
            assertThat(frames.read(), is(-1));
            assertThat(line(lines), is(error));
            assertThat(lines.read(), is(-1));
        }
    }

    @Test
    void linesEndInOrderWithoutAWord() throws Exception {
        try (InputStream lines = lines(ALL).body()) {
            simulator.events().end();
            assertThat(lines.read(), is(-1));
        }
        try (InputStream lines = lines(ALL).body()) {
            String id = client.create(project);
            assertThat(line(lines), is(event("CREATE", id))); // an earlier end does not count
        }
    }

    @Test
    void aRefusalIsAnEndFrameUnderAGoodStatusOrALineUnderItsOwn() throws Exception {
        account.revoke();
        HttpResponse<InputStream> framed = send(framed(frame(0, ALL)));
        HttpResponse<InputStream> lines = lines(ALL);
        String error = "{\"code\":\"unauthenticated\",\"message\":\"no valid bearer token\"}";

        assertThat(framed.statusCode(), is(200));
        assertThat(read(framed.body()), is(new Frame(2, "{\"error\":" + error + "}")));
        assertThat(lines.statusCode(), is(401));
        assertThat(lines.headers().firstValue("Content-Type").orElse(""), is("application/jsonl"));
        assertThat(line(lines.body()), is(error));
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT, 200, 415, 415",
        "JSON_LINES, 415, 200, 200",
    })
    void aServerMaySpeakOneDialectOnly(StreamDialect only, int framed, int accepting, int named) throws Exception {
        simulator.events().speak(only);

        assertThat(status(framed(frame(0, ALL))), is(framed));
        assertThat(status(client.request("WatchEvents", ALL).header("Accept", "application/jsonl")), is(accepting));
        assertThat(
                status(client.request("WatchEvents", ALL)
                        .setHeader("Content-Type", "application/jsonl; charset=utf-8")),
                is(named));
    }

    private int status(java.net.http.HttpRequest.Builder request) throws Exception {
        HttpResponse<InputStream> response = send(request);
        response.body().close();
        return response.statusCode();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1|{}|0", "0|{}|1", "0|{}|-1", "0|nonsense|0", "0|[]|0", "0|{'x':1}|0"})
    void whatIsNotOneFrameOfAValidRequestIsRefused(int flags, String json, int surplus) throws Exception {
        byte[] whole = frame(flags, json.replace('\'', '"'));
        byte[] sent = Arrays.copyOf(whole, whole.length + surplus);
        Frame answer = read(new ByteArrayInputStream(send(framed(sent)).body().readAllBytes()));

        assertThat(answer.flags(), is(2));
        assertThat(
                Json.parse(answer.json().getBytes(StandardCharsets.UTF_8))
                        .at("/error/code")
                        .asText(),
                is("invalid_argument"));
    }

    @Test
    void unknownOperationsCanBeSent() throws Exception {
        try (InputStream lines = lines(ALL).body()) {
            simulator.events().send("RESOURCE_OPERATION_NEW_THING", "RESOURCE_TYPE_PREBUILD", "some-id");
            assertThat(line(lines), is(event("NEW_THING", "some-id")));
        }
    }

    @Test
    void filtersGoByTypeIdAndCreatorButNotForDeletions() throws Exception {
        TestClient colleague = new TestClient(simulator, simulator.account("colleague"));
        String mine = "{\"resourceTypeFilters\":[{\"resourceType\":\"RESOURCE_TYPE_PROJECT\"},"
                + "{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\",\"creatorIds\":[\"" + account.subjectId() + "\"]}]}";
        try (InputStream lines = lines(mine).body()) {
            String theirs = colleague.create(project);
            String own = client.create(project);
            assertThat(line(lines), is(event("CREATE", own)));
            simulator.prebuild(theirs).vanish();
            assertThat(line(lines), is(event("DELETE", theirs)));
        }
    }

    @Test
    void aScopeIsTheOrganizationOrOneEnvironment() throws Exception {
        String environment = "{\"environmentId\":\"some-id\"";
        try (InputStream lines = lines(environment + "}").body()) {
            client.create(project);
            simulator.events().end();
            assertThat(lines.read(), is(-1));
        }
        assertThat(lines(environment + ",\"organization\":true}").statusCode(), is(400));
        assertThat(
                lines(environment + "," + ALL.substring(ALL.indexOf("\"resourceType")))
                        .statusCode(),
                is(400));
        try (InputStream lines = lines("{}").body()) {
            String id = client.create(project);
            assertThat(line(lines), is(event("CREATE", id)));
        }
    }
}
