package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.LogLine;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.OkHttpClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The log of a simulated prebuild, over HTTP and with real threads. */
class PrebuildLogsTest {

    @Test
    void aLogIsFollowedThroughACutAndEndsWithThePrebuild() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        List<LogEnd> ends = new CopyOnWriteArrayList<>();
        OkHttpClient http = new OkHttpClient();
        try (GitpodSimulator gitpod = GitpodSimulator.builder().start();
                ThreadedRuntime runtime = new ThreadedRuntime()) {
            SimProject project = gitpod.addProject("shop");
            String token = gitpod.account("jenkins").token();
            GitpodEndpoint endpoint = GitpodEndpoint.parse(gitpod.apiUrl().toString());
            ClientFactory clients = (to, secret, limits) -> new GitpodClient(http, to, secret, limits, "test");
            GitpodClient client = clients.client(endpoint, BearerToken.of(token), EngineFixture.PATIENT);
            String id = client.createPrebuild(project.id(), null, null).id();
            SimPrebuild simulated =
                    gitpod.prebuild(id).forcePhase(SimPhase.RUNNING).log("one");
            Prebuild prebuild = client.getPrebuild(id);

            PrebuildLogs.Reading reading = new PrebuildLogs(runtime, clients, EngineFixture.PATIENT)
                    .follow(
                            new PrebuildLogs.Source(
                                    new Connection("main", endpoint, false),
                                    () -> BearerToken.of(token),
                                    id,
                                    prebuild.status().logUrl()),
                            0,
                            new LogSink() {
                                @Override
                                public void line(LogLine line) {
                                    lines.add(line.text());
                                }

                                @Override
                                public void ended(LogEnd how) {
                                    ends.add(how);
                                }
                            });
            Awaitility.await().until(() -> lines, hasItem("one"));
            gitpod.cutStreams();
            simulated.log("two");
            Awaitility.await().until(() -> lines, hasItem("two"));
            simulated.keepLog().log("three").forcePhase(SimPhase.COMPLETED);
            reading.finish();
            Awaitility.await().until(() -> !ends.isEmpty());

            assertThat(lines, contains("one", "two", "three"));
            assertThat(ends, contains(LogEnd.COMPLETE));
            assertThat(gitpod.records().violations(), empty());
        }
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
