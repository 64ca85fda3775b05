package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers that a simulator with a memory would never give. */
class UnexpectedAnswersTest {

    private static final String WANTED = "0192aaaa-0000-7000-8000-00000000000a";
    private static final String OTHER = "0192aaaa-0000-7000-8000-00000000000b";

    private final SimulatedRuntime runtime = new SimulatedRuntime();
    private final AtomicInteger calls = new AtomicInteger();
    private final List<Prebuild> read = new ArrayList<>();
    private final List<GitpodException> failures = new ArrayList<>();
    private HttpServer server;
    private GitpodEndpoint endpoint;
    private GitpodClient client;
    private volatile String answer = "{}";

    @BeforeEach
    void begin() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        endpoint =
                GitpodEndpoint.parse("http://127.0.0.1:" + server.getAddress().getPort() + "/api");
        client = new GitpodClient(new OkHttpClient(), endpoint, BearerToken.of("token"), EngineFixture.PATIENT, "test");
    }

    private void answer(HttpExchange exchange) throws IOException {
        calls.incrementAndGet();
        exchange.getRequestBody().readAllBytes();
        byte[] body = exchange.getRequestURI().getPath().endsWith("GetAuthenticatedIdentity")
                ? "{\"subject\":{\"id\":\"me\"}}".getBytes(StandardCharsets.UTF_8)
                : answer.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    private Watcher watching(int number) {
        Watcher watcher = new Watcher(client, runtime, EngineSettings.defaults(), 4, null, new Semaphore(0));
        for (int i = 0; i < number; i++) {
            watcher.watch(i == 0 ? WANTED : WANTED + i, Prebuilds.PROJECT, new WatchList.Reader() {
                @Override
                public void read(Prebuild prebuild) {
                    read.add(prebuild);
                }

                @Override
                public void failed(GitpodException e) {
                    failures.add(e);
                }
            });
        }
        return watcher;
    }

    @Test
    void anAnswerAboutAnotherPrebuildIsAFailureAndNoReading() {
        answer = "{\"prebuild\":{\"id\":\"" + OTHER + "\",\"status\":{\"phase\":\"PREBUILD_PHASE_FAILED\"}}}";
        watching(1);
        runtime.advance(Duration.ofSeconds(14));
        assertThat(read, is(empty()));
        assertThat(failures, hasSize(1));
        assertThat(RetryPolicy.read(failures.get(0)), is(RetryPolicy.Decision.UNEXPECTED));
    }

    @Test
    void anEndOnAListThatLeavesOutTheSizeIsReadByItself() {
        String completed = "{\"id\":\"" + WANTED + "\",\"status\":{\"phase\":\"PREBUILD_PHASE_COMPLETED\"%s}}";
        answer = "{\"prebuilds\":[" + completed.formatted("") + "],\"prebuild\":"
                + completed.formatted(",\"snapshotSizeBytes\":\"5\"") + "}";
        Watcher watcher = watching(4);
        runtime.advance(Duration.ofSeconds(14));
        watcher.stop();
        assertThat(read, hasSize(1));
        assertThat(read.get(0).status().snapshotSizeBytes(), is(5L));
    }

    @Test
    void aWatchedListWhosePageTokenNeverChangesEnds() {
        answer = "{\"pagination\":{\"nextToken\":\"again\"}}";
        Watcher watcher = watching(4);
        runtime.advance(Duration.ofSeconds(13));
        watcher.stop();
        assertThat(calls.get(), is(lessThanOrEqualTo(10)));
    }

    @Test
    void aLookedUpListWhosePageTokenNeverChangesIsNotComplete() throws Exception {
        answer = "{\"pagination\":{\"nextToken\":\"again\"},\"prebuilds\":[{\"id\":\"" + OTHER + "\"}]}";
        Session session = new Session(
                new Session.Key("main", endpoint.apiUrl(), "f", SessionLimits.usual(EngineSettings.defaults())),
                client,
                runtime,
                EngineSettings.defaults(),
                null,
                new Semaphore(0));
        LostCreates.Listing own = session.ownPrebuilds(Prebuilds.PROJECT);
        assertThat(own.complete(), is(false));
        assertThat(calls.get(), is(lessThanOrEqualTo(4)));
    }

    @Test
    void anAnswerWithoutAPhaseIsReadAndWatchedOn() {
        answer = "{\"prebuild\":{\"id\":\"" + WANTED + "\"}}";
        watching(1);
        runtime.advance(Duration.ofSeconds(40));
        assertThat(failures, is(empty()));
        assertThat(read, hasSize(3));
    }
}
