package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import okhttp3.OkHttpClient;
import org.awaitility.Awaitility;

/** An engine in simulated time before a simulated Gitpod behind a real port: one clock for both, one account, one project. */
final class EngineFixture implements AutoCloseable {

    /** How long a call takes, in simulated time, to whose request the server does not answer. */
    static final Duration READ_LIMIT = Duration.ofSeconds(20);

    /** No call takes so long in real time; a busy machine may. */
    static final ClientLimits PATIENT = new ClientLimits(READ_LIMIT, READ_LIMIT, Duration.ofSeconds(30), 4 << 20);

    final SimulatedRuntime runtime;
    final GitpodSimulator gitpod;
    final Account account;
    final SimProject project;
    final LogLines log = new LogLines();
    final MemoryRequestStore store = new MemoryRequestStore();
    private final HangDetectingSockets sockets;
    private final OkHttpClient http;
    private final ClientLimits limits;
    private final EngineSettings settings;
    private UnaryOperator<SessionLimits> sessionLimits = UnaryOperator.identity();
    /** What each session's calls may cost, in the order of the sessions. */
    final List<ClientLimits> callLimits = new ArrayList<>();

    private final Connection connection;

    @Nullable
    private final Function<GitpodClient, EventSource> events;

    private final List<PrebuildEngine> engines = new ArrayList<>();
    private PrebuildEngine engine;

    private EngineFixture(Setting setting) {
        runtime = new SimulatedRuntime(setting.seed);
        sockets = new HangDetectingSockets(() -> runtime.sleep(READ_LIMIT));
        http = new OkHttpClient.Builder().socketFactory(sockets).build();
        limits = setting.limits;
        settings = setting.settings;
        gitpod = GitpodSimulator.builder()
                .clock(runtime::trueTime)
                .phasePlan(setting.plan)
                .readLag(setting.readLag)
                .start();
        account = gitpod.account("jenkins");
        project = gitpod.addProject("shop");
        connection = new Connection("main", endpoint(), setting.sharedAccount);
        events = setting.events == null ? null : setting.events.apply(this);
        engine = newEngine();
    }

    /** What a fixture can be told before it starts. */
    static final class Setting {
        private long seed = 1;
        private ClientLimits limits = PATIENT;
        private EngineSettings settings = EngineSettings.defaults();
        private PhasePlan plan = PhasePlan.typical();
        private Duration readLag = Duration.ZERO;
        private boolean sharedAccount;

        @Nullable
        private Function<EngineFixture, Function<GitpodClient, EventSource>> events;

        Setting seed(long value) {
            seed = value;
            return this;
        }

        Setting limits(ClientLimits value) {
            limits = value;
            return this;
        }

        Setting settings(EngineSettings value) {
            settings = value;
            return this;
        }

        Setting plan(PhasePlan value) {
            plan = value;
            return this;
        }

        Setting readLag(Duration value) {
            readLag = value;
            return this;
        }

        Setting sharedAccount() {
            sharedAccount = true;
            return this;
        }

        /** There are events to be heard; if not set, there is no stream to be had. */
        Setting events(Function<EngineFixture, Function<GitpodClient, EventSource>> value) {
            events = value;
            return this;
        }

        EngineFixture begin() {
            return new EngineFixture(this);
        }
    }

    static Setting with() {
        return new Setting();
    }

    static EngineFixture begin() {
        return new Setting().begin();
    }

    GitpodEndpoint endpoint() {
        try {
            return GitpodEndpoint.parse(gitpod.apiUrl().toString());
        } catch (InvalidEndpointException e) {
            throw new AssertionError(e);
        }
    }

    /** What an administrator wants of the connection from now on. */
    void limits(UnaryOperator<SessionLimits> wanted) {
        sessionLimits = wanted;
    }

    private final class Clients implements ClientFactory {
        @Override
        public GitpodClient client(GitpodEndpoint endpoint, BearerToken token, ClientLimits wanted) {
            callLimits.add(wanted);
            return EngineFixture.this.client(endpoint, token);
        }

        @Override
        public SessionLimits limits(Connection of, SessionLimits usual) {
            return sessionLimits.apply(usual);
        }
    }

    private PrebuildEngine newEngine() {
        PrebuildEngine made = new PrebuildEngine(runtime, settings, store, new Clients(), events);
        engines.add(made);
        return made;
    }

    GitpodClient client(GitpodEndpoint endpoint, BearerToken token) {
        return new GitpodClient(http, endpoint, token, limits, "test");
    }

    PrebuildEngine engine() {
        return engine;
    }

    Connection connection() {
        return connection;
    }

    /** Adds a fault for the next call of a method. */
    void fault(String method, Fault fault) {
        fault(FaultRule.on(method, fault), fault);
    }

    void fault(FaultRule rule, Fault fault) {
        if (fault instanceof Fault.Hang hang) {
            sockets.watch(hang);
        }
        gitpod.faults().add(rule);
    }

