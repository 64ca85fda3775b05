package io.jenkins.plugins.gitpod.api;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;

/**
 * The hosts of Gitpod's public service, and others, on this machine: whichever host a client asks for, and on whichever
 * port, it gets to one local https server with a certificate for all of them.
 */
final class PublicHosts implements AutoCloseable {

    static final String GITPOD = "app.gitpod.io";
    static final String ONA = "app.ona.com";
    static final String THIRD = "app.gitpod.io.example";

    /** What a host does with a request. */
    @FunctionalInterface
    interface Behavior {
        void answer(HttpExchange exchange) throws IOException;
    }

    /** A request as it came in. */
    record Received(String host, String method, String authorization, String body) {}

    private final Map<String, Behavior> behaviors = new ConcurrentHashMap<>();
    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private final List<String> lookedUp = new CopyOnWriteArrayList<>();
    private final List<Integer> ports = new CopyOnWriteArrayList<>();
    private final TlsServer server;
    private final OkHttpClient http;
    private final ScriptedServer tunnels = new ScriptedServer();
    private final Streams streams;

    PublicHosts() throws Exception {
        server = new TlsServer(this::answer, List.of("localhost", GITPOD, ONA, THIRD));
        http = server.trusting()
                .dns(host -> {
                    lookedUp.add(host);
                    return List.of(InetAddress.getByName("127.0.0.1"));
                })
                .socketFactory(new LocalSockets())
                .build();
        // The JDK's client looks up names itself. A proxy in between leads it to the server.
        SSLContext trust = server.trust();
        streams = new Streams(
                host -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", tunnels.port())),
                builder -> builder.sslContext(trust));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String host = exchange.getRequestHeaders().getFirst("Host");
        String path = exchange.getRequestURI().getPath();
        requests.add(new Received(
                host,
                path.substring(path.lastIndexOf('/') + 1),
                exchange.getRequestHeaders().getFirst("Authorization"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        behaviors
                .getOrDefault(host, each -> TlsServer.answer(200, Clients.MADE).handle(each))
                .answer(exchange);
    }

    /** From now on; a host that was told nothing answers each call well. */
    void on(String host, Behavior behavior) {
        behaviors.put(host, behavior);
    }

    static Behavior redirect(int status, String location) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        };
    }

    /** To the same path on another host. */
    static Behavior redirectTo(int status, String host) {
        return exchange ->
                redirect(status, "https://" + host + exchange.getRequestURI()).answer(exchange);
    }

    GitpodClient client(String apiUrl) {
        return Clients.client(http, apiUrl, ClientLimits.defaults());
    }

    /** Opens the streams of the clients. */
    StreamClient streams() {
        tunnels.then(
                Collections.nCopies(10, ScriptedServer.tunnel(server.port())).toArray(ScriptedServer.Step[]::new));
        return streams.client();
    }

    List<Received> requests() {
        return List.copyOf(requests);
    }

    /** The host of each request, in order. */
    List<String> asked() {
        return requests.stream().map(Received::host).toList();
    }

    /** Each host whose address was asked for. */
    List<String> lookedUp() {
        return List.copyOf(lookedUp);
    }

    /** Each port that was connected to. */
    List<Integer> ports() {
        return List.copyOf(ports);
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
        streams.close();
        tunnels.close();
        server.close();
    }

    /** Sockets that end up at the local server. */
    private final class LocalSockets extends SocketFactory {

        @Override
        public Socket createSocket() {
            return new Socket() {
                @Override
                public void connect(SocketAddress endpoint, int timeout) throws IOException {
                    ports.add(((InetSocketAddress) endpoint).getPort());
                    super.connect(new InetSocketAddress("127.0.0.1", server.port()), timeout);
                }
            };
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw unexpected();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            throw unexpected();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw unexpected();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            throw unexpected();
        }

        private UncheckedIOException unexpected() {
            return new UncheckedIOException(new IOException("OkHttp connects by itself"));
        }
    }
}
