package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.simulator.StreamDialect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The event stream over HTTP with real threads. Polling is so slow in some of these tests that nothing but an event can
 * bring the end within their limits.
 */
class StreamOverHttpTest {

    private static final String WATCH = "WatchEvents";
    private static final Duration NEVER = Duration.ofHours(10);

    private final LogLines log = new LogLines();
    private final OkHttpClient http = new OkHttpClient();
    private final ThreadedRuntime runtime = new ThreadedRuntime();
    private final GitpodSimulator gitpod = GitpodSimulator.builder()
            .phasePlan(PhasePlan.stuckIn(SimPhase.RUNNING))
            .start();
    private final Account account = gitpod.account("jenkins");
    private final SimProject project = gitpod.addProject("shop");
    private PrebuildEngine engine;

    private final List<PrebuildHandle> handles = new ArrayList<>();
    private final List<RecordingObserver> observers = new ArrayList<>();

    @AfterEach
    void end() {
        engine.close();
        runtime.close();
        gitpod.close();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
        log.close();
        assertThat(log.text(), not(containsString(account.token())));
    }

    private void start(Duration pollInterval) {
        engine = new PrebuildEngine(
                runtime,
                EngineSettings.defaults().withPollIntervals(pollInterval, Duration.ofSeconds(60)),
                new MemoryRequestStore(),
                (endpoint, token, limits) -> new GitpodClient(http, endpoint, token, EngineFixture.PATIENT, "test"));
    }

    private SimPrebuild submit() throws Exception {
        return submit(account);
    }

    private SimPrebuild submit(Account account) throws Exception {
        Connection connection =
                new Connection("main", GitpodEndpoint.parse(gitpod.apiUrl().toString()), false);
        RecordingObserver observer = new RecordingObserver();
        PrebuildHandle handle = engine.submit(
                new PrebuildRequest(UUID.randomUUID(), connection, project.id(), null, null, false, true),
                () -> BearerToken.of(account.token()),
                observer);
        handles.add(handle);
        observers.add(observer);
        await(() -> handle.view().prebuildId() != null);
        return gitpod.prebuild(handle.view().prebuildId());
    }

    private static void await(BooleanSupplier condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(condition::getAsBoolean);
    }

    private List<Call> streams() {
        return gitpod.records().calls(WATCH);
    }

    private void awaitEnd() {
        await(() -> observers.stream().allMatch(RecordingObserver::isConcluded));
        observers.forEach(each ->
                assertThat(each.outcome(Outcome.Ended.class).prebuild().status().phase(), is(PrebuildPhase.COMPLETED)));
        await(() -> engine.open().isEmpty());
    }

    /** The server notices the end of a connection when it sends something. */
    private boolean anyStream() {
        gitpod.events().send("RESOURCE_OPERATION_NEW_THING", "RESOURCE_TYPE_NEW", "nothing");
        return gitpod.events().open() > 0;
    }

