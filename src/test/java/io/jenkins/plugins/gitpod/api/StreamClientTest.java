package io.jenkins.plugins.gitpod.api;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.nullValue;

import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StreamClientTest {

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
