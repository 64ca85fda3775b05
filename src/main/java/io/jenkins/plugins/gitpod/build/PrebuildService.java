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
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.GitpodClients;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.config.TokenLookup;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.Journal;
import io.jenkins.plugins.gitpod.engine.Lane;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
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

    /** Of all who wait or once asked, by their own requests. */
    private final Map<UUID, RecordingObserver> observers = new ConcurrentHashMap<>();

    /** What they share, by their own requests too. */
    private final Map<UUID, Sharing> sharings = new ConcurrentHashMap<>();

    /** What exists from start to stop. */
    private record Running(
            ThreadedRuntime runtime,
            Ledger ledger,
            PrebuildEngine engine,
            Places places,
            CommitBook commits,
            PendingBook pending,
            Intake intake) {}

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

    /** Ends the threads; the ledger keeps what is open. */
    @Terminator
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
        ClientLimits limits = Limits.client();
        ThreadedRuntime runtime = new ThreadedRuntime();
        Path directory = Jenkins.get().getRootDir().toPath().resolve("gitpod-prebuilds");
        Ledger ledger = new Ledger(directory);
        CommitBook commits = new CommitBook(directory.resolve("commits"));
        PendingBook pending = new PendingBook(directory.resolve("new-commits"));
        PrebuildEngine engine = new PrebuildEngine(
                runtime,
                settings,
                journal(ledger, pending),
                (endpoint, token) -> GitpodClients.client(endpoint, token, limits));
        Places places = new Places(name -> freePlaces(engine, name));
        Intake intake = new Intake(runtime, settings, commits, new IntakeDesk());
        running = new Running(runtime, ledger, engine, places, commits, pending, intake);
        restore(ledger, engine, commits);
    }

    private synchronized void stop() {
        Running now = running;
        running = null;
        if (now != null) {
            now.runtime().close();
            now.engine().close();
        }
        observers.clear();
        sharings.clear();
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
    private static void lookForPlaces(ThreadedRuntime runtime, Places places) {
        runtime.schedule(
                LOOK_FOR_PLACES,
                () -> runtime.lane(Lane.DELIVERY).execute(() -> {
                    if (places.next()) {
                        lookForPlaces(runtime, places);
                    }
                }));
    }

    private void restore(Ledger ledger, PrebuildEngine engine, CommitBook commits) {
        ledger.readRecentlyClosed().forEach(engine::claim);
        List<PrebuildEngine.Restored> restored = new ArrayList<>();
        for (Ledger.Read read : ledger.readOpen()) {
            PrebuildRequest request = read.saved().request();
            RecordingObserver observer =
                    new RecordingObserver(request, read.origin(), read.saved().intentTime(), null);
            if (read.owners().firstLeft()) {
                observer.left();
            }
            Sharing sharing = new Sharing(request, observer, commits);
            enter(observer, sharing);
            List<RecordingObserver> joined = new ArrayList<>();
            for (LedgerEntry.Joined each : read.joined()) {
                PrebuildRequest own = alike(request, each.id(), !each.isWaiting(), each.isCancelOnAbort());
                RecordingObserver other =
                        new RecordingObserver(own, each.origin(), read.saved().intentTime(), null);
                joined.add(other);
                enter(other, sharing);
            }
            sharing.restore(joined, read.owners());
            restored.add(new PrebuildEngine.Restored(
                    read.saved(), tokens(request.connection(), ledger, request.requestId(), null), sharing));
        }
        engine.restore(restored);
    }

    private void enter(RecordingObserver observer, Sharing sharing) {
        sharings.put(observer.requestId(), sharing);
        observers.put(observer.requestId(), observer);
    }

    /** A request as the books show it for one who joined another one's. */
    private static PrebuildRequest alike(
            PrebuildRequest request, UUID requestId, boolean detached, boolean cancelOnAbort) {
        return new PrebuildRequest(
                requestId,
                request.connection(),
                request.projectId(),
                request.environmentClassId(),
                request.timeout(),
                detached,
                cancelOnAbort);
    }

    /** The prebuild is over and all who waited have been told. */
    private void forget(Ledger ledger, UUID requestId) {
        Sharing sharing = sharings.get(requestId);
        observers.remove(requestId);
        sharings.remove(requestId);
        if (sharing != null) {
            for (UUID member : sharing.memberIds()) {
                observers.remove(member);
                sharings.remove(member);
                ledger.forget(member);
            }
        }
    }

    /** The ledger, and with the end of a request the end of what is known of it here. */
    private Journal journal(Ledger ledger, PendingBook pending) {
        return new Journal() {
            @Override
            public void save(SavedRequest request) throws IOException {
                ledger.save(request);
                pending.forget(request.request().requestId());
            }

            @Override
            public void close(UUID requestId) {
                ledger.close(requestId);
                forget(ledger, requestId);
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
        RequestOrigin origin = new RequestOrigin(
                run.getExternalizableId(), run.getParent().getFullName(), nodeId, options.getCredentialsId());
        Wish wish = new Wish(requestId, run, origin, configured, connection, options, null, waiter);
        if (options.getProjectId() == null && wish.checkouts().isEmpty()) {
            throw new AbortException(Messages.Intake_noCheckout());
        }
        now.ledger().announce(requestId, origin);
        String projectId = options.getProjectId();
        if (projectId != null && options.isUnconditional() && wish.checkouts().isEmpty()) {
            admit(now, wish, wish.request(projectId));
        } else {
            now.intake().ask(wish, tokens(connection, now.ledger(), requestId, run));
        }
    }

    /**
     * Asks for a prebuild of a new commit on behalf of nobody but the job's property. It is detached.
     *
     * @throws AbortException if the options cannot be used; the message is for people
     */
    public void submitAutomatic(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @NonNull PrebuildOptions options,
            @NonNull NewCommit commit,
            @NonNull PrebuildWaiter waiter)
            throws AbortException {
        String problem = options.problem();
        if (problem != null) {
            throw new AbortException(problem);
        }
        Running now = running();
        connection(options.getConnection());
        now.pending().save(new PendingBook.Pending(requestId, run.getExternalizableId(), options, commit));
        ask(now, requestId, run, options, commit, waiter);
    }

    private void ask(
            Running now,
            UUID requestId,
            Run<?, ?> run,
            PrebuildOptions options,
            NewCommit commit,
            PrebuildWaiter waiter)
            throws AbortException {
        GitpodConnection configured = connection(options.getConnection());
        Connection connection = usable(configured);
        RequestOrigin origin = new RequestOrigin(
                run.getExternalizableId(), run.getParent().getFullName(), null, options.getCredentialsId());
        now.ledger().announce(requestId, origin);
        now.intake()
                .ask(
                        new Wish(requestId, run, origin, configured, connection, options, commit, waiter),
                        tokens(connection, now.ledger(), requestId, run));
    }

    /** Goes on with new commits about which nothing was decided when Jenkins stopped. Loads their builds. */
    void resumeAutomatic() {
        Running now = running;
        if (now == null) {
            return;
        }
        for (PendingBook.Pending each : now.pending().readAll()) {
            UUID requestId = each.requestId();
            if (now.intake().isOpen(requestId)) {
                continue;
            }
            Run<?, ?> run = now.ledger().isKnown(requestId) ? null : Run.fromExternalizableId(each.buildId());
            try {
                if (run != null) {
                    ask(now, requestId, run, each.options(), each.commit(), new Nobody());
                    continue;
                }
            } catch (AbortException e) {
                LOGGER.log(Level.WARNING, "No Gitpod prebuild for {0}: {1}", new Object[] {run, e.getMessage()});
            }
            now.pending().forget(requestId);
        }
    }

    /** Nobody hears what becomes of an automatic prebuild after a restart; the build's page shows it. */
    private static final class Nobody implements PrebuildWaiter {
        @Override
        public void line(@NonNull String line) {
            LOGGER.log(Level.FINE, "{0}", line);
        }

        @Override
        public void created(@NonNull PrebuildResult result) {
            LOGGER.log(Level.FINE, "Made {0}", result);
        }

        @Override
        public void concluded(@NonNull PrebuildRecord record) {
            LOGGER.log(Level.FINE, "{0}", record.getMessage());
        }
    }

    /** Sends a request on its way, or has it wait for a free place. */
    private void admit(Running now, Wish wish, PrebuildRequest request) {
        UUID requestId = wish.requestId();
        RecordingObserver observer = new RecordingObserver(request, wish.origin(), Instant.now(), wish.waiter());
        Sharing sharing = new Sharing(request, observer, now.commits());
        Places.Waiting place = new Places.Waiting(
                observer.shown(null),
                () -> now.engine()
                        .submit(request, tokens(wish.connection(), now.ledger(), requestId, wish.run()), sharing),
                () -> background().execute(() -> {
                    sharing.concluded(new Outcome.NotCreated());
                    now.pending().forget(requestId);
                    forget(now.ledger(), requestId);
                    now.ledger().forget(requestId);
                }));
        enter(observer, sharing);
        Places.Admission admission = now.places().admit(requestId, place);
        if (admission == Places.Admission.FIRST_TO_WAIT) {
            lookForPlaces(now.runtime(), now.places());
        }
        if (admission != Places.Admission.SUBMITTED) {
            background()
                    .execute(() -> wish.waiter()
                            .line(Messages.PrebuildService_waitsForPlace(
                                    wish.connection().name(),
                                    String.valueOf(wish.configured().getMostUnderWay()))));
        }
    }

    /** What the intake decides is done here, on its threads. */
    private final class IntakeDesk implements Intake.Desk {

        @Override
        public List<Sharing> active(Wish wish, Project project) {
            String apiUrl = wish.connection().endpoint().apiUrl().toString();
            String classId = Intake.classKey(project, wish.options().getEnvironmentClassId());
            return sharings.values().stream()
                    .distinct()
                    .filter(Sharing::isActive)
                    .filter(each -> each.request().projectId().equalsIgnoreCase(project.id()))
                    .filter(each -> each.request()
                            .connection()
                            .endpoint()
                            .apiUrl()
                            .toString()
                            .equals(apiUrl))
                    .filter(each -> Intake.classKey(project, each.request().environmentClassId())
                            .equals(classId))
                    .filter(each -> {
                        PrebuildHandle handle = find(each.requestId());
                        return handle == null || handle.view().cancelReason() == null;
                    })
                    .toList();
        }

        @Override
        public boolean isOurs(String prebuildId) {
            Running now = running;
            return now != null
                    && (now.commits().isKnown(prebuildId)
                            || now.engine().open().stream()
                                    .anyMatch(handle ->
                                            prebuildId.equals(handle.view().prebuildId())));
        }

        @Override
        public void make(Wish wish, String projectId) {
            Running now = running;
            if (now != null) {
                admit(now, wish, wish.request(projectId));
            }
        }

        @Override
        public boolean join(Wish wish, Sharing sharing, String projectId) {
            Running now = running;
            RecordingObserver observer =
                    new RecordingObserver(wish.request(projectId), wish.origin(), Instant.now(), wish.waiter());
            if (now == null || !sharing.join(observer)) {
                return false;
            }
            enter(observer, sharing);
            now.ledger().share(sharing.requestId(), sharing.owners());
            now.pending().forget(wish.requestId());
            PrebuildHandle handle = find(sharing.requestId());
            String prebuildId = handle == null ? null : handle.view().prebuildId();
            if (prebuildId == null) {
                observer.line(Messages.PrebuildService_joinsCreating(sharing.shownFirstBuild()));
            } else {
                observer.line(Messages.PrebuildService_joins(prebuildId, sharing.shownFirstBuild()));
                observer.adopt(new PrebuildResult(
                        prebuildId, observer.messages().url(), handle.view().phase()));
            }
            return true;
        }

        @Override
        public void joinForeign(Wish wish, String projectId, String prebuildId) {
            Running now = running;
            if (now == null) {
                return;
            }
            // Never cancelled by us, whoever leaves: we did not make it.
            PrebuildRequest request = alike(
                    wish.request(projectId), wish.requestId(), !wish.options().isWait(), false);
            RecordingObserver observer = new RecordingObserver(request, wish.origin(), Instant.now(), wish.waiter());
            Sharing sharing = new Sharing(request, observer, now.commits()).ofForeign();
            enter(observer, sharing);
            now.ledger().share(wish.requestId(), sharing.owners());
            SavedRequest saved = new SavedRequest(
                    request, Stage.WATCHING, Instant.now(), prebuildId, request.detached(), null, Duration.ZERO);
            try {
                now.ledger().save(saved);
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not save that a build waits for Gitpod prebuild " + prebuildId, e);
            }
            now.pending().forget(wish.requestId());
            now.engine()
                    .restore(List.of(new PrebuildEngine.Restored(
                            saved, tokens(wish.connection(), now.ledger(), wish.requestId(), wish.run()), sharing)));
            observer.adopt(new PrebuildResult(prebuildId, observer.messages().url(), PrebuildPhase.UNKNOWN));
        }

        @Override
        public void cancel(Sharing sharing, Wish by) {
            Running now = running;
            String text = Messages.PrebuildService_cancelledFor(by.origin().buildId());
            background().execute(() -> sharing.line(text));
            sharing.cancelled();
            PrebuildHandle handle = find(sharing.requestId());
            String prebuildId = handle == null ? null : handle.view().prebuildId();
            by.waiter()
                    .line(Messages.PrebuildService_cancelsPrevious(
                            Objects.toString(prebuildId, ""), sharing.shownFirstBuild()));
            if (now != null && !now.places().withdraw(sharing.requestId()) && handle != null) {
                handle.cancel();
            }
        }

        @Override
        public PrebuildResult result(Sharing sharing, String skipReason) {
            PrebuildHandle handle = find(sharing.requestId());
            PrebuildRequest request = sharing.request();
            String url = request.connection()
                    .endpoint()
                    .projectPage(request.projectId())
                    .toString();
            String prebuildId = handle == null ? null : handle.view().prebuildId();
            return PrebuildResult.skipped(
                    Objects.toString(prebuildId, ""),
                    url,
                    handle == null ? "" : handle.view().phase().name(),
                    skipReason);
        }

        @Override
        public void conclude(Wish wish, PrebuildRecord record) {
            Running now = running;
            if (now == null) {
                // Jenkins stops; the wish is asked for again.
                return;
            }
            if (!wish.isAutomatic() || record.getConclusion() == Conclusion.ERROR) {
                RecordingObserver.save(wish.origin(), record);
            }
            now.pending().forget(wish.requestId());
            now.ledger().forget(wish.requestId());
            wish.waiter().concluded(record);
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
                GitpodConnection configured = GitpodGlobalConfiguration.get().connection(connection.name());
                return lookup.forConnection(configured, origin.jobFullName());
            }
            return run == null
                    ? lookup.forItem(credentialsId, origin.jobFullName())
                    : lookup.forRun(credentialsId, run);
        };
    }

    // ---- owners that go without a word

    /** Whether an owner like this waits for anything. */
    boolean anyOwner(@NonNull Predicate<RequestOrigin> like) {
        for (RecordingObserver observer : observers.values()) {
            if (observer.isOwned() && like.test(observer.origin())) {
                return true;
            }
        }
        Running now = running;
        return now != null && now.intake().anyOwner(like);
    }

    /** Owners like these are gone: what they waited for is cancelled, by {@code cancelOnAbort}. */
    void ownersGone(@NonNull Predicate<RequestOrigin> like) {
        Running now = running;
        if (now != null) {
            now.intake().ownersGone(like);
        }
        for (RecordingObserver observer : observers.values()) {
            if (observer.isOwned() && like.test(observer.origin())) {
                ownerGone(observer);
            }
        }
    }

    private void ownerGone(RecordingObserver observer) {
        UUID requestId = observer.requestId();
        observer.forgetWaiter();
        Running now = running;
        if (now != null) {
            depart(now, requestId, CancelReason.OWNER_GONE);
        }
    }

    /** One who waits leaves early: the last one takes the prebuild along. */
    private void depart(Running now, UUID requestId, CancelReason reason) {
        RecordingObserver observer = observers.get(requestId);
        Sharing sharing = sharings.get(requestId);
        if (observer == null || sharing == null) {
            return;
        }
        UUID shared = sharing.requestId();
        switch (sharing.leave(observer)) {
            case LAST -> {
                PrebuildHandle handle = find(shared);
                if (!now.places().withdraw(shared) && handle != null) {
                    handle.leave(reason);
                }
            }
            case GOES_ON -> {
                observer.left();
                background().execute(() -> {
                    now.ledger().share(shared, sharing.owners());
                    PrebuildHandle handle = find(shared);
                    String prebuildId = handle == null ? null : handle.view().prebuildId();
                    observer.leftToOthers(Messages.PrebuildService_leftToOthers(Objects.toString(prebuildId, "")));
                    if (!shared.equals(requestId)) {
                        observers.remove(requestId);
                        sharings.remove(requestId);
                        now.ledger().forget(requestId);
                    }
                });
            }
            default -> LOGGER.log(Level.FINE, "Request {0} is over already", requestId);
        }
    }

    /** Whether there are requests of an earlier life that no build has come back to. */
    boolean anyRestoredUnclaimed() {
        return observers.values().stream().anyMatch(PrebuildService::isUnclaimed);
    }

    private static boolean isUnclaimed(RecordingObserver observer) {
        return observer.isOwned() && !observer.hasWaiter();
    }

    /** Owners like these do not come back after a restart. */
    void unclaimedGone(@NonNull Predicate<RequestOrigin> like) {
        for (RecordingObserver observer : observers.values()) {
            if (isUnclaimed(observer) && like.test(observer.origin())) {
                LOGGER.log(
                        Level.INFO,
                        "Build {0} does not come back; its Gitpod prebuild is cancelled",
                        observer.origin().buildId());
                ownerGone(observer);
            }
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
     * of its end.
     *
     * @return false if nothing is known of it: then nothing was ever sent for it
     */
    public boolean resume(@NonNull UUID requestId, @NonNull Run<?, ?> run, @NonNull PrebuildWaiter waiter) {
        RecordingObserver observer = observers.get(requestId);
        if (observer != null) {
            PrebuildResult known = observer.result();
            PrebuildHandle handle = find(requestId);
            String id = known != null
                    ? known.getId()
                    : handle == null ? null : handle.view().prebuildId();
            if (id != null) {
                waiter.line(observer.messages().resumed(id));
            }
            observer.attach(waiter);
            return true;
        }
        PrebuildRecord record = PrebuildAction.find(run, requestId.toString());
        if (record == null) {
            return false;
        }
        waiter.concluded(record);
        return true;
    }

    /** The one who waited leaves early; the waiter still hears what became of it. */
    public void leave(@NonNull UUID requestId) {
        Running now = running;
        if (now != null && !now.intake().withdraw(requestId)) {
            depart(now, requestId, CancelReason.ABORTED);
        }
    }

    /** Cancels a prebuild, whoever waits for it; nothing happens if it is not open. */
    public void cancel(@NonNull UUID requestId) {
        Running now = running;
        if (now == null || now.intake().withdraw(requestId)) {
            return;
        }
        Sharing sharing = sharings.get(requestId);
        if (sharing != null) {
            sharing.cancelled();
            if (now.places().withdraw(sharing.requestId())) {
                return;
            }
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
                RecordingObserver observer = observers.get(handle.requestId());
                if (observer != null) {
                    all.add(observer.shown(handle.view()));
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
        if (now != null && now.intake().isOpen(requestId)) {
            return Messages.PrebuildService_looking();
        }
        Sharing sharing = sharings.get(requestId);
        OpenPrebuild waiting =
                now == null ? null : now.places().find(sharing == null ? requestId : sharing.requestId());
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
        Sharing sharing = sharings.get(requestId);
        return now == null ? null : now.engine().find(sharing == null ? requestId : sharing.requestId());
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
