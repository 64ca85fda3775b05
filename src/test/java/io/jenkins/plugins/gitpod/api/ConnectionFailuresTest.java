package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.MADE;
import static io.jenkins.plugins.gitpod.api.Clients.SHORT;
import static io.jenkins.plugins.gitpod.api.Clients.failedCreate;
import static io.jenkins.plugins.gitpod.api.Clients.failedGet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionFailuresTest {

    private final ScriptedServer server = new ScriptedServer();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aHostWithoutAddressIsUnknownAndNothingWasSent() {
        OkHttpClient base = new OkHttpClient.Builder()
                .dns(host -> {
                    throw new UnknownHostException(host);
                })
                .build();

        failsUnsent(failedCreate(client(base, "https://gitpod.example/api")), Kind.UNKNOWN_HOST);
    }

    @Test
    void aRefusedConnectionSentNothing() {
        server.close();

        failsUnsent(failedCreate(Clients.client(server)), Kind.CONNECT_FAILED);
    }

    @Test
    void aConnectionThatIsNotMadeInTimeSentNothing() {
        OkHttpClient base = new OkHttpClient.Builder()
                .socketFactory(new DeadSockets(new AtomicReference<>()))
                .build();

        GitpodException e = failedCreate(client(base, server.url()));

        failsUnsent(e, Kind.CONNECT_TIMEOUT);
    }

    @Test
    void aTlsHandshakeThatNobodyAnswersSentNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            GitpodException e =
                    failedCreate(client(new OkHttpClient(), "https://127.0.0.1:" + silent.getLocalPort() + "/api"));

            failsUnsent(e, Kind.CONNECT_TIMEOUT);
        }
    }

    @Test
    void aRefusedAddressIsFollowedByTheNextOneOfTheHost() throws Exception {
        server.then(ScriptedServer.json(MADE));
        OkHttpClient base = new OkHttpClient.Builder()
                .dns(host -> List.of(InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1")))
                .build();

        Prebuild made = Clients.create(client(base, server.url().replace("127.0.0.1", "localhost")));

        assertThat(made.id(), is(Clients.PREBUILD));
    }

    @Test
    void aCallConnectsOnItsOwnThread() {
        AtomicReference<Thread> connecting = new AtomicReference<>();
        OkHttpClient base = new OkHttpClient.Builder()
                .socketFactory(new DeadSockets(connecting))
                .build();

        failedCreate(client(base, server.url()));

        assertThat(connecting.get(), is(Thread.currentThread()));
    }

    @Test
    void anInterruptBeforeTheRequestSentNothing() {
        Thread.currentThread().interrupt();
        try {
            GitpodException e = failedCreate(Clients.client(server));

            assertThat(e.kind(), is(Kind.CONNECTION_LOST));
            assertThat(Thread.currentThread().isInterrupted(), is(true));
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aBaseClientThatBreaksSentNothing() {
        OkHttpClient base = new OkHttpClient.Builder()
                .dns(host -> {
                    throw new IllegalStateException("broken");
                })
                .build();

        failsUnsent(failedCreate(client(base, "https://gitpod.example/api")), Kind.CONNECT_FAILED);
    }

    @Test
    void aResetAfterTheRequestLeavesTheOutcomeUnclear() {
        server.then(ScriptedServer.reset());

        failsUnclear(failedCreate(Clients.client(server)), Kind.CONNECTION_LOST);
    }

    @Test
    void aCloseAfterTheRequestLeavesTheOutcomeUnclear() {
        server.then(ScriptedServer.hangUp());

        failsUnclear(failedCreate(Clients.client(server)), Kind.CONNECTION_LOST);
    }

    @Test
    void anAnswerThatIsCutShortLeavesTheOutcomeUnclear() {
        byte[] whole = ScriptedServer.response(200, "application/json", MADE.getBytes(StandardCharsets.UTF_8));
        byte[] part = Arrays.copyOf(whole, whole.length - 5);
        server.then(ScriptedServer.andClose(ScriptedServer.bytes(part)));

        GitpodException e = failedCreate(Clients.client(server));

        failsUnclear(e, Kind.CONNECTION_LOST);
        assertThat(e.httpStatus(), is(200));
    }

    @Test
    void whatIsNotHttpLeavesTheOutcomeUnclear() {
        server.then(ScriptedServer.andClose(
                ScriptedServer.bytes("SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.US_ASCII))));

        failsUnclear(failedCreate(Clients.client(server)), Kind.CONNECTION_LOST);
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() {
        server.then(ScriptedServer.hang());

        GitpodException e = failedCreate(Clients.client(server, SHORT));

        failsUnclear(e, Kind.CALL_TIMEOUT);
        assertThat(e.code(), is(ErrorCode.DEADLINE_EXCEEDED));
        assertThat(server.requests(), hasSize(1));
    }

    @Test
    void aServerThatDripsIsGivenUpWhenTheCallHasTakenTooLong() {
        server.then(ScriptedServer.drip());
        ClientLimits limits =
                new ClientLimits(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMillis(300), 1024 * 1024);

        failsUnclear(failedCreate(Clients.client(server, limits)), Kind.CALL_TIMEOUT);
    }

    @Test
    void aReadIsTriedAgainOnAFreshConnection() throws Exception {
        server.then(ScriptedServer.json(MADE), ScriptedServer.hangUp(), ScriptedServer.json(MADE));
        GitpodClient client = Clients.client(server);

        client.getPrebuild(Clients.PREBUILD);
        client.getPrebuild(Clients.PREBUILD);

        assertThat(server.requests(), hasSize(3));
    }

    @Test
    void aReadThatWasSentIsUnclearThoughTheNextTryFoundNobody() {
        server.then(ScriptedServer.json(MADE), exchange -> {
            exchange.server().close();
            return false;
        });
        GitpodClient client = Clients.client(server);

        try {
            client.getPrebuild(Clients.PREBUILD);
        } catch (GitpodException e) {
            throw new AssertionError(e);
        }

        failsUnclear(failedGet(client), Kind.CONNECTION_LOST);
    }

    private static GitpodClient client(OkHttpClient base, String url) {
        return Clients.client(base, url, SHORT);
    }

    private static void failsUnsent(GitpodException e, Kind kind) {
        assertThat(e.getMessage(), e.kind(), is(kind));
        assertThat(e.delivery(), is(Delivery.NOT_SENT));
        assertThat(e.code(), is(ErrorCode.UNAVAILABLE));
        assertThat(e.httpStatus(), is(0));
    }

    private static void failsUnclear(GitpodException e, Kind kind) {
        assertThat(e.getMessage(), e.kind(), is(kind));
        assertThat(e.delivery(), is(Delivery.UNCLEAR));
    }

    /** Sockets that behave as if nobody answered, which no address does for certain on every network. */
    private static final class DeadSockets extends SocketFactory {

        private final AtomicReference<Thread> connecting;

        /** @param connecting gets the thread that connects */
        DeadSockets(AtomicReference<Thread> connecting) {
            this.connecting = connecting;
        }

        @Override
        public Socket createSocket() {
            return new Socket() {
                @Override
                public void connect(SocketAddress address, int timeout) throws SocketTimeoutException {
                    connecting.set(Thread.currentThread());
                    throw new SocketTimeoutException("connect timed out");
                }
            };
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }
    }
}
