package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The HTTP client of the event streams of all tokens. It is the JDK's, because OkHttp needs a thread for each stream: here,
 * one thread waits for all of them, and what arrives is read on an executor of the caller's. That thread starts with the
 * first stream, and ends some time after this object is no longer in use.
 */
public final class StreamClient {

    /** An organization may have few events, but a dead connection must be detected. */
    static final Duration LONGEST_SILENCE = Duration.ofMinutes(15);

    /** Runs tasks later. */
    @FunctionalInterface
    public interface Timer {

        /**
         * Runs a short task after a delay.
         *
         * @param delay the delay
         * @param task the task
         * @return what cancels it
         */
        @NonNull
        Runnable schedule(@NonNull Duration delay, @NonNull Runnable task);
    }

    private final StreamProxies proxies;
    private final Executor executor;
    private final Timer timer;
    private final LongSupplier clock;
    private final UnaryOperator<HttpClient.Builder> trust;

    @CheckForNull
    private HttpClient client;

    /**
     * Makes a client. This starts no thread yet.
     *
     * @param proxies the proxies of https connections; plain http is for this machine only
     * @param executor runs short tasks, and looks up names
     * @param timer watches the limits
     */
    public StreamClient(@NonNull StreamProxies proxies, @NonNull Executor executor, @NonNull Timer timer) {
        this(proxies, executor, timer, System::nanoTime, builder -> builder);
    }

    /**
     * For tests.
     *
     * @param clock nanoseconds since some moment
     * @param trust sets whom the client trusts
     */
    StreamClient(
            StreamProxies proxies,
            Executor executor,
            Timer timer,
            LongSupplier clock,
            UnaryOperator<HttpClient.Builder> trust) {
        this.proxies = proxies;
        this.executor = executor;
        this.timer = timer;
        this.clock = clock;
        this.trust = trust;
    }

    Executor executor() {
        return executor;
    }

    Timer timer() {
        return timer;
    }

    long nanoTime() {
        return clock.getAsLong();
    }

    boolean isThroughProxy(URI uri) {
        return proxy(proxies, uri).type() != Proxy.Type.DIRECT;
    }

    @CheckForNull
    String proxyAuthorization() {
        return proxies.authorization();
    }

    private static Proxy proxy(StreamProxies proxies, URI uri) {
        return uri.getScheme().equals("https") ? proxies.proxy(uri.getHost()) : Proxy.NO_PROXY;
    }

    /** The JDK's client. HTTP/1.1, so that a connection that is cut ends one stream only. */
    synchronized HttpClient http() {
        if (client == null) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            // The client's thread inherits it, and must keep nothing of a build.
            thread.setContextClassLoader(StreamClient.class.getClassLoader());
            try {
                client = trust.apply(HttpClient.newBuilder())
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .proxy(new Selector(proxies))
                        .executor(executor)
                        .build();
            } finally {
                thread.setContextClassLoader(before);
            }
        }
        return client;
    }

    /** The JDK's client keeps it. It must not refer to that client, whose thread would then never end. */
    private static final class Selector extends ProxySelector {

        private final StreamProxies proxies;

        Selector(StreamProxies proxies) {
            this.proxies = proxies;
        }

        @Override
        public List<Proxy> select(URI uri) {
            return List.of(proxy(proxies, uri));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException e) {
            // The stream fails and says why.
        }
    }
}
