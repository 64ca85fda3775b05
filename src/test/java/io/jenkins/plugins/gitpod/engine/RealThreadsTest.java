package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import okhttp3.OkHttpClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The engine with its real threads and real time, many requests at once, with faults, aborts and rotated tokens: what
 * simulated time on one thread cannot show. Only the end is waited for.
 */
class RealThreadsTest {

    private static final int REQUESTS = 120;

    private static final EngineSettings HASTY = new EngineSettings(
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofMinutes(60),
            Duration.ofMinutes(60),
            Duration.ofMinutes(60),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            Duration.ZERO,
            Duration.ofSeconds(60),
            Duration.ofMinutes(15));

    @Test
    void manyAtOnceAreEachMadeAtMostOnceToldOnceAndClosed() throws Exception {
        MemoryRequestStore store = new MemoryRequestStore();
        OkHttpClient http = new OkHttpClient();
        List<PrebuildHandle> handles = new ArrayList<>();
        List<RecordingObserver> observers = new ArrayList<>();
        try (LogLines log = new LogLines();
                GitpodSimulator gitpod = GitpodSimulator.builder()
                        .phasePlan(PhasePlan.quick(Duration.ofSeconds(2)))
                        .start();
                ThreadedRuntime runtime = new ThreadedRuntime()) {
            Account account = gitpod.account("jenkins");
            SimProject project = gitpod.addProject("shop");
            Connection connection =
                    new Connection("main", GitpodEndpoint.parse(gitpod.apiUrl().toString()), false);
            addFaults(gitpod);
            try (PrebuildEngine engine = new PrebuildEngine(
                    runtime,
                    HASTY,
                    store,
                    (endpoint, token, limits) ->
                            new GitpodClient(http, endpoint, token, EngineFixture.PATIENT, "test"))) {
                for (int i = 0; i < REQUESTS; i++) {
                    RecordingObserver observer = new RecordingObserver();
                    PrebuildRequest request = new PrebuildRequest(
                            UUID.randomUUID(), connection, project.id(), null, null, i % 10 == 9, true);
                    PrebuildHandle handle = engine.submit(request, () -> BearerToken.of(account.token()), observer);
                    handles.add(handle);
                    observers.add(observer);
                    if (i % 3 == 0) {
                        handle.leave(CancelReason.ABORTED);
                    }
                    if (i == REQUESTS / 2) {
                        account.rotate();
                    }
                }
                for (int i = 0; i < REQUESTS; i += 4) {
                    handles.get(i).leave(CancelReason.ABORTED);
                }
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .until(() -> engine.open().isEmpty());

                observers.forEach(observer -> assertThat(observer.outcomes(), hasSize(1)));
                assertThat(gitpod.records().prebuilds().size(), is(lessThanOrEqualTo(REQUESTS)));
                assertThat(gitpod.records().active(), is(empty()));
                List<String> owned = handles.stream()
                        .map(handle -> handle.view().prebuildId())
                        .filter(Objects::nonNull)
                        .toList();
                assertThat(owned.stream().distinct().toList(), hasSize(owned.size()));
                assertThat(store.open(), is(empty()));
                assertThat(engine.context().sessions().size(), is(0));
                assertThat(engine.context().lostCreates().size(), is(0));
                assertThat(log.text().contains(account.token()), is(false));
                handles.forEach(handle -> assertThat(handle.isCreateOut(), is(false)));
            }
        } finally {
            http.dispatcher().executorService().shutdown();
            http.connectionPool().evictAll();
        }
    }

    private static void addFaults(GitpodSimulator gitpod) {
        for (Fault fault : List.of(
                Fault.resetAfterActing(),
                Fault.htmlStatus(502).afterActing(),
                Fault.truncatedJson(),
                Fault.rateLimit(Duration.ofSeconds(1)),
                Fault.resetBeforeActing())) {
            gitpod.faults().add(FaultRule.on("CreatePrebuild", fault).times(4));
        }
        for (String method : List.of("ListPrebuilds", "GetPrebuild", "CancelPrebuild", "GetAuthenticatedIdentity")) {
            gitpod.faults().add(FaultRule.on(method, Fault.resetAfterActing()).times(3));
            gitpod.faults().add(FaultRule.on(method, Fault.htmlStatus(502)).times(3));
            gitpod.faults()
                    .add(FaultRule.on(method, Fault.rateLimit(Duration.ofSeconds(1)))
                            .times(2));
        }
    }
}
