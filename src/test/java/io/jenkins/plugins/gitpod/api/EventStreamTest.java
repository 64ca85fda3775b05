package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamTest {

    private static final String TOKEN = "secret-token-of-the-stream";
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\n\r\n";
    private static final String EVENT =
            "{\"operation\":\"RESOURCE_OPERATION_UPDATE_STATUS\",\"resourceType\":\"RESOURCE_TYPE_PREBUILD\","
                    + "\"resourceId\":\"p1\"}";
    private static final String UPDATE = EVENT + "\n";
    private static final String REQUEST =
            "{\"organization\":true,\"resourceTypeFilters\":[{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\"}]}";
    private static final String ERROR = "{\"code\":\"resource_exhausted\",\"message\":\"no " + TOKEN
            + "\",\"details\":[{\"type\":\"google.rpc.RetryInfo\",\"value\":\"CgIIAg\"}]}";

    private final ScriptedServer server = new ScriptedServer();
    private final OkHttpClient http = new OkHttpClient();
    private final Streams streams = new Streams();
    private final Heard heard = new Heard();

    private static final class Heard implements EventStream.Listener {
        int opened;
        final List<PrebuildEvent> events = new ArrayList<>();
        Runnable onOpen = () -> {};
        Runnable onEvent = () -> {};

        @Override
        public void opened() {
            opened++;
            onOpen.run();
        }

        @Override
        public void event(PrebuildEvent event) {
            events.add(event);
            onEvent.run();
        }
    }

    @AfterEach
    void end() {
        server.close();
        streams.close();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private EventStream stream() throws Exception {
        return client().events(streams.client());
    }

    private GitpodClient client() throws Exception {
        return new GitpodClient(
                http,
                GitpodEndpoint.parse(server.url()),
                BearerToken.of(TOKEN),
                new ClientLimits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(1), 4096),
                "test");
    }

    private void read(String body) throws Exception {
        server.then(exchange -> {
            exchange.send(HEAD + body);
            return false;
        });
        Streams.read(stream(), heard);
    }

    private GitpodException fail(ScriptedServer.Step step) {
        server.then(step);
        GitpodException e = assertThrows(GitpodException.class, () -> Streams.read(stream(), heard));
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text, true));
        assertThat(text.toString(), not(containsString(TOKEN)));
        return e;
    }

    @Test
    void itAsksForAllPrebuildsOfTheOrganizationInAFrame() throws Exception {
        read("");
        ScriptedServer.Received request = server.onlyRequest();
        assertThat(request.requestLine(), is("POST /api/gitpod.v1.EventService/WatchEvents HTTP/1.1"));
        assertThat(request.header("Accept"), is("application/connect+json"));
        assertThat(request.header("Content-Type"), is("application/connect+json"));
        assertThat(request.header("Connect-Protocol-Version"), is("1"));
        assertThat(request.header("Accept-Encoding"), is("identity"));
        assertThat(request.header("Authorization"), is("Bearer " + TOKEN));
        assertThat(request.body(), is("\0\0\0\0" + (char) REQUEST.length() + REQUEST));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 406, 415})
    void aServerThatDoesNotKnowFramesIsAskedForLines(int status) throws Exception {
        server.then(ScriptedServer.andClose(ScriptedServer.answer(status, null, "")));
        read(UPDATE);
        assertThat(heard.opened, is(1));
        assertThat(heard.events, contains(new PrebuildEvent("p1", false)));
        assertThat(server.requests().size(), is(2));
        ScriptedServer.Received request = server.requests().get(1);
        assertThat(request.header("Accept"), is("application/jsonl"));
        assertThat(request.header("Content-Type"), is("application/json"));
        assertThat(request.header("Accept-Encoding"), is("identity"));
        assertThat(request.header("Authorization"), is("Bearer " + TOKEN));
        assertThat(request.body(), is(REQUEST));
    }

    @Test
    void whatWorkedIsTriedFirstNextTimeAndTheOtherAfterA415() throws Exception {
        GitpodClient client = client();
        ScriptedServer.Step lines = exchange -> {
            exchange.send(HEAD + UPDATE);
            return false;
        };
        ScriptedServer.Step unknown = ScriptedServer.andClose(ScriptedServer.answer(415, null, ""));
        server.then(unknown, lines, lines, unknown, frames(frame(0, EVENT), frame(2, "{}")));
        Streams.read(client.events(streams.client()), heard);
        Streams.read(client.events(streams.client()), heard);
        Streams.read(client.events(streams.client()), heard);
        assertThat(
                server.requests().stream().map(each -> each.header("Accept")).toList(),
                contains(
                        "application/connect+json",
                        "application/jsonl",
                        "application/jsonl",
                        "application/jsonl",
                        "application/connect+json"));
        assertThat(heard.events.size(), is(3));
    }

    @Test
    void aFormThatHasWorkedIsNotLeftForABadRequest() throws Exception {
        GitpodClient client = client();
        server.then(frames(frame(2, "{}")), ScriptedServer.json(400, "{\"code\":\"invalid_argument\"}"));
        Streams.read(client.events(streams.client()), heard);
        GitpodException e =
                assertThrows(GitpodException.class, () -> Streams.read(client.events(streams.client()), heard));
        assertThat(e.code(), is(ErrorCode.INVALID_ARGUMENT));
        assertThat(server.requests().size(), is(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 429, 500, 501, 503})
    void anotherRefusalIsNoQuestionOfTheForm(int status) {
        assertThat(fail(ScriptedServer.answer(status, null, "")).httpStatus(), is(status));
        assertThat(server.requests().size(), is(1));
    }

    private static byte[] frame(int flags, String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + text.length)
                .put((byte) flags)
                .putInt(text.length)
                .put(text)
                .array();
    }

    private static ScriptedServer.Step frames(byte[]... frames) {
        return exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Type: application/connect+json\r\n\r\n");
            for (byte[] frame : frames) {
                exchange.send(frame);
            }
            return false;
        };
    }

    @Test
    void framesAreHeardInOrderAndTheEndFrameIsNoError() throws Exception {
        server.then(frames(
                frame(0, EVENT),
                frame(0, ""),
                frame(0, "[]"),
                frame(0, EVENT.replace("p1", "p2").replace("UPDATE_STATUS", "CREATE")),
                frame(2, "{\"metadata\":{\"a\":[\"b\"]}}"),
                frame(0, EVENT.replace("p1", "after the end"))));
        Streams.read(stream(), heard);
        assertThat(heard.opened, is(1));
        assertThat(heard.events, contains(new PrebuildEvent("p1", false), new PrebuildEvent("p2", true)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"error\":%s}", "{\"metadata\":{},\"error\":%s}"})
    void anErrorInTheEndFrameIsTyped(String end) {
        GitpodException e = fail(frames(frame(0, EVENT), frame(2, end.formatted(ERROR))));
        assertThat(e.kind(), is(Kind.API_ERROR));
        assertThat(e.code(), is(ErrorCode.RESOURCE_EXHAUSTED));
        assertThat(e.retryAfter().orElseThrow(), is(Duration.ofSeconds(2)));
        assertThat(heard.events.size(), is(1));
    }

    @Test
    void aStreamOfFramesWithoutItsEndFrameWasCut() {
        assertThat(fail(frames(frame(0, EVENT))).kind(), is(Kind.CONNECTION_LOST));
        assertThat(fail(frames(new byte[] {0, 0, 0})).kind(), is(Kind.CONNECTION_LOST));
        assertThat(fail(frames(new byte[] {0, 0, 0, 0, 9, '{'})).kind(), is(Kind.CONNECTION_LOST));
        assertThat(heard.events.size(), is(1));
    }

    static Stream<Arguments> badFrames() {
        return Stream.of(
                Arguments.of(frame(1, EVENT), "compressed"),
                Arguments.of(frame(3, "{}"), "compressed"),
                Arguments.of(frame(4, EVENT), "unknown flags 4"),
                Arguments.of(frame(2, "no JSON"), "no JSON"),
                Arguments.of(new byte[] {0, 0, 1, 0, 1}, "65537 bytes"),
                Arguments.of(new byte[] {0, -1, -1, -1, -1}, "4294967295 bytes"),
                Arguments.of("HTTP is what this is not".getBytes(StandardCharsets.UTF_8), "unknown flags 72"));
    }

    @ParameterizedTest
    @MethodSource("badFrames")
    void whatIsNoFrameIsNoStream(byte[] frame, String why) {
        GitpodException e = fail(frames(frame(0, EVENT), frame));
        assertThat(e.kind(), is(Kind.UNREADABLE));
        assertThat(e.getMessage(), containsString(why));
        assertThat(heard.events.size(), is(1));
    }

    @Test
    void aCompressedBodyIsNoStream() {
        GitpodException e = fail(exchange -> {
            exchange.send(HEAD.replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n") + UPDATE);
            return false;
        });
        assertThat(e.kind(), is(Kind.UNREADABLE));
        assertThat(e.getMessage(), containsString("compressed"));
    }

    /** The vendor's OpenAPI definition documents this one. */
    @Test
    void aLineThatIsABareErrorEndsTheStream() {
        GitpodException e = fail(exchange -> {
            exchange.send(HEAD + UPDATE + ERROR + "\n" + UPDATE);
            return false;
        });
        assertThat(e.kind(), is(Kind.API_ERROR));
        assertThat(e.code(), is(ErrorCode.RESOURCE_EXHAUSTED));
        assertThat(e.retryAfter().orElseThrow(), is(Duration.ofSeconds(2)));
        assertThat(heard.events.size(), is(1));
    }

    @Test
    void anEventWithACodeIsNoError() throws Exception {
        read(UPDATE.replace("{", "{\"code\":\"new\","));
        assertThat(heard.events, contains(new PrebuildEvent("p1", false)));
    }

    @Test
    void eventsAreHeardInOrderAndTheEndIsNoError() throws Exception {
        read(UPDATE + UPDATE.replace("p1", "p2").replace("UPDATE_STATUS", "CREATE"));
        assertThat(heard.opened, is(1));
        assertThat(heard.events, contains(new PrebuildEvent("p1", false), new PrebuildEvent("p2", true)));
    }

    @Test
    void whatIsNotUnderstoodIsPassedOver() throws Exception {
        read("\n  \r\nhello\n{}\n[1]\n{\"resourceId\":7,\"resourceType\":\"RESOURCE_TYPE_PREBUILD\"}\n"
                + UPDATE.replace("_PREBUILD", "_ENVIRONMENT")
                + UPDATE.replace("UPDATE_STATUS", "NEW_THING")
                        .replace("p1", "p3")
                        .replace("{", "{\"new\":[{}],"));
        assertThat(heard.events, contains(new PrebuildEvent("p3", false)));
    }

    @Test
    void aLastLineWithoutItsEndIsHeard() throws Exception {
        read(UPDATE.strip());
        assertThat(heard.events, contains(new PrebuildEvent("p1", false)));
    }

    @Test
    void oneThatIsClosedBetweenItsTwoFormsMakesNoSecondCall() throws Exception {
        EventStream stream = stream();
        server.then(exchange -> {
            streams.client().executor().execute(stream::close); // before the answer is read
            return ScriptedServer.answer(415, null, "").play(exchange);
        });
        assertThrows(CancellationException.class, () -> Streams.read(stream, heard));
        streams.flush();
        assertThat(server.requests().size(), is(1));
        assertThat(server.connections(), is(1));
    }

    @Test
    void anErrorInTheStreamEndsIt() {
        GitpodException e = fail(exchange -> {
            exchange.send(HEAD + UPDATE + "{\"error\":{\"code\":\"resource_exhausted\",\"message\":\"no " + TOKEN
                    + "\",\"details\":[{\"type\":\"google.rpc.RetryInfo\",\"value\":\"CgIIAg\"}]}}\n" + UPDATE);
            return false;
        });
        assertThat(e.code(), is(ErrorCode.RESOURCE_EXHAUSTED));
        assertThat(e.retryAfter().orElseThrow(), is(Duration.ofSeconds(2)));
        assertThat(heard.events.size(), is(1));
    }

    @Test
    void somethingElseThatTalksAllTheTimeIsNoStream() {
        GitpodException e = fail(exchange -> {
            exchange.send(HEAD + "tick\n".repeat(100));
            return false;
        });
        assertThat(e.kind(), is(Kind.UNREADABLE));
    }

    @Test
    void aLineWithoutEndIsNoStream() {
        GitpodException e = fail(exchange -> {
            exchange.send(HEAD + "x".repeat(200_000));
            return false;
        });
        assertThat(e.kind(), is(Kind.UNREADABLE));
    }

    @Test
    void anotherFormatIsNoStream() {
        GitpodException e = fail(ScriptedServer.json("{}"));
        assertThat(e.kind(), is(Kind.UNREADABLE));
        assertThat(heard.opened, is(0));
    }

    @Test
    void aPageIsNoStream() {
        GitpodException e = fail(ScriptedServer.answer(200, "text/html", "<html>" + TOKEN + "</html>"));
        assertThat(e.kind(), is(Kind.UNREADABLE));
    }

    @Test
    void aServerWithoutStreamsSaysSo() {
        GitpodException e = fail(ScriptedServer.answer(404, "text/html", "404 page not found"));
        assertThat(e.code(), is(ErrorCode.UNIMPLEMENTED));
        assertThat(
                fail(ScriptedServer.json(501, "{\"code\":\"unimplemented\"}")).code(), is(ErrorCode.UNIMPLEMENTED));
        ScriptedServer.Step unknown = ScriptedServer.andClose(ScriptedServer.answer(415, null, ""));
        server.then(unknown);
        assertThat(fail(unknown).httpStatus(), is(415));
    }

    @Test
    void aRefusalMayBeLongAndMayEchoTheToken() {
        GitpodException e = fail(
                ScriptedServer.json(401, "{\"code\":\"unauthenticated\",\"message\":\"bad token " + TOKEN + "\"}"));
        assertThat(e.code(), is(ErrorCode.UNAUTHENTICATED));
        assertThat(fail(ScriptedServer.json(500, " ".repeat(10_000))).kind(), is(Kind.TOO_LARGE));
    }

    @Test
    void noRedirectIsFollowed() {
        GitpodException e = fail(ScriptedServer.answer(307, null, "", "Location: " + server.url() + "/elsewhere"));
        assertThat(e.kind(), is(Kind.REDIRECT));
        assertThat(server.requests().size(), is(1));
    }

    @Test
    void aConnectionThatBreaksIsAFailureAndNotTriedAgain() {
        GitpodException e = fail(ScriptedServer.reset());
        assertThat(e.kind(), is(Kind.CONNECTION_LOST));
        assertThat(server.requests().size(), is(1));
        assertThat(
                fail(exchange -> {
                            exchange.send("HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"");
                            return false;
                        })
                        .kind(),
                is(Kind.CONNECTION_LOST));
    }

    @Test
    void closingEndsTheReadAndTheConnection() throws Exception {
        CompletableFuture<Integer> afterTheRequest = new CompletableFuture<>();
        server.then(exchange -> {
            exchange.send(HEAD);
            afterTheRequest.complete(exchange.in().read());
            return false;
        });
        EventStream stream = stream();
        heard.onOpen = () -> new Thread(stream::close).start();
        assertThrows(CancellationException.class, () -> Streams.read(stream, heard));
        assertThat(heard.events, is(empty()));
        assertThat("the end of the connection", afterTheRequest.get(30, TimeUnit.SECONDS), is(-1));
    }

    @Test
    void oneThatIsClosedWhileItOpensClosesItsConnectionAndIsNotHeard() throws Exception {
        CompletableFuture<Integer> afterTheRequest = new CompletableFuture<>();
        EventStream stream = stream();
        server.then(exchange -> {
            stream.close();
            afterTheRequest.complete(exchange.in().read());
            return false;
        });
        assertThrows(CancellationException.class, () -> Streams.read(stream, heard));
        assertThat("the end of the connection", afterTheRequest.get(30, TimeUnit.SECONDS), is(-1));
        assertThat(heard.opened, is(0));
    }

    @Test
    void oneThatIsClosedBeforeItIsReadMakesNoCall() throws Exception {
        EventStream stream = stream();
        stream.close();
        assertThrows(CancellationException.class, () -> Streams.read(stream, heard));
        streams.flush();
        assertThat(server.requests(), is(empty()));
        assertThat(server.connections(), is(0));
    }

    @Test
    void whatComesAfterTheCloseIsNotHeard() throws Exception {
        EventStream stream = stream();
        heard.onEvent = stream::close;
        server.then(exchange -> {
            exchange.send(HEAD + UPDATE + UPDATE);
            return false;
        });
        assertThrows(CancellationException.class, () -> Streams.read(stream, heard));
        streams.flush();
        assertThat(heard.events.size(), is(1));
    }

    @Test
    void anAnswerThatBeginsLateIsWaitedFor() throws Exception {
        server.then(exchange -> {
            streams.advance(Duration.ofMinutes(14));
            exchange.send(HEAD + UPDATE);
            return false;
        });
        Streams.read(stream(), heard);
        assertThat(heard.events, contains(new PrebuildEvent("p1", false)));
        assertThat(streams.timers(), is(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aStreamThatSaysNothingIsCut(int parts) {
        Runnable silence = () -> streams.advance(Duration.ofMinutes(16));
        heard.onOpen = parts == 1 ? silence : heard.onOpen;
        heard.onEvent = parts == 2 ? silence : heard.onEvent;
        GitpodException e = fail(exchange -> {
            if (parts == 0) {
                silence.run();
            } else {
                exchange.send(HEAD + UPDATE);
            }
            return ScriptedServer.hang().play(exchange);
        });
        assertThat(e.kind(), is(Kind.CALL_TIMEOUT));
        assertThat(e.delivery(), is(Delivery.UNCLEAR));
        assertThat(e.code(), is(ErrorCode.DEADLINE_EXCEEDED));
        assertThat(heard.events.size(), is(parts == 2 ? 1 : 0));
        assertThat(streams.timers(), is(0));
    }

    @Test
    void aStreamThatSaysAnythingIsKept() throws Exception {
        BlockingQueue<String> heardByClient = new LinkedBlockingQueue<>();
        heard.onEvent = () -> heardByClient.add("event");
        server.then(exchange -> {
            exchange.send(HEAD);
            for (int i = 0; i < 5; i++) {
                streams.advance(Duration.ofMinutes(10));
                exchange.send(UPDATE);
                await(heardByClient);
            }
            return false;
        });
        Streams.read(stream(), heard);
        assertThat(heard.events.size(), is(5));
    }

    private static void await(BlockingQueue<String> told) {
        try {
            assertThat(told.poll(30, TimeUnit.SECONDS), is("event"));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aServerThatIsNotThereWasSentNothing() {
        server.close();
        GitpodException e = assertThrows(GitpodException.class, () -> Streams.read(stream(), heard));
        assertThat(e.kind(), is(Kind.CONNECT_FAILED));
        assertThat(e.delivery(), is(Delivery.NOT_SENT));
    }

    @Test
    void aHostThatIsUnknownWasSentNothing() {
        GitpodClient client = Clients.client(http, "https://gitpod.invalid/api", Clients.SHORT);
        GitpodException e =
                assertThrows(GitpodException.class, () -> Streams.read(client.events(streams.client()), heard));
        assertThat(e.kind(), is(Kind.UNKNOWN_HOST));
        assertThat(e.delivery(), is(Delivery.NOT_SENT));
    }

    @Test
    void aHostThatTheJdkDoesNotTakeWasSentNothing() {
        GitpodClient client = Clients.client(http, "https://my_gitpod.invalid/api", Clients.SHORT);
        GitpodException e =
                assertThrows(GitpodException.class, () -> Streams.read(client.events(streams.client()), heard));
        assertThat(e.kind(), is(Kind.CONNECT_FAILED));
        assertThat(e.delivery(), is(Delivery.NOT_SENT));
    }

    /** It says nothing of that, so the client may use the connection again. */
    @Test
    void aServerThatClosesAfterItsRefusalOfTheFormIsAskedOnANewConnection() throws Exception {
        server.then(ScriptedServer.answer(415, null, ""), ScriptedServer.hangUp());
        read(UPDATE);
        assertThat(heard.events, contains(new PrebuildEvent("p1", false)));
        assertThat(server.requests().size(), is(3));
    }

    @Test
    void aServerThatAlwaysClosesAfterItsRefusalIsNotAskedWithoutEnd() {
        server.then(ScriptedServer.answer(415, null, ""), ScriptedServer.hangUp());
        assertThat(fail(ScriptedServer.hangUp()).kind(), is(Kind.CONNECTION_LOST));
        assertThat(server.requests().size(), is(3));
    }
}
