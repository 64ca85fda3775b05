package io.jenkins.plugins.gitpod.api;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;

/** An https server with a certificate, for {@code localhost} or other names, that nobody knows; made with the JDK's keytool. */
public final class TlsServer implements AutoCloseable {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private static final Map<List<String>, KeyStore> MADE = new HashMap<>();

    private final HttpsServer server;
    private final KeyStore keys;
    private final List<String> proxyPasswords = new CopyOnWriteArrayList<>();

    public TlsServer(HttpHandler handler) throws Exception {
        this(handler, List.of("localhost"));
    }

    /** @param names the hosts that the certificate is for */
    TlsServer(HttpHandler handler, List<String> names) throws Exception {
        keys = keys(names);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            proxyPasswords.add(String.valueOf(exchange.getRequestHeaders().getFirst("Proxy-Authorization")));
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.setStreams(new ByteArrayInputStream(body), null);
            handler.handle(exchange);
        });
        server.start();
    }

    public static HttpHandler answer(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    int port() {
        return server.getAddress().getPort();
    }

    public String url(String host) {
        return "https://" + host + ":" + port() + "/api";
    }

    /** For each request the {@code Proxy-Authorization} that came with it, {@code "null"} if none did. */
    List<String> proxyPasswords() {
        return List.copyOf(proxyPasswords);
    }

    /** A client that trusts this server. */
    OkHttpClient.Builder trusting() throws GeneralSecurityException {
        return new OkHttpClient.Builder().sslSocketFactory(trust().getSocketFactory(), trustManager());
    }

    /** What trusts this server. */
    SSLContext trust() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new X509TrustManager[] {trustManager()}, null);
        return context;
    }

    private X509TrustManager trustManager() throws GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        return (X509TrustManager) trust.getTrustManagers()[0];
    }

    /** Once for all tests, for the tool takes its time. */
    private static synchronized KeyStore keys(List<String> names)
            throws IOException, InterruptedException, GeneralSecurityException {
        KeyStore made = MADE.get(names);
        if (made == null) {
            Path folder = Files.createTempDirectory("tls");
            Path file = folder.resolve("keys.p12");
            made = makeKeys(file, names);
            MADE.put(names, made);
            Files.delete(file);
            Files.delete(folder);
        }
        return made;
    }

    private static KeyStore makeKeys(Path file, List<String> names)
            throws IOException, InterruptedException, GeneralSecurityException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=" + names.stream().map(name -> "dns:" + name).collect(Collectors.joining(",")),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException(output);
        }
        KeyStore pair = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            pair.load(in, PASSWORD);
        }
        // The certificate once more as one to trust, for those who do.
        pair.setCertificateEntry("trusted", pair.getCertificate("mykey"));
        return pair;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
