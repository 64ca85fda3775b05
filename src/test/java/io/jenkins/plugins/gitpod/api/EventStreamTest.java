package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStreamTest {

    private static final String TOKEN = "secret-token-of-the-stream";
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\n\r\n";
    private static final String UPDATE =
            "{\"operation\":\"RESOURCE_OPERATION_UPDATE_STATUS\",\"resourceType\":\"RESOURCE_TYPE_PREBUILD\","
                    + "\"resourceId\":\"p1\"}\n";

    private final ScriptedServer server = new ScriptedServer();
    private final OkHttpClient http = new OkHttpClient();
    private final Heard heard = new Heard();

    private static final class Heard implements EventStream.Listener {
        int opened;
        final List<PrebuildEvent> events = new ArrayList<>();
        Runnable onOpen = () -> {};

        @Override
        public void opened() {
            opened++;
            onOpen.run();
        }

        @Override
        public void event(PrebuildEvent event) {
            events.add(event);
        }
    }

    @AfterEach
    void end() {
        server.close();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private EventStream stream() throws Exception {
        return new GitpodClient(
                        http,
                        GitpodEndpoint.parse(server.url()),
                        BearerToken.of(TOKEN),
                        new ClientLimits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(1), 4096),
                        "test")
                .events();
    }

    private void read(String body) throws Exception {
        server.then(exchange -> {
            exchange.send(HEAD + body);
            return false;
        });
        stream().read(heard);
    }

    private GitpodException fail(ScriptedServer.Step step) {
        server.then(step);
        GitpodException e = assertThrows(GitpodException.class, () -> stream().read(heard));
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text, true));
        assertThat(text.toString(), not(containsString(TOKEN)));
        return e;
    }

    @Test
    void itAsksForAllPrebuildsOfTheOrganizationAsLines() throws Exception {
        read("");
        ScriptedServer.Received request = server.onlyRequest();
        assertThat(request.requestLine(), is("POST /api/gitpod.v1.EventService/WatchEvents HTTP/1.1"));
        assertThat(request.header("Accept"), is("application/jsonl"));
        assertThat(request.header("Content-Type"), is("application/json"));
        assertThat(request.header("Authorization"), is("Bearer " + TOKEN));
        assertThat(
                request.body(),
                is("{\"organization\":true,\"resourceTypeFilters\":[{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\"}]}"));
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
        assertThat(fail(ScriptedServer.answer(415, null, "")).httpStatus(), is(415));
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
    void whoClosesItEndsTheRead() throws Exception {
        server.then(exchange -> {
            exchange.send(HEAD);
            ScriptedServer.hang().play(exchange);
            return false;
        });
        EventStream stream = stream();
        heard.onOpen = () -> new Thread(stream::close).start();
        GitpodException e = assertThrows(GitpodException.class, () -> stream.read(heard));
        assertThat(e.kind(), is(Kind.CONNECTION_LOST));
        assertThat(e.delivery(), is(Delivery.UNCLEAR));
        assertThat(heard.events, is(empty()));
    }

    @Test
    void oneThatIsClosedBeforeItIsReadMakesNoCall() throws Exception {
        EventStream stream = stream();
        stream.close();
        GitpodException e = assertThrows(GitpodException.class, () -> stream.read(heard));
        assertThat(server.requests(), is(empty()));
        assertThat(e.retryAfter().orElse(null), is(nullValue()));
    }
}
