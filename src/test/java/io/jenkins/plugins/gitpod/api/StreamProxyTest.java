package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Event streams through a proxy, and past it. */
class StreamProxyTest {

    private static final String ELSEWHERE = "https://gitpod.example/api";
    private static final String EVENT = "{\"resourceType\":\"RESOURCE_TYPE_PREBUILD\",\"resourceId\":\"p1\"}\n";

    private final ScriptedServer proxy = new ScriptedServer();
    private final List<PrebuildEvent> heard = new ArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private InetSocketAddress proxyAddress = new InetSocketAddress("127.0.0.1", proxy.port());

    @AfterEach
    void close() {
        proxy.close();
    }

    /** A proxy with a password, but not for hosts of this machine if it is told so. */
    private StreamProxies proxies(boolean skipped) {
        return new StreamProxies() {
            @Override
            public Proxy proxy(String host) {
                return skipped ? Proxy.NO_PROXY : new Proxy(Proxy.Type.HTTP, proxyAddress);
            }

            @Override
            public String authorization() {
                return "Basic eDp5";
            }
        };
    }

    private void stream(HttpExchange exchange) throws IOException {
        authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getResponseHeaders().set("Content-Type", "application/jsonl");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(EVENT.getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }

    private void read(Streams streams, String url) throws Exception {
        GitpodClient client = Clients.client(new OkHttpClient(), url, ClientLimits.defaults());
        Streams.read(client.events(streams.client()), new EventStream.Listener() {
            @Override
            public void opened() {}

            @Override
            public void event(PrebuildEvent event) {
                heard.add(event);
            }
        });
    }

    private void read(boolean skipped, SSLContext trust, String url) throws Exception {
        try (Streams streams = new Streams(proxies(skipped), builder -> builder.sslContext(trust))) {
            read(streams, url);
        }
    }

    @Test
    void aTunnelIsUsedAndTheProxySeesNoToken() throws Exception {
        try (TlsServer server = new TlsServer(this::stream)) {
            proxy.then(ScriptedServer.tunnel(server.port()));
            read(false, server.trust(), server.url("localhost"));
            ScriptedServer.Received request = proxy.onlyRequest();
            assertThat(request.requestLine(), is("CONNECT localhost:" + server.port() + " HTTP/1.1"));
            assertThat(request.toString(), not(containsString(Clients.TOKEN)));
            assertThat(heard, contains(new PrebuildEvent("p1", false)));
            assertThat(authorizations, contains("Bearer " + Clients.TOKEN));
            assertThat("what the server sees of the proxy's password", server.proxyPasswords(), contains("null"));
        }
    }

    @Test
    void aHostWithoutProxyGetsNoPasswordOfTheProxy() throws Exception {
        try (TlsServer server = new TlsServer(this::stream)) {
            read(true, server.trust(), server.url("localhost"));
            assertThat(proxy.connections(), is(0));
            assertThat(authorizations, hasSize(1));
            assertThat(server.proxyPasswords(), contains("null"));
        }
    }

    @Test
    void plainHttpToThisMachineGoesPastTheProxy() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            server.then(exchange -> {
                exchange.send("HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\n\r\n" + EVENT);
                return false;
            });
            read(false, trustOfTheJdk(), server.url());
            assertThat(heard, hasSize(1));
            assertThat(server.onlyRequest().header("Proxy-Authorization"), is(nullValue()));
            assertThat(proxy.connections(), is(0));
        }
    }

    @Test
    void aProxyThatIsNotThereSentNothing() throws Exception {
        proxy.close();
        failsAtProxy();
    }

    @Test
    void aProxyWhoseNameIsUnknownSentNothing() throws Exception {
        proxyAddress = InetSocketAddress.createUnresolved("proxy.invalid", 3128);
        failsAtProxy();
    }

    @Test
    void aProxyThatRefusesTheTunnelSentNothing() throws Exception {
        proxy.then(ScriptedServer.answer(502, "text/html", "<html>"));
        failsAtProxy();
    }

    @Test
    void aProxyThatWantsAPasswordThatItDoesNotGetSentNothing() throws Exception {
        proxy.then(ScriptedServer.answer(407, "text/html", "", "Proxy-Authenticate: Basic realm=\"x\""));
        failsAtProxy();
        assertThat(proxy.onlyRequest().header("Authorization"), is(nullValue()));
    }

    @Test
    void aProxyThatHangsUpSentNothing() throws Exception {
        proxy.then(ScriptedServer.hangUp(), ScriptedServer.hangUp());
        failsAtProxy();
    }

    @Test
    void aProxyThatHangsIsLeftAfterTheLimitForConnecting() throws Exception {
        try (Streams streams = new Streams(proxies(false), builder -> builder)) {
            proxy.then(exchange -> {
                streams.advance(Duration.ofSeconds(11));
                return ScriptedServer.hang().play(exchange);
            });
            failsAtProxy(streams);
        }
    }

    @Test
    void aServerBehindTheProxyThatAsksForItsPasswordIsRefused() throws Exception {
        try (TlsServer server = new TlsServer(TlsServer.answer(407, ""))) {
            proxy.then(ScriptedServer.tunnel(server.port()));
            GitpodException e =
                    assertThrows(GitpodException.class, () -> read(false, server.trust(), server.url("localhost")));
            assertThat(e.kind(), is(Kind.HTTP_ERROR));
            assertThat(e.httpStatus(), is(407));
            assertThat(server.proxyPasswords(), contains("null"));
        }
    }

    @Test
    void anUnknownCertificateIsATlsMatterWithAndWithoutProxy() throws Exception {
        try (TlsServer server = new TlsServer(this::stream)) {
            proxy.then(ScriptedServer.tunnel(server.port()));
            for (boolean skipped : new boolean[] {false, true}) {
                GitpodException e = assertThrows(
                        GitpodException.class, () -> read(skipped, trustOfTheJdk(), server.url("localhost")));
                assertThat(e.kind(), is(Kind.TLS));
                assertThat(e.delivery(), is(Delivery.NOT_SENT));
            }
            assertThat(authorizations, hasSize(0));
        }
    }

    @Test
    void aProxyThatCannotBeFoundOutSentNothing() {
        StreamProxies broken = host -> {
            throw new IllegalStateException("no " + Clients.TOKEN);
        };
        try (Streams streams = new Streams(broken, builder -> builder)) {
            GitpodException e = assertThrows(GitpodException.class, () -> read(streams, ELSEWHERE));
            assertThat(e.delivery(), is(Delivery.NOT_SENT));
            assertThat(e.getMessage(), not(containsString(Clients.TOKEN)));
        }
    }

    private static SSLContext trustOfTheJdk() throws NoSuchAlgorithmException {
        return SSLContext.getDefault();
    }

    private void failsAtProxy() throws Exception {
        try (Streams streams = new Streams(proxies(false), builder -> builder)) {
            failsAtProxy(streams);
        }
    }

    private void failsAtProxy(Streams streams) {
        GitpodException e = assertThrows(GitpodException.class, () -> read(streams, ELSEWHERE));
        assertThat(e.getMessage(), e.kind(), is(Kind.PROXY));
        assertThat(e.delivery(), is(Delivery.NOT_SENT));
    }
}
