package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.MADE;
import static io.jenkins.plugins.gitpod.api.Clients.create;
import static io.jenkins.plugins.gitpod.api.Clients.failedCreate;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One call to create is at most one request, along each way on which OkHttp sends a request again by itself. The
 * connection is one that was used before, except where a test says otherwise, for most of these ways begin there.
 */
class CreateAtMostOnceTest {

    private final ScriptedServer server = new ScriptedServer();

    @AfterEach
    void close() {
        server.close();
    }

    /** What makes OkHttp, left to its defaults, send a POST twice. */
    static List<Arguments> waysThatPlainOkHttpGoes() {
        return List.of(
                Arguments.of("reset after the request was read", ScriptedServer.reset()),
                Arguments.of("closed after the request was read", ScriptedServer.hangUp()),
                Arguments.of("307", status(307, "Location: /api/elsewhere")),
                Arguments.of("308", status(308, "Location: /api/elsewhere")),
                Arguments.of("408", status(408)),
                Arguments.of("408 with Retry-After 0", status(408, "Retry-After: 0")),
                Arguments.of("503 with Retry-After 0", status(503, "Retry-After: 0")));
    }

    /** Ways on which it might. */
    static final List<Arguments> OTHER_WAYS = List.of(
            Arguments.of("301", status(301, "Location: /api/elsewhere")),
            Arguments.of("302", status(302, "Location: /api/elsewhere")),
            Arguments.of("303", status(303, "Location: /api/elsewhere")),
            Arguments.of("401", status(401, "WWW-Authenticate: Basic realm=\"x\"")),
            Arguments.of("407", status(407, "Proxy-Authenticate: Basic realm=\"x\"")),
            Arguments.of("421", status(421)),
            Arguments.of("425", status(425)),
            Arguments.of("429 with Retry-After 0", status(429, "Retry-After: 0")),
            Arguments.of("502", status(502)),
            Arguments.of("504 with Retry-After 0", status(504, "Retry-After: 0")),
            Arguments.of(
                    "half an answer",
                    ScriptedServer.andClose(ScriptedServer.bytes("HTTP/1.1 200 OK\r\nContent-Le".getBytes()))));

    static Stream<Arguments> allWays() {
        return Stream.concat(waysThatPlainOkHttpGoes().stream(), OTHER_WAYS.stream());
    }

    private static ScriptedServer.Step status(int status, String... headers) {
        return ScriptedServer.answer(status, "text/html", "<html>", headers);
    }