    /** Those of the engine and of the client of the streams that were started since. */
    private static List<String> threadsBeyond(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("gitpod-prebuild-") || name.startsWith("HttpClient-"))
                .toList();
    }

    @Test
    void anEventReportsTheEndWithoutPolling() throws Exception {
        start(NEVER);
        SimPrebuild made = submit();
        await(() -> log.text().contains("Listening"));
        made.forcePhase(SimPhase.COMPLETED);
        awaitEnd();
        assertThat(streams(), hasSize(1));
        await(() -> !anyStream());
    }

    @ParameterizedTest
    @EnumSource
    void aServerMayKnowOneFormOnly(StreamDialect dialect) throws Exception {
        gitpod.events().speak(dialect);
        start(NEVER);
        SimPrebuild made = submit();
        await(() -> log.text().contains("Listening"));
        made.forcePhase(SimPhase.COMPLETED);
        awaitEnd();
        assertThat(streams().size(), is(dialect == StreamDialect.CONNECT ? 1 : 2));
    }

    @Test
    void fiftySecretsHaveAStreamEachAndNoMoreThreadsThanOneSecret() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        start(NEVER);
        submit();
        await(() -> gitpod.events().open() == 1 && threadsBeyond(before).size() == 2); // a timer and the client's own
        List<SimPrebuild> made = new ArrayList<>();
        for (int i = 1; i < 50; i++) {
            made.add(submit(gitpod.account("jenkins " + i)));
        }
        await(() -> gitpod.events().open() == 50 && threadsBeyond(before).size() == 2);
        made.forEach(each -> each.forcePhase(SimPhase.COMPLETED));
        await(() -> observers.stream().filter(RecordingObserver::isConcluded).count() == 49);
    }

    @Test
    void aStreamIsOpenOnlyWhileSomebodyWaits() throws Exception {
        start(NEVER);
        submit();
        await(this::anyStream);
        handles.get(0).leave(CancelReason.ABORTED);
        await(() -> engine.open().isEmpty());
        await(() -> !anyStream());
    }

    @Test
    void theEndOfTheEngineClosesTheStream() throws Exception {
        start(NEVER);
        submit();
        await(this::anyStream);
        runtime.close();
        engine.close();
        await(() -> !anyStream());
    }

    static Stream<Fault> faults() {
        return Stream.of(
                Fault.resetBeforeActing(),
                Fault.closeBeforeActing(),
                Fault.hangBeforeActing(),
                Fault.hangAfterActing(),
                Fault.slowDrip(1, Duration.ofMillis(1)),
                Fault.status(401, "unauthenticated", "who are you?"),
                Fault.status(403, "permission_denied", "not you"),
                Fault.status(404, "not_found", "no such thing"),
                Fault.status(429, "resource_exhausted", "too many"),
                Fault.rateLimit(Duration.ofSeconds(2)),
                Fault.status(500, "internal", "oops"),
                Fault.status(501, "unimplemented", "no streams"),
                Fault.htmlStatus(502),
                Fault.htmlStatus(404),
                Fault.notJson200Html(),
                Fault.emptyBody(200),
                Fault.emptyBody(415),
                Fault.redirect(307, "WatchEvents"),
                Fault.truncatedJson(),
                Fault.cutOffBody(),
                Fault.endlessBody(),
                Fault.wrongContentType());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void whateverIsWrongWithItThePrebuildEndsByPolling(Fault fault) throws Exception {
        gitpod.faults().add(FaultRule.on(WATCH, fault).forever());
        start(Duration.ofMillis(200));
        List<SimPrebuild> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(submit());
        }
        await(() -> !streams().isEmpty());
        made.forEach(each -> each.forcePhase(SimPhase.COMPLETED));
        awaitEnd();
        // A server that does not know the form is asked once for the other one.
        assertThat(streams(), hasSize(fault.toString().contains("415") ? 2 : 1));
        if (fault instanceof Fault.Hang hang) {
            hang.release();
        }
        await(() -> !anyStream());
    }

    @Test
    void aCutStreamLosesNoEnd() throws Exception {
        start(Duration.ofMillis(200));
        SimPrebuild made = submit();
        await(() -> !streams().isEmpty());
        gitpod.cutStreams();
        made.forcePhase(SimPhase.COMPLETED);
        awaitEnd();
    }

    @Test
    void aRotatedTokenLeavesNoOldStreamOpen() throws Exception {
        start(Duration.ofMillis(100));
        submit();
        await(() -> !streams().isEmpty());
        String before = account.token();
        account.rotate();
        await(() -> streams().size() > 1);
        assertThat(engine.context().sessions().size(), is(1));
        assertThat(log.text(), not(containsString(before)));
        assertThat(gitpod.records().prebuilds().size(), is(1));
        assertThat(gitpod.records().active(), is(not(empty())));
        assertThat(gitpod.records().calls().size(), is(greaterThan(2)));
    }
}
