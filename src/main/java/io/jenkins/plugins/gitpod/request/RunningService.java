package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import io.jenkins.plugins.gitpod.config.CredentialUses;
import io.jenkins.plugins.gitpod.config.GitpodClients;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.decision.DecisionQueue;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildLogs;
import io.jenkins.plugins.gitpod.engine.RequestStore;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.SerialExecutor;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.CompletedPrebuilds;
import io.jenkins.plugins.gitpod.store.Ledger;
import io.jenkins.plugins.gitpod.store.RunTimes;
import io.jenkins.plugins.gitpod.store.UsualLengths;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import jenkins.model.Jenkins;

/** The parts of {@link PrebuildService} between its start and its stop, and how they are wired. */
record RunningService(
        @NonNull ThreadedRuntime threads,
        @NonNull EngineRuntime runtime,
        @NonNull GitpodClients clients,
        @NonNull PrebuildEngine engine,
        @NonNull Ledger ledger,
        @NonNull CommitHistory history,
        @NonNull RequestTokens tokens,
        @NonNull ThrottleQueue throttle,
        @NonNull RequestRegistry registry,
        @NonNull RequestLauncher launcher,
        @NonNull DecisionQueue decisions,
        @NonNull RequestParts parts,
        @NonNull ClassRequests classRequests,
        @NonNull OwnerTracker owners,
        @NonNull CommitRequests commitRequests,
        @NonNull DeferredRequests deferred,
        @NonNull PrebuildQueries queries,
        @NonNull PrebuildLogs logs,
        @NonNull PrebuildEvents events,
        @NonNull List<Runnable> fileWriters) {

    /** A crash may lose what became known about usual lengths in that time. */
    private static final Duration STATISTICS_DELAY = Duration.ofSeconds(10);

    /** Makes the parts. Starts no request. */
    @NonNull
    static RunningService start() {
        EngineSettings settings = EngineProperties.settings();
        Path directory = Jenkins.get().getRootDir().toPath().resolve("gitpod-prebuilds");
        ThreadedRuntime threads = new ThreadedRuntime();
        EngineRuntime runtime = new SystemRuntime(threads);
        Ledger ledger = new Ledger(directory);
        CommitHistory history = new CommitHistory(directory.resolve("commits"), runtime::now, soon(runtime));
        CompletedPrebuilds completed =
                new CompletedPrebuilds(directory.resolve("completed"), runtime::now, soon(runtime));
        Executor later = task -> runtime.schedule(
                STATISTICS_DELAY, () -> runtime.executor(WorkQueue.DELIVERY).execute(task));
        UsualLengths lengths = new UsualLengths(directory.resolve("lengths"), later);
        RunTimes runTimes = new RunTimes(directory.resolve("run-times"), runtime::now, soon(runtime));
        CommitRequestStore commitStore = new CommitRequestStore(directory.resolve("new-commits"));
        AtomicReference<RequestRegistry> registryLater = new AtomicReference<>();
        GitpodClients clients = new GitpodClients(EngineProperties.client());
        PrebuildLogs logs = new PrebuildLogs(runtime, clients, EngineProperties.client());
        PrebuildEngine engine = new PrebuildEngine(
                runtime,
                settings,
                new Store(
                        ledger,
                        history,
                        completed,
                        runTimes,
                        commitStore,
                        requestId -> registryLater.get().shared(requestId),
                        requestId -> registryLater.get().over(requestId)),
                clients);
        RequestTokens tokens = new RequestTokens(
                ledger,
                requestId -> isSent(engine, requestId),
                new CredentialUses(runtime.executor(WorkQueue.DELIVERY)));
        ThrottleQueue throttle = new ThrottleQueue(name -> freePlaces(engine, name));
        OldPrebuilds oldPrebuilds = new OldPrebuilds(runtime, engine, completed, history);
        RequestRegistry registry =
                new RequestRegistry(engine, ledger, tokens, history, throttle, runTimes, logs::follow, oldPrebuilds);
        registryLater.set(registry);
        ClassRequests classRequests = new ClassRequests(ledger, registry, tokens, commitStore);
        RequestLauncher launcher = new RequestLauncher(
                runtime, engine, ledger, tokens, throttle, history, commitStore, registry, classRequests);
        DecisionQueue decisions = new DecisionQueue(
                runtime, settings, EngineProperties.cancelPreviousLimit(), clients, history, registry, launcher);
        registry.whenOver(decisions::prebuildEnded);
        RequestParts parts = new RequestParts(registry, decisions);
        CommitRequests commitRequests = new CommitRequests(commitStore, ledger, tokens, registry, decisions);
        return new RunningService(
                threads,
                runtime,
                clients,
                engine,
                ledger,
                history,
                tokens,
                throttle,
                registry,
                launcher,
                decisions,
                parts,
                classRequests,
                new OwnerTracker(registry, ledger, throttle, decisions, parts, runtime.executor(WorkQueue.DELIVERY)),
                commitRequests,
                new DeferredRequests(new CommitRequestStore(directory.resolve("deferred-commits")), commitRequests),
                new PrebuildQueries(registry, decisions, parts, lengths, runTimes),
                logs,
                new PrebuildEvents(
                        () -> ExtensionList.lookup(PrebuildListener.class), runtime.executor(WorkQueue.LISTENER)),
                List.of(history::writeChanged, completed::writeChanged, lengths::writeChanged, runTimes::writeChanged));
    }

    /** Runs tasks that write files, one after the other. */
    private static Executor soon(EngineRuntime runtime) {
        return new SerialExecutor(runtime.executor(WorkQueue.DELIVERY), 1);
    }

    void stop() {
        decisions.close();
        threads.close();
        engine.close();
        // The threads may have been ended before they wrote them.
        Guarded.forEach("save what is known about prebuilds", fileWriters, Runnable::run);
    }

    /** Whether a prebuild may exist for a request already. */
    private static boolean isSent(PrebuildEngine engine, UUID requestId) {
        PrebuildHandle handle = engine.find(requestId);
        return handle != null
                && (handle.view().stage() == Stage.LOOKING_UP || handle.view().stage() == Stage.WATCHING);
    }

    /** How many more prebuilds a connection may have at the same time. */
    private static int freePlaces(PrebuildEngine engine, String connectionName) {
        GitpodConnection connection = GitpodGlobalConfiguration.get().connection(connectionName);
        Integer maximum = connection == null ? null : connection.getMaximumConcurrent();
        if (maximum == null) {
            return ThrottleQueue.NO_MAXIMUM;
        }
        long running = engine.open().stream()
                .map(PrebuildHandle::view)
                .filter(view -> view.request().connection().name().equals(connectionName))
                // A prebuild that has completed may still be open for the warm pool.
                .filter(view -> !view.phase().isEnd())
                // A request that only looks for a surplus prebuild does not count.
                .filter(view -> view.cancelReason() != CancelReason.SURPLUS || view.prebuildId() != null)
                .count();
        return (int) Math.max(0, maximum - running);
    }

    /** The ledger. What it has saved needs no entry among the commit requests, and what it closes leaves the registry. */
    record Store(
            Ledger ledger,
            CommitHistory history,
            CompletedPrebuilds completed,
            RunTimes runTimes,
            CommitRequestStore commitStore,
            Function<UUID, SharedPrebuild> shared,
            Consumer<UUID> whenClosed)
            implements RequestStore {

        @Override
        public void save(SavedRequest request) throws IOException {
            UUID requestId = request.request().requestId();
            history.writeRequest(requestId); // first: what the ledger has is not requested again after a crash
            ledger.save(request);
            Guarded.run("forget a request for a commit", () -> {
                commitStore.forget(requestId);
                SharedPrebuild sharing = shared.apply(requestId);
                if (sharing != null) {
                    sharing.memberIds().forEach(commitStore::forget);
                }
            });
        }

        @Override
        public void follows(UUID requestId, UUID after) {
            ledger.follows(requestId, after);
        }

        @Override
        public void close(UUID requestId) {
            // After a crash, nothing would repeat what these files do not have by then.
            Guarded.run("save that a prebuild is of this Jenkins", () -> completed.writeRequest(requestId));
            SharedPrebuild sharing = shared.apply(requestId);
            List<UUID> members = sharing == null ? List.of() : List.copyOf(sharing.memberIds());
            Guarded.run("save how long a prebuild ran", () -> {
                runTimes.writeRequest(requestId);
                members.forEach(runTimes::writeRequest);
            });
            Guarded.run("save what became of a commit's request", () -> {
                history.writeRequest(requestId);
                members.forEach(history::writeRequest);
            });
            Guarded.run("close the entry of a request", () -> ledger.close(requestId));
            whenClosed.accept(requestId);
        }
    }
}
