package io.jenkins.plugins.gitpod.build;

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
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.config.ConnectionClients;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.config.TokenLookup;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.Journal;
import io.jenkins.plugins.gitpod.engine.Lane;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.RequestView;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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

    private static final Duration LOOK_FOR_PLACES = Duration.ofSeconds(2);

    @CheckForNull
    private volatile Running running;

    private final Map<UUID, RecordingObserver> observers = new ConcurrentHashMap<>();

    /** What exists from start to stop. */
    private record Running(
            ThreadedRuntime threads, EngineRuntime runtime, Ledger ledger, PrebuildEngine engine, Places places) {}

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
        EngineSettings settings = Limits.settings();
        ThreadedRuntime threads = new ThreadedRuntime();
        EngineRuntime runtime = new SystemRuntime(threads);
        Ledger ledger = new Ledger(Jenkins.get().getRootDir().toPath().resolve("gitpod-prebuilds"));
        PrebuildEngine engine =
                new PrebuildEngine(runtime, settings, journal(ledger), new ConnectionClients(Limits.client()));
        Places places = new Places(name -> freePlaces(engine, name));
        running = new Running(threads, runtime, ledger, engine, places);
        restore(ledger, engine);
    }

    /**
     * Goes on with what the ledger held once jobs, queue and pipelines are there: an end that is recorded loads its build,
     * which must not happen while Jenkins is still starting.
     */
    void goOn() {
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
            now.threads().close();
            now.engine().close();
        }
        observers.clear();
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
                .filter(handle -> handle.view().request().connection().name().equals(connectionName))
                .count();
        return (int) Math.max(0, most - underWay);
    }

    /** Places become free by an end, by a greater limit, by a connection that is gone: looked for while somebody waits. */
    private static void lookForPlaces(EngineRuntime runtime, Places places) {
        runtime.schedule(
                LOOK_FOR_PLACES,
                () -> runtime.lane(Lane.DELIVERY).execute(() -> {
                    if (places.next()) {
                        lookForPlaces(runtime, places);
                    }
                }));
    }

    private void restore(Ledger ledger, PrebuildEngine engine) {
        List<Ledger.Read> open = ledger.readOpen();
        ledger.readClosed(open.stream().anyMatch(read -> read.saved().prebuildId() == null))
                .forEach(engine::claim);
        for (Ledger.Read read : open) {
            PrebuildRequest request = read.saved().request();
            RecordingObserver observer =
                    new RecordingObserver(request, read.origin(), read.saved().intentTime(), null);
            observers.put(request.requestId(), observer);
            toRestore.add(new PrebuildEngine.Restored(
                    read.saved(),
                    tokens(request.connection(), ledger, request.requestId(), null),
                    new NewsObserver(observer)));
        }
    }

    /** The ledger, and with the end of a request the end of what is known of it here. */
    private Journal journal(Ledger ledger) {
        return new Journal() {
            @Override
            public void save(SavedRequest request) throws IOException {
                ledger.save(request);
            }

            @Override
            public void close(UUID requestId) {
                ledger.close(requestId);
                observers.remove(requestId);
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
            @NonNull PrebuildWaiter waiter)
            throws AbortException {
        String problem = options.problem();
        if (problem != null) {
            throw new AbortException(problem);
        }
        Running now = running();
        GitpodConnection configured = connection(options.getConnection());
        Connection connection = usable(configured);
        PrebuildRequest request = new PrebuildRequest(
                requestId,
                connection,
                options.getProjectId(),
                options.getEnvironmentClassId(),
                options.timeoutOrNull(),
                !options.isWait(),
                options.isCancelOnAbort());
        RequestOrigin origin = new RequestOrigin(
                run.getExternalizableId(), run.getParent().getFullName(), nodeId, options.getCredentialsId());
        RecordingObserver observer = new RecordingObserver(request, origin, Instant.now(), waiter);
        Places.Waiting place = new Places.Waiting(
                new OpenPrebuild(request, origin, Instant.now(), null),
                () -> now.engine()
                        .submit(request, tokens(connection, now.ledger(), requestId, run), new NewsObserver(observer)),
                () -> {
                    background().execute(() -> observer.concluded(new Outcome.NotCreated()));
                    observers.remove(requestId);
                    now.ledger().withdraw(requestId);
                });
        if (!run.isBuilding()) {
            // A pipeline that is killed while it starts runs on for a moment after its build has ended.
            throw new AbortException(Messages.PrebuildService_buildOver());
        }
        now.ledger().announce(requestId, origin);
        observers.put(requestId, observer);
        Places.Admission admission = now.places().admit(requestId, place);
        if (admission == Places.Admission.FIRST_TO_WAIT) {
            lookForPlaces(now.runtime(), now.places());
        }
        if (admission != Places.Admission.SUBMITTED) {
            background()
                    .execute(() -> waiter.line(Messages.PrebuildService_waitsForPlace(
                            connection.name(), String.valueOf(configured.getMostUnderWay()))));
        }
        if (observer.isOwned() && !run.isBuilding()) {
            // It ended just now, and whoever was told of that may not have seen the request yet.
            ownerGone(observer, null);
        }
    }

    private static GitpodConnection connection(@Nullable String name) throws AbortException {
        GitpodGlobalConfiguration configuration = GitpodGlobalConfiguration.get();
        GitpodConnection connection = configuration.connection(name);
        if (connection == null) {
            throw new AbortException(configuration.missing(name));
        }
        return connection;
    }

    private static Connection usable(GitpodConnection connection) throws AbortException {
        try {
            return connection.toEngine();
        } catch (InvalidEndpointException e) {
            throw new AbortException(Messages.PrebuildService_badConnection(connection.getName()));
        }
    }

    /** Where the token comes from: the credential that the job names, else the connection's as it is configured now. */
    private static TokenSource tokens(Connection connection, Ledger ledger, UUID requestId, @Nullable Run<?, ?> run) {
        TokenLookup lookup = new TokenLookup(connection.name(), connection.endpoint());
        return () -> {
            RequestOrigin origin = ledger.origin(requestId);
            if (origin == null) {
                throw new TokenUnavailableException(
                        TokenUnavailableException.Problem.LOOKUP_FAILED, Messages.PrebuildService_notOpen());
            }
            String credentialsId = origin.credentialsId();
            if (credentialsId == null) {
                GitpodConnection configured =
                        GitpodGlobalConfiguration.get().wayOf(connection, get().isSent(requestId));
                return run == null
                        ? lookup.forConnection(configured, origin.jobFullName())
                        : lookup.forRun(configured, origin.jobFullName(), run);
            }
            return run == null
                    ? lookup.forItem(credentialsId, origin.jobFullName())
                    : lookup.forRun(credentialsId, run);
        };
    }

    /** Whether a prebuild may have been made already. */
    private boolean isSent(UUID requestId) {
        PrebuildHandle handle = find(requestId);
        return handle != null
                && (handle.view().stage() == Stage.LOOKING_UP || handle.view().stage() == Stage.WATCHING);
    }

    // ---- owners that go without a word

    /** Whether an owner like this waits for anything. */
    boolean anyOwner(@NonNull Predicate<RequestOrigin> like) {
        for (RecordingObserver observer : observers.values()) {
            if (observer.isOwned() && like.test(observer.origin())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Owners like these are gone: what they waited for is cancelled, by {@code cancelOnAbort}.
     *
     * @param console where to say so if they were not told to stop, or null if there is none left
     */
    void ownersGone(@NonNull Predicate<RequestOrigin> like, @Nullable TaskListener console) {
        for (RecordingObserver observer : observers.values()) {
            if (observer.isOwned() && like.test(observer.origin())) {
                ownerGone(observer, console);
            }
        }
    }

    /** The builds of these requests are being deleted: nothing is recorded with them any longer. */
    void buildsDeleted(@NonNull Predicate<RequestOrigin> like) {
        for (RecordingObserver observer : observers.values()) {
            if (like.test(observer.origin())) {
                observer.buildDeleted();
            }
        }
    }

    private void ownerGone(RecordingObserver observer, @Nullable TaskListener console) {
        UUID requestId = observer.requestId();
        boolean silently = observer.ownerGone();
        Running now = running;
        if (now != null && now.places().withdraw(requestId)) {
            return;
        }
        PrebuildHandle handle = find(requestId);
        if (handle == null) {
            return;
        }
        if (silently && console != null) {
            console.getLogger().println("[Gitpod] " + lastWords(observer, handle));
        }
        handle.leave(CancelReason.OWNER_GONE);
    }

    private static String lastWords(RecordingObserver observer, PrebuildHandle handle) {
        PrebuildRequest request = handle.view().request();
        String prebuildId = handle.view().prebuildId();
        String url = observer.messages().url();
        if (request.cancelOnAbort()) {
            return prebuildId == null
                    ? Messages.PrebuildMessages_stillUnknown(request.projectId(), url)
                    : Messages.PrebuildMessages_killed(prebuildId, url);
        }
        return prebuildId == null
                ? Messages.PrebuildMessages_leftUnknown(request.projectId(), url)
                : Messages.PrebuildMessages_leftRunning(prebuildId, url);
    }

    /** The requests of an earlier life that no build has come back to, and where they came from. */
    @NonNull
    Map<UUID, RequestOrigin> unclaimed() {
        Map<UUID, RequestOrigin> unclaimed = new HashMap<>();
        for (RecordingObserver observer : observers.values()) {
            if (observer.isUnclaimed()) {
                unclaimed.put(observer.requestId(), observer.origin());
            }
        }
        return unclaimed;
    }

    /** The one who waited for this does not come back after a restart. */
    void unclaimedGone(@NonNull UUID requestId) {
        RecordingObserver observer = observers.get(requestId);
        if (observer != null && observer.isUnclaimed()) {
            LOGGER.log(
                    Level.INFO,
                    "Nobody in build {0} comes back to its Gitpod prebuild",
                    observer.origin().buildId());
            ownerGone(observer, null);
        }
    }

    /** A job, or a folder around jobs, has another name. */
    void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        Running now = running;
        if (now == null) {
            return;
        }
        now.ledger().relocate(oldFullName, newFullName);
        observers.forEach((requestId, observer) -> {
            RequestOrigin origin = now.ledger().origin(requestId);
            if (origin != null) {
                observer.relocated(origin);
            }
        });
    }

    /**
     * Goes on waiting for a request after a restart: attaches to it if it is open, or tells what the build's record says
     * of its end. May read a small file.
     */
    @NonNull
    public Resumed resume(@NonNull UUID requestId, @NonNull Run<?, ?> run, @NonNull PrebuildWaiter waiter) {
        RecordingObserver observer = observers.get(requestId);
        if (observer != null) {
            attach(observer, waiter);
            return Resumed.GOES_ON;
        }
        PrebuildRecord record = PrebuildAction.find(run, requestId.toString());
        if (record != null && record.getConclusion() != null) {
            waiter.concluded(record);
            return Resumed.GOES_ON;
        }
        Running now = running;
        boolean lost = record != null || (now != null && now.ledger().hasLost(requestId));
        return lost ? Resumed.LOST : Resumed.NEVER_SENT;
    }

    private void attach(RecordingObserver observer, PrebuildWaiter waiter) {
        PrebuildHandle handle = find(observer.requestId());
        PrebuildResult known = observer.result();
        if (known == null && handle != null && handle.view().prebuildId() != null) {
            known = new PrebuildResult(
                    handle.view().prebuildId(),
                    observer.messages().url(),
                    handle.view().phase());
        }
        if (known != null) {
            waiter.line(observer.messages().resumed(known.getId()));
        }
        observer.attach(waiter);
        if (known != null) {
            waiter.created(known);
        }
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
        RecordingObserver observer = observers.get(requestId);
        if (observer != null) {
            observer.ownerLeaves();
        }
        Running now = running;
        if (now != null && now.places().withdraw(requestId)) {
            return;
        }
        PrebuildHandle handle = find(requestId);
        if (handle != null) {
            handle.leave(CancelReason.ABORTED);
        }
    }

    /** Cancels a prebuild, whoever waits for it; nothing happens if it is not open. */
    public void cancel(@NonNull UUID requestId) {
        Running now = running;
        if (now != null && now.places().withdraw(requestId)) {
            return;
        }
        PrebuildHandle handle = find(requestId);
        if (handle != null) {
            handle.cancel();
        }
    }

    /** All that is open, the oldest first. */
    @NonNull
    List<OpenPrebuild> openPrebuilds() {
        List<OpenPrebuild> all = new ArrayList<>();
        Running now = running;
        if (now != null) {
            for (PrebuildHandle handle : now.engine().open()) {
                // Its build may have been told the end already, while the cancel is still being confirmed.
                RequestOrigin origin = now.ledger().origin(handle.requestId());
                RequestView view = handle.view();
                if (origin != null) {
                    Instant since = view.intentTime() == null ? Instant.now() : view.intentTime();
                    all.add(new OpenPrebuild(view.request(), origin, since, view));
                }
            }
            all.addAll(now.places().all());
        }
        all.sort(Comparator.comparing(OpenPrebuild::since));
        return all;
    }

    /** A sentence on a request whose build ends before Gitpod has confirmed the cancel. */
    @CheckForNull
    public String farewell(@NonNull UUID requestId) {
        RecordingObserver observer = observers.get(requestId);
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
        OpenPrebuild waiting = now == null ? null : now.places().find(requestId);
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
        return now == null ? null : now.engine().find(requestId);
    }

    /** Runs something that may block on a disk or a console, but not on a network, off the caller's thread. */
    @NonNull
    public Executor background() {
        Running now = running;
        return now == null ? Runnable::run : now.runtime().lane(Lane.DELIVERY);
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
