package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.failedCreate;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.net.InetAddress;
import java.util.List;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class TlsTest {

    @Test
    void aCertificateThatNobodyKnowsIsRefusedAndNothingWasSent() throws Exception {
        try (TlsServer server = new TlsServer(TlsServer.answer(200, Clients.MADE))) {
            refusedUnsent(server, new OkHttpClient(), "localhost");
        }
    }

    @Test
    void aCertificateOfAnotherHostIsRefusedAndNothingWasSent() throws Exception {
        try (TlsServer server = new TlsServer(TlsServer.answer(200, Clients.MADE))) {
            OkHttpClient base = server.trusting()
                    .dns(host -> List.of(InetAddress.getByName("127.0.0.1")))
                    .build();

            refusedUnsent(server, base, "gitpod.example");
        }
    }

    @Test
    void aServerThatSpeaksNoTlsIsRefusedAndNothingWasSent() {
        try (ScriptedServer server = new ScriptedServer()) {
            // It reads the handshake as a request line that never ends; whatever comes then is no TLS.
            GitpodException e = failedCreate(
                    Clients.client(new OkHttpClient(), "https://127.0.0.1:" + server.port() + "/api", Clients.SHORT));

            assertThat(e.delivery(), is(Delivery.NOT_SENT));
            assertThat(server.requests(), hasSize(0));
        }
    }

    @Test
    void aTrustedServerIsSpokenTo() throws Exception {
        try (TlsServer server = new TlsServer(TlsServer.answer(200, Clients.MADE))) {
            Prebuild prebuild = Clients.create(
                    Clients.client(server.trusting().build(), server.url("localhost"), ClientLimits.defaults()));

            assertThat(prebuild.id(), is(Clients.PREBUILD));
        }
    }

    private static void refusedUnsent(TlsServer server, OkHttpClient base, String host) {
        GitpodException e = failedCreate(Clients.client(base, server.url(host), ClientLimits.defaults()));

        assertThat(e.getMessage(), e.kind(), is(Kind.TLS));
        assertThat(e.delivery(), is(Delivery.NOT_SENT));
        assertThat(server.proxyPasswords(), hasSize(0));
    }
}