    /** A base client that would answer any question for a password. */
    private static OkHttpClient eagerBase() {
        return new OkHttpClient.Builder()
                .retryOnConnectionFailure(true)
                .followRedirects(true)
                .authenticator((route, response) -> response.request()
                        .newBuilder()
                        .header("Authorization", "Basic eDp5")
                        .build())
                .proxyAuthenticator((route, response) -> response.request()
                        .newBuilder()
                        .header("Proxy-Authorization", "Basic eDp5")
                        .build())
                .build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allWays")
    void createIsSentOnceOnAReusedConnection(String way, ScriptedServer.Step step) throws Exception {
        server.then(ScriptedServer.json(MADE), step);
        GitpodClient client = Clients.reusingClient(eagerBase(), server.url());
        create(client);

        failedCreate(client);

        assertThat(connectionsOfRequests(), contains(1, 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("allWays")
    void createIsSentOnceOnAFreshConnection(String way, ScriptedServer.Step step) {
        server.then(step);

        failedCreate(Clients.client(eagerBase(), server.url(), ClientLimits.defaults()));

        assertThat(server.requests(), hasSize(1));
    }

    /** The tests above would pass too if OkHttp never sent anything twice: it does. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("waysThatPlainOkHttpGoes")
    void plainOkHttpSendsTheSameRequestTwice(String way, ScriptedServer.Step step) throws Exception {
        server.then(ScriptedServer.json(MADE), step);
        OkHttpClient plain = eagerBase();
        post(plain);

        post(plain);

        assertThat(server.requests().size(), greaterThan(2));
    }

    private void post(OkHttpClient plain) throws IOException {
        Request request = new Request.Builder()
                .url(server.url())
                .post(RequestBody.create(new byte[] {'{', '}'}))
                .build();
        try (Response response = plain.newCall(request).execute()) {
            response.body().bytes();
        }
    }

    @Test
    void createIsSentOnceThoughTheServerClosedThePooledConnection() throws Exception {
        server.then(ScriptedServer.andClose(ScriptedServer.json(MADE)), ScriptedServer.json(MADE));
        GitpodClient client = Clients.reusingClient(new OkHttpClient(), server.url());
        create(client);

        // The pool may see the close before or only after it lent the connection; both are to be right.
        try {
            create(client);
            assertThat(connectionsOfRequests(), contains(1, 2));
        } catch (GitpodException e) {
            assertThat(e.kind(), is(Kind.CONNECTION_LOST));
            assertThat(connectionsOfRequests(), contains(1));
        }
    }

    @Test
    void everyCreateHasAConnectionOfItsOwn() throws Exception {
        server.then(ScriptedServer.json(MADE), ScriptedServer.json(MADE), ScriptedServer.json(MADE));
        GitpodClient client = Clients.client(server);
        client.getPrebuild(Clients.PREBUILD);

        create(client);
        create(client);

        assertThat(connectionsOfRequests(), contains(1, 2, 3));
    }

    @Test
    void readsShareAConnection() throws Exception {
        server.then(ScriptedServer.json(MADE), ScriptedServer.json(MADE));
        GitpodClient client = Clients.client(server);

        client.getPrebuild(Clients.PREBUILD);
        client.getPrebuild(Clients.PREBUILD);

        assertThat(connectionsOfRequests(), contains(1, 1));
    }

    @Test
    void createIsNotSentToTheNextAddressOfTheHost() throws Exception {
        try (ScriptedServer second = new ScriptedServer("127.0.0.2", server.port())) {
            server.then(ScriptedServer.reset());
            second.then(ScriptedServer.reset());
            OkHttpClient base = resolvingTo("127.0.0.1", "127.0.0.2");
            String url = "http://localhost:" + server.port() + "/api";

            GitpodException e = failedCreate(Clients.client(base, url, ClientLimits.defaults()));

            assertThat(server.requests().size() + second.requests().size(), is(1));
            assertThat(e.delivery(), is(Delivery.UNCLEAR));
        }
    }

    @Test
    void plainOkHttpSendsARequestToTheNextAddressOfTheHost() throws Exception {
        try (ScriptedServer second = new ScriptedServer("127.0.0.2", server.port())) {
            server.then(ScriptedServer.reset());
            second.then(ScriptedServer.json(MADE));
            OkHttpClient plain = resolvingTo("127.0.0.1", "127.0.0.2");
            String url = "http://localhost:" + server.port() + "/api";

            Request request = new Request.Builder()
                    .url(url)
                    .post(RequestBody.create(new byte[] {'{', '}'}))
                    .build();
            try (Response response = plain.newCall(request).execute()) {
                assertThat(response.code(), is(200));
            }

            assertThat(server.requests().size() + second.requests().size(), is(2));
        }
    }

    @Test
    void createReachesAnAddressThoughTheOneBeforeRefuses() throws Exception {
        server.then(ScriptedServer.json(MADE));
        OkHttpClient base = resolvingTo("127.0.0.2", "127.0.0.1");
        String url = "http://localhost:" + server.port() + "/api";

        create(Clients.client(base, url, ClientLimits.defaults()));

        assertThat(server.requests(), hasSize(1));
    }

    private static OkHttpClient resolvingTo(String first, String second) throws IOException {
        List<InetAddress> addresses = List.of(InetAddress.getByName(first), InetAddress.getByName(second));
        return new OkHttpClient.Builder().dns(host -> addresses).build();
    }

    private List<Integer> connectionsOfRequests() {
        return server.requests().stream()
                .map(ScriptedServer.Received::connection)
                .toList();
    }
}
