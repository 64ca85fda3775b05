package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.MADE;
import static io.jenkins.plugins.gitpod.api.Clients.create;
import static io.jenkins.plugins.gitpod.api.Clients.failedCreate;
import static io.jenkins.plugins.gitpod.api.Clients.failedGet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Authenticator;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyTest {

    private static final String ELSEWHERE = "https://gitpod.example/api";
    private static final Authenticator PASSWORD =
            (route, response) -> response.request().header("Proxy-Authorization") != null
                    ? null
                    : response.request()
                            .newBuilder()
                            .header("Proxy-Authorization", "Basic eDp5")
                            .build();

    private final ScriptedServer proxy = new ScriptedServer();

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void aProxyThatIsNotThereSentNothing() {
        proxy.close();

        failsAtProxy(through(new OkHttpClient.Builder()), ELSEWHERE);
    }

    @Test
    void aProxyWhoseNameIsUnknownSentNothing() {
        OkHttpClient base = new OkHttpClient.Builder()
                .proxy(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.invalid", 3128)))
                .dns(host -> {
                    throw new UnknownHostException(host);
                })
                .build();

        failsAtProxy(base, ELSEWHERE);
    }

    @Test
    void aProxyThatRefusesTheTunnelSentNothing() {
        proxy.then(ScriptedServer.answer(502, "text/html", "<html>"));

        failsAtProxy(through(new OkHttpClient.Builder()), ELSEWHERE);
    }

    @Test
    void aProxyThatWantsAPasswordNobodyHasSentNothing() {
        proxy.then(ScriptedServer.answer(407, "text/html", "", "Proxy-Authenticate: Basic realm=\"x\""));

        failsAtProxy(through(new OkHttpClient.Builder()), ELSEWHERE);
        assertThat(proxy.onlyRequest().header("Authorization"), is(nullValue()));
    }

    @Test
    void aProxyThatHangsUpSentNothing() {
        proxy.then(ScriptedServer.hangUp(), ScriptedServer.hangUp());

        failsAtProxy(through(new OkHttpClient.Builder()), ELSEWHERE);
    }

    @Test
    void aProxyThatWantsAPasswordGetsItAndTheTunnelIsUsed() throws Exception {
        try (TlsServer server = new TlsServer(TlsServer.answer(200, MADE))) {
            proxy.then(ScriptedServer.tunnel(server.port()));

            create(Clients.client(
                    through(server.trusting().proxyAuthenticator(PASSWORD)),
                    server.url("localhost"),
                    ClientLimits.defaults()));

            assertThat(proxy.onlyRequest().header("Proxy-Authorization"), is("Basic eDp5"));
            assertThat(proxy.onlyRequest().header("Authorization"), is(nullValue()));
            assertThat(server.proxyPasswords(), contains("null"));
        }
    }

    @Test
    void aServerBehindTheProxyGetsNeitherItsPasswordNorASecondRequest() throws Exception {
        try (TlsServer server = new TlsServer(TlsServer.answer(407, ""))) {
            proxy.then(ScriptedServer.tunnel(server.port()), ScriptedServer.tunnel(server.port()));
            GitpodClient client = Clients.client(
                    through(server.trusting().proxyAuthenticator(PASSWORD)),
                    server.url("localhost"),
                    ClientLimits.defaults());

            GitpodException created = failedCreate(client);
            GitpodException read = failedGet(client);

            assertThat(List.of(created.kind(), read.kind()), contains(Kind.HTTP_ERROR, Kind.HTTP_ERROR));
            assertThat(List.of(created.httpStatus(), read.httpStatus()), contains(407, 407));
            assertThat(server.proxyPasswords(), contains("null", "null"));
        }
    }

    @Test
    void aCertificateBehindTheProxyIsStillATlsMatter() throws Exception {
        try (TlsServer server = new TlsServer(TlsServer.answer(200, MADE))) {
            proxy.then(ScriptedServer.tunnel(server.port()));

            GitpodException e = failedCreate(Clients.client(
                    through(new OkHttpClient.Builder()), server.url("localhost"), ClientLimits.defaults()));

            assertThat(e.kind(), is(Kind.TLS));
            assertThat(e.delivery(), is(Delivery.NOT_SENT));
        }
    }

    @Test
    void plainHttpToThisMachineGoesPastTheProxy() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            server.then(ScriptedServer.json(MADE));

            create(Clients.client(through(new OkHttpClient.Builder()), server.url(), ClientLimits.defaults()));

            assertThat(server.requests(), hasSize(1));
            assertThat(proxy.connections(), is(0));
        }
    }

    private OkHttpClient through(OkHttpClient.Builder base) {
        return base.proxy(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", proxy.port())))
                .build();
    }

    private static void failsAtProxy(OkHttpClient base, String url) {
        GitpodException e = failedCreate(Clients.client(base, url, Clients.SHORT));

        assertThat(e.getMessage(), e.kind(), is(Kind.PROXY));
        assertThat(e.delivery(), is(Delivery.NOT_SENT));
    }
}
