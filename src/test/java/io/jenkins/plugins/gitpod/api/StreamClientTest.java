package io.jenkins.plugins.gitpod.api;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class StreamClientTest {

    private static final StreamProxies PROXY = new StreamProxies() {
        @Override
        public Proxy proxy(String host) {
            return host.equals("direct.example.com")
                    ? Proxy.NO_PROXY
                    : new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example.com", 3128));
        }

        @Override
        public String authorization() {
            return "Basic eDp5";
        }
    };

    private static Optional<String> proxyAuthorization(String url) {
        StreamClient client = new StreamClient(PROXY, Runnable::run, (delay, task) -> () -> {});
        StreamCall call =
                new StreamCall(client, URI.create(url), HttpRequest.newBuilder(), new byte[1], Duration.ofSeconds(10));
        return call.request().headers().firstValue("Proxy-Authorization");
    }

    @Test
    void theProxyGetsItsPasswordIfThereIsOneOnTheWay() {
        assertThat(proxyAuthorization("https://gitpod.example.com/api"), is(Optional.of("Basic eDp5")));
        assertThat(proxyAuthorization("https://direct.example.com/api"), is(Optional.empty()));
        assertThat(proxyAuthorization("http://localhost/api"), is(Optional.empty()));
    }

    /** Java may be unable to start the client's thread. */
    @Test
    void aClientThatCannotBeMadeEndsTheStream() {
        StreamClient broken = new StreamClient(
                StreamProxies.NONE, Runnable::run, (delay, task) -> () -> {}, System::nanoTime, builder -> {
                    throw new OutOfMemoryError("unable to create native thread");
                });
        GitpodClient client =
                Clients.client(new OkHttpClient(), "https://gitpod.example.com/api", ClientLimits.defaults());
        EventStream.Listener listener = new EventStream.Listener() {
            @Override
            public void opened() {}

            @Override
            public void event(PrebuildEvent event) {}
        };
        CompletableFuture<Void> end = client.events(broken).read(listener).toCompletableFuture();
        assertThat(end.isCompletedExceptionally(), is(true));
    }

    private static WeakReference<HttpClient> used() {
        StreamClient streams = new StreamClient(StreamProxies.NONE, Runnable::run, (delay, task) -> () -> {});
        return new WeakReference<>(streams.http());
    }

    /** The thread of the JDK's client ends only then. */
    @Test
    void clientThatIsNoLongerInUseIsReleased() {
        WeakReference<HttpClient> client = used();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> {
                            System.gc();
                            return client.get();
                        },
                        nullValue());
    }
}