    /** The token as the credential holds it, which follows the account's. */
    TokenSource token() {
        return () -> BearerToken.of(account.token());
    }

    /** A request with all defaults. */
    PrebuildRequest request() {
        return new PrebuildRequest(UUID.randomUUID(), connection, project.id(), null, null, false, true);
    }

    PrebuildRequest detachedRequest() {
        return new PrebuildRequest(UUID.randomUUID(), connection, project.id(), null, null, true, true);
    }

    PrebuildRequest requestThatLeavesRunning() {
        return new PrebuildRequest(UUID.randomUUID(), connection, project.id(), null, null, false, false);
    }

    PrebuildRequest requestFor(SimProject other) {
        return new PrebuildRequest(UUID.randomUUID(), connection, other.id(), null, null, false, true);
    }

    /** A request for an environment class that is there from now on. */
    PrebuildRequest requestForClass(String name) {
        String classId = gitpod.addEnvironmentClass(name).id();
        return new PrebuildRequest(UUID.randomUUID(), connection, project.id(), classId, null, false, true);
    }

    /** A request and the observer that waits for it. */
    record Wait(PrebuildHandle handle, RecordingObserver observer) {
        void abort() {
            handle.leave(CancelReason.ABORTED);
        }

        <T extends Outcome> T outcome(Class<T> type) {
            return observer.outcome(type);
        }

        String prebuildId() {
            return handle.view().prebuildId();
        }
    }

    Wait submit() {
        return submit(request());
    }

    Wait submit(PrebuildRequest request) {
        return submit(request, token());
    }

    Wait submit(PrebuildRequest request, TokenSource tokens) {
        RecordingObserver observer = new RecordingObserver();
        return new Wait(engine.submit(request, tokens, observer), observer);
    }

    /** Lets time pass until the outcome is reported. */
    Duration untilConcluded(Wait wait, Duration limit) {
        Duration took = runtime.runUntil(wait.observer()::isConcluded, limit);
        runtime.settle();
        return took;
    }

    Duration untilStage(Wait wait, Stage stage, Duration limit) {
        Duration took = runtime.runUntil(() -> wait.handle().view().stage() == stage, limit);
        runtime.settle();
        return took;
    }

    /** Lets time pass until nothing is open. */
    Duration untilAllClosed(Duration limit) {
        return runtime.runUntil(() -> engine.open().isEmpty(), limit);
    }

    /** The one prebuild that was made. */
    SimPrebuild prebuild() {
        List<SimPrebuild> made = gitpod.records().prebuilds();
        if (made.size() != 1) {
            throw new AssertionError("Not one prebuild but " + made);
        }
        return made.get(0);
    }

    /** A person uses the account of this fixture. */
    SimPrebuild createAsPerson() {
        return createAs(account);
    }

    SimPrebuild createAs(Account somebody) {
        try {
            BearerToken token = BearerToken.of(somebody.token());
            String id = client(endpoint(), token)
                    .createPrebuild(project.id(), null, null)
                    .id();
            return gitpod.prebuild(id);
        } catch (GitpodException e) {
            throw new AssertionError(e);
        }
    }

    /** For what a thread of the simulator does when it is let go. */
    void awaitReal(BooleanSupplier condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .until(condition::getAsBoolean);
    }

    /** The process crashes; a new engine continues what the store holds. */
    List<Wait> crashAndRestart() {
        return crashAndRestart(Duration.ZERO);
    }

    List<Wait> crashAndRestart(Duration downtime) {
        engine.close();
        runtime.advance(downtime);
        engine = newEngine();
        store.closedPrebuilds().forEach(engine::claim);
        List<PrebuildEngine.Restored> restored = new ArrayList<>();
        List<RecordingObserver> observers = new ArrayList<>();
        for (SavedRequest saved : store.open()) {
            RecordingObserver observer = new RecordingObserver();
            observers.add(observer);
            restored.add(new PrebuildEngine.Restored(saved, token(), observer));
        }
        engine.restore(restored);
        List<Wait> waits = new ArrayList<>();
        for (int i = 0; i < observers.size(); i++) {
            SavedRequest saved = restored.get(i).saved();
            if (saved.surplusOf() != null) {
                continue; // these report to no observer
            }
            UUID requestId = saved.request().requestId();
            waits.add(new Wait(engine.find(requestId), observers.get(i)));
        }
        return waits;
    }

    /** As a restart, but with this to go on with. */
    void restart(PrebuildEngine.Restored restored) {
        engine.close();
        engine = newEngine();
        engine.restore(List.of(restored));
    }

    @Override
    public void close() {
        engines.forEach(PrebuildEngine::close);
        gitpod.close();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
        log.close();
        if (log.text().contains(account.token())) {
            throw new AssertionError("The token is in the log:\n" + log.text());
        }
    }
}
