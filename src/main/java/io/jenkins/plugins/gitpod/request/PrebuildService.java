package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.init.Terminator;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.admin.OpenPrebuild;
import io.jenkins.plugins.gitpod.checkout.NewCommit;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.config.ConnectionClients;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.decision.DecisionQueue;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.RequestStore;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The engine inside Jenkins: takes requests of builds, keeps the ledger, and goes on with what it holds after a restart.
 * No method blocks on a network, a disk or a credentials provider unless it says so.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class PrebuildService {

    private static final Logger LOGGER = Logger.getLogger(PrebuildService.class.getName());

    @CheckForNull
    private volatile Running running;

    /** What exists from start to stop. */
    private record Running(
            ThreadedRuntime threads,
            EngineRuntime runtime,
            PrebuildEngine engine,
            Ledger ledger,
            ThrottleQueue places,
            RequestRegistry requests,
            RequestLauncher desk,
            DecisionQueue intake,
            OwnerTracker departures,
            Returns returns,
            CommitRequests automatic) {}

    /** What of an earlier life is to go on once all of Jenkins is up. Guarded by this. */
    private final List<PrebuildEngine.Restored> toRestore = new ArrayList<>();

    /** What waits for the start. Guarded by this. */
    private final List<Runnable> early = new ArrayList<>();

    private boolean isUp;

    /** What is known of a request after a restart. */
    public enum Resumed {
        /** The waiter hears of it. */
        GOES_ON,
        /** Nothing was ever sent for it. */
        NEVER_SENT,
        /** Something was sent, or may have been, but the ledger's entry is lost. */
        LOST
    }

    @NonNull
    public static PrebuildService get() {
        return ExtensionList.lookupSingleton(PrebuildService.class);
    }

    /** Starts the engine once jobs can be looked up, before pipelines resume. Reads the ledger, loads no build. */
    @Initializer(after = InitMilestone.JOB_CONFIG_ADAPTED, before = InitMilestone.COMPLETED)
    @Restricted(NoExternalUse.class)
    public static void startUp() {
        get().start();
    }

    /** Ends the threads once no pipeline runs any longer; the ledger keeps what is open. */
    @Terminator(requires = FlowExecutionList.EXECUTIONS_SUSPENDED)
    @Restricted(NoExternalUse.class)
    public static void shutDown() {
        PrebuildService service = ExtensionList.lookup(PrebuildService.class).get(PrebuildService.class);
        if (service != null) {
            service.stop();
        }
    }

    private synchronized void start() {
        if (running != null) {
            return;
        }
        EngineSettings settings = EngineProperties.settings();
        Path directory = Jenkins.get().getRootDir().toPath().resolve("gitpod-prebuilds");
        ThreadedRuntime threads = new ThreadedRuntime();
        EngineRuntime runtime = new SystemRuntime(threads);
        Ledger ledger = new Ledger(directory);
        CommitHistory commits = new CommitHistory(directory.resolve("commits"), runtime::now);
        CommitRequestStore pending = new CommitRequestStore(directory.resolve("new-commits"));
        PrebuildEngine engine = new PrebuildEngine(
                runtime, settings, journal(ledger, pending), new ConnectionClients(EngineProperties.client()));
        ThrottleQueue places = new ThrottleQueue(name -> freePlaces(engine, name));
        RequestRegistry requests = new RequestRegistry(engine, ledger, commits, places);
        RequestLauncher desk = new RequestLauncher(runtime, engine, ledger, places, commits, pending, requests);
        DecisionQueue intake = new DecisionQueue(runtime, settings, commits, desk);
        OwnerTracker departures =
                new OwnerTracker(requests, ledger, places, intake, runtime.executor(WorkQueue.DELIVERY));
        CommitRequests automatic = new CommitRequests(pending, ledger, requests, intake);
        Returns returns = new Returns(requests, ledger);
        running = new Running(
                threads, runtime, engine, ledger, places, requests, desk, intake, departures, returns, automatic);
        toRestore.addAll(requests.restore());
    }

    /**
     * Goes on with what the ledger held once jobs, queue and pipelines are there: an end that is recorded loads its build,
     * which must not happen while Jenkins is still starting.
     */
    public void goOn() {
        List<PrebuildEngine.Restored> restored;
        List<Runnable> waited;
        Running now;
        synchronized (this) {
            now = running;
            if (now == null) {
                return;
            }
            restored = List.copyOf(toRestore);
            toRestore.clear();
            waited = List.copyOf(early);
            early.clear();
            isUp = true;
        }
        now.engine().restore(restored);
        background().execute(now.automatic()::resume);
        waited.forEach(background()::execute);
    }

    /** Runs something in the background as soon as everything is up; never if Jenkins is stopping. */
    public void whenUp(@NonNull Runnable task) {
        synchronized (this) {
            if (!isUp) {
                early.add(task);
                return;
            }
        }
        background().execute(task);
    }

    /** Whether requests are taken. */
    public synchronized boolean isUp() {
        return isUp;
    }

    private synchronized void stop() {
        Running now = running;
        running = null;
        isUp = false;
        if (now != null) {
            now.intake().close();
            now.threads().close();
            now.engine().close();
        }
        toRestore.clear();
        early.clear();
    }

    /** How many more prebuilds may be under way over a connection. */
    private static int freePlaces(PrebuildEngine engine, String connectionName) {
        GitpodConnection connection = GitpodGlobalConfiguration.get().connection(connectionName);
        Integer most = connection == null ? null : connection.getMostUnderWay();
        if (most == null) {
            return Integer.MAX_VALUE;
        }
        long underWay = engine.open().stream()
                .map(PrebuildHandle::view)
                .filter(view -> view.request().connection().name().equals(connectionName))
                // What is only looked for, to cancel it if there is any, takes no place.
                .filter(view -> view.cancelReason() != CancelReason.SURPLUS || view.prebuildId() != null)
                .count();
        return (int) Math.max(0, most - underWay);
    }

    /** The ledger, and with the end of a request the end of what is known of it here. */
    private RequestStore journal(Ledger ledger, CommitRequestStore pending) {
        return new RequestStore() {
            @Override
            public void save(SavedRequest request) throws IOException {
                ledger.save(request);
                UUID requestId = request.request().requestId();
                pending.forget(requestId);
                Running now = running;
                SharedPrebuild sharing = now == null ? null : now.requests().sharing(requestId);
                if (sharing != null) {
                    sharing.memberIds().forEach(pending::forget);
                }
            }

            @Override
            public void follows(UUID requestId, UUID after) {
                ledger.follows(requestId, after);
            }

            @Override
            public void close(UUID requestId) {
                ledger.close(requestId);
                Running now = running;
                if (now != null) {
                    now.requests().over(requestId);
                }
            }
        };
    }

    private Running running() throws AbortException {
        Running now = running;
        if (now == null) {
            throw new AbortException(Messages.PrebuildService_noEngine());
        }
        return now;
    }

    /**
     * Asks for a prebuild on behalf of a build.
     *
     * @param requestId names the request for good: the same one never makes two prebuilds
     * @param nodeId the flow node that waits, or null if no pipeline does
     * @throws AbortException if the options cannot be used; the message is for people
     */
    public void submit(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @Nullable String nodeId,
            @NonNull PrebuildOptions options,
            @NonNull PrebuildListener waiter)
            throws AbortException {
        String problem = options.problem();
        if (problem != null) {
            throw new AbortException(problem);
        }
        Running now = running();
        ConfiguredConnection over = ConfiguredConnection.named(options.getConnection());
        RequestOrigin origin = new RequestOrigin(
                run.getExternalizableId(), run.getParent().getFullName(), nodeId, options.getCredentialsId());
        StepRequest wish = new StepRequest(requestId, run, origin, over, options, null, waiter);
        if (!run.isBuilding()) {
            // A pipeline that is killed while it starts runs on for a moment after its build has ended.
            throw new AbortException(Messages.PrebuildService_buildOver());
        }
        String projectId = options.getProjectId();
        if (projectId == null && wish.checkouts().isEmpty()) {
            throw new AbortException(Messages.Decision_noCheckout());
        }
        now.ledger().announce(requestId, origin);
        TokenSource tokens = ConfiguredConnection.tokens(over.connection(), now.ledger(), requestId, run);
        if (projectId != null && wish.isPlain()) {
            UnusedSnapshotCheck check = new UnusedSnapshotCheck(now.runtime(), wish, projectId, tokens);
            background().execute(now.desk().make(wish.with(check), projectId, check::token));
        } else {
            now.intake().ask(wish, tokens);
        }
        if (!run.isBuilding()) {
            // It ended just now, and whoever was told of that may not have seen the request yet.
            now.departures().buildIsOver(requestId);
        }
    }

    /**
     * Asks for a prebuild of a new commit on behalf of nobody but the job's property. It is detached. Writes a small file.
     *
     * @throws AbortException if the options cannot be used; the message is for people
     */
    public void submitAutomatic(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @NonNull PrebuildOptions options,
            @NonNull NewCommit commit,
            @NonNull PrebuildListener waiter)
            throws AbortException {
        String problem = options.problem();
        if (problem != null) {
            throw new AbortException(problem);
        }
        running().automatic().submit(requestId, run, options, commit, waiter);
    }

    /** An automatic request is no longer wanted: its prebuild is cancelled unless others wait for it. */
    public void dropAutomatic(@NonNull UUID requestId) {
        Running now = running;
        if (now != null) {
            now.departures().dropAutomatic(requestId);
        }
    }

    /** Whether a prebuild may have been made for this request already. */
    public boolean isSent(@NonNull UUID requestId) {
        Running now = running;
        PrebuildHandle handle = now == null ? null : now.engine().find(requestId);
        return handle != null
                && (handle.view().stage() == Stage.LOOKING_UP || handle.view().stage() == Stage.WATCHING);
    }

    // ---- owners that go without a word

    /** @see OwnerTracker#anyOwner */
    public boolean anyOwner(@NonNull Predicate<RequestOrigin> like) {
        Running now = running;
        return now != null && now.departures().anyOwner(like);
    }

    /** @see OwnerTracker#ownersGone */
    public void ownersGone(@NonNull Predicate<RequestOrigin> like, @Nullable TaskListener console) {
        Running now = running;
        if (now != null) {
            now.departures().ownersGone(like, console);
        }
    }

    /** @see OwnerTracker#stepsGone */
    public void stepsGone(@NonNull Predicate<RequestOrigin> like, @NonNull TaskListener console) {
        Running now = running;
        if (now != null) {
            now.departures().stepsGone(like, console);
        }
    }

    /** @see OwnerTracker#buildsDeleted */
    public void buildsDeleted(@NonNull Predicate<RequestOrigin> like) {
        Running now = running;
        if (now != null) {
            now.departures().buildsDeleted(like);
        }
    }

    /** @see OwnerTracker#unclaimed */
    @NonNull
    public Map<UUID, RequestOrigin> unclaimed() {
        Running now = running;
        return now == null ? Map.of() : now.departures().unclaimed();
    }

    /** @see OwnerTracker#unclaimedGone */
    public void unclaimedGone(@NonNull UUID requestId) {
        Running now = running;
        if (now != null) {
            now.departures().unclaimedGone(requestId);
        }
    }

    /** A job, or a folder around jobs, has another name. */
    public void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        Running now = running;
        if (now != null) {
            now.requests().relocate(oldFullName, newFullName);
        }
    }

    /**
     * Goes on waiting for a request after a restart: attaches to it if it is open, or tells what the build's record says
     * of its end. May read a small file, and saves the build if it lost what it knew of the prebuild.
     */
    @NonNull
    public Resumed resume(@NonNull UUID requestId, @NonNull Run<?, ?> run, @NonNull PrebuildListener waiter) {
        Running now = running;
        RequestRecorder observer = now == null ? null : now.requests().observer(requestId);
        if (observer != null) {
            PrebuildResult known = now.requests().known(observer);
            if (known != null) {
                waiter.line(observer.messages().resumed(known.getId()));
            }
            observer.attach(waiter);
            if (known != null) {
                if (PrebuildAction.find(run, requestId.toString()) == null) {
                    observer.restore(known);
                }
                waiter.created(known);
            }
            return Resumed.GOES_ON;
        }
        PrebuildRecord record = PrebuildAction.find(run, requestId.toString());
        if (record != null && record.getConclusion() != null) {
            waiter.concluded(record);
            return Resumed.GOES_ON;
        }
        boolean lost = record != null || (now != null && now.ledger().hasLost(requestId));
        return lost ? Resumed.LOST : Resumed.NEVER_SENT;
    }

    /**
     * What a step of this build asked for in the same words before a restart, and nobody has come back to yet.
     *
     * @throws AbortException if the options cannot be used; the message is for people
     */
    @NonNull
    public List<UUID> unclaimed(@NonNull Run<?, ?> run, @NonNull PrebuildOptions options) throws AbortException {
        Running now = running;
        return now == null ? List.of() : now.returns().candidates(run, options);
    }

    /**
     * A step that Jenkins runs once more goes on with what it asked for before.
     *
     * @return false if somebody else has come back to it, or it is over
     */
    public boolean takeOver(@NonNull UUID requestId, @Nullable String nodeId, @NonNull PrebuildListener waiter) {
        Running now = running;
        return now != null && now.returns().takeOver(requestId, nodeId, waiter);
    }

    /** What a build says of a request whose ledger entry is lost: the prebuild and where to look, as far as is known. */
    @NonNull
    public String lostEntry(@NonNull UUID requestId, @NonNull Run<?, ?> run) {
        PrebuildRecord record = PrebuildAction.find(run, requestId.toString());
        PrebuildResult result = record == null ? null : record.getResult();
        return result == null
                ? Messages.PrebuildService_lostEntry(requestId)
                : Messages.PrebuildService_lostEntryOf(result.getId(), result.getUrl());
    }

    /** The one who waited leaves early; the waiter still hears what became of it. */
    public void leave(@NonNull UUID requestId) {
        Running now = running;
        if (now != null) {
            now.departures().leave(requestId);
        }
    }

    /** Cancels a prebuild, whoever waits for it; nothing happens if it is not open. */
    public void cancel(@NonNull UUID requestId) {
        Running now = running;
        if (now != null) {
            now.departures().cancel(requestId);
        }
    }

    /** All that is open, the oldest first. */
    @NonNull
    public List<OpenPrebuild> openPrebuilds() {
        Running now = running;
        return now == null ? List.of() : now.requests().shown();
    }

    /** A sentence on a request whose build ends before Gitpod has confirmed the cancel. */
    @CheckForNull
    public String farewell(@NonNull UUID requestId) {
        Running now = running;
        RequestRecorder observer = now == null ? null : now.requests().observer(requestId);
        PrebuildHandle handle = find(requestId);
        if (observer == null || handle == null) {
            return null;
        }
        String prebuildId = handle.view().prebuildId();
        return prebuildId == null
                ? Messages.PrebuildMessages_stillUnknown(
                        handle.view().request().projectId(), observer.messages().url())
                : Messages.PrebuildMessages_stillCancelling(
                        prebuildId, observer.messages().url());
    }

    /** Whether a create has been sent for this request and is not answered. */
    public boolean isCreateOut(@NonNull UUID requestId) {
        PrebuildHandle handle = find(requestId);
        return handle != null && handle.isCreateOut();
    }

    /** How a request stands, for people, or null if it is not open. */
    @CheckForNull
    public String status(@NonNull UUID requestId) {
        Running now = running;
        if (now == null) {
            return null;
        }
        if (now.intake().isOpen(requestId)) {
            return Messages.PrebuildService_looking();
        }
        OpenPrebuild waiting = now.places().find(now.requests().shared(requestId));
        if (waiting != null) {
            return waiting.getState();
        }
        PrebuildHandle handle = find(requestId);
        if (handle == null) {
            return null;
        }
        var view = handle.view();
        String id = view.prebuildId() == null ? "" : " " + view.prebuildId();
        return view.stage() + id + " " + view.phase()
                + (view.cancelReason() == null ? "" : ", cancelling: " + view.cancelReason());
    }

    @CheckForNull
    private PrebuildHandle find(UUID requestId) {
        Running now = running;
        return now == null ? null : now.requests().handle(requestId);
    }

    /** Runs something that may block on a disk or a console, but not on a network, off the caller's thread. */
    @NonNull
    public Executor background() {
        Running now = running;
        return now == null ? Runnable::run : now.runtime().executor(WorkQueue.DELIVERY);
    }

    /** Runs something short after a while. */
    public void later(@NonNull Duration delay, @NonNull Runnable task) {
        Running now = running;
        if (now != null) {
            now.runtime().schedule(delay, task);
        } else {
            LOGGER.log(Level.FINE, "Not scheduled, for the engine is not running");
        }
    }
}
