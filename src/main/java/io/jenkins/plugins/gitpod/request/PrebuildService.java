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
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The engine inside Jenkins: starts and stops it, accepts the requests of builds, and continues open requests after a
 * restart. No method blocks on a network, a disk or a credentials provider unless its description says so.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class PrebuildService {

    /** The initializers before this milestone have started the service. */
    public static final String STARTED = "GITPOD_PREBUILDS_STARTED";

    private static final Logger LOGGER = Logger.getLogger(PrebuildService.class.getName());

    @CheckForNull
    private volatile RunningService running;

    private final DelayedSaves delayedSaves = new DelayedSaves(
            task -> later(EngineProperties.saveDelay(), () -> background().execute(task)));

    /** Requests from before the restart that continue once Jenkins is up. Guarded by this. */
    private final List<PrebuildEngine.Restored> toRestore = new ArrayList<>();

    /** Tasks that wait until Jenkins is up. Guarded by this. */
    private final List<Runnable> early = new ArrayList<>();

    private boolean isUp;

    /** What is known about a request after a restart. */
    public enum Resumed {
        /** It is open, or its end is known. The listener is told. */
        CONTINUES,
        /** No create request was sent for it. */
        NEVER_SENT,
        /** A create request was or may have been sent, but the ledger's entry is missing or damaged. */
        LOST
    }

    @NonNull
    public static PrebuildService get() {
        return ExtensionList.lookupSingleton(PrebuildService.class);
    }

    /** Starts the engine once jobs can be looked up, before pipelines resume. Reads the ledger and what is deferred, loads no build. */
    @Initializer(after = InitMilestone.JOB_CONFIG_ADAPTED, attains = STARTED)
    @Restricted(NoExternalUse.class)
    public static void startUp() {
        get().start();
    }

    /** Stops the threads once no pipeline runs any longer. The ledger keeps the open requests. */
    @Terminator(requires = FlowExecutionList.EXECUTIONS_SUSPENDED)
    @Restricted(NoExternalUse.class)
    public static void shutDown() {
        PrebuildService service = ExtensionList.lookup(PrebuildService.class).get(PrebuildService.class);
        if (service != null) {
            service.stop();
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                service.delayedSaves.close();
            }
        }
    }

    private synchronized void start() {
        if (running != null) {
            return;
        }
        RunningService started = RunningService.start();
        running = started;
        toRestore.addAll(started.registry().restore());
        started.deferred().forgetKnown();
    }

    /**
     * Continues the requests of the ledger once jobs, queue and pipelines are loaded. Recording the end of a request loads
     * its build, which must not happen while Jenkins is still starting.
     *
     * @return false if that was done before, or Jenkins is stopping; then this did nothing
     */
    public boolean continueRequests() {
        List<PrebuildEngine.Restored> restored;
        List<Runnable> waited;
        RunningService now;
        synchronized (this) {
            now = running;
            if (now == null || isUp) {
                return false;
            }
            restored = List.copyOf(toRestore);
            toRestore.clear();
            waited = List.copyOf(early);
            early.clear();
            isUp = true;
        }
        now.engine().restore(restored);
        background().execute(now.commitRequests()::resume);
        background().execute(now.deferred()::resume);
        waited.forEach(background()::execute);
        return true;
    }

    /** Runs a task in the background once Jenkins is up. The task does not run if Jenkins is stopping. */
    public void whenUp(@NonNull Runnable task) {
        synchronized (this) {
            if (!isUp) {
                early.add(task);
                return;
            }
        }
        background().execute(task);
    }

    /** Whether requests are accepted. */
    public synchronized boolean isUp() {
        return isUp;
    }

    private synchronized void stop() {
        RunningService now = running;
        running = null;
        isUp = false;
        if (now != null) {
            now.stop();
        }
        toRestore.clear();
        early.clear();
    }

    private RunningService running() throws AbortException {
        RunningService now = running;
        if (now == null) {
            throw new AbortException(Messages.PrebuildService_noEngine());
        }
        return now;
    }

    /**
     * Requests a prebuild for a build.
     *
     * @param requestId identifies the request for good: one id never creates two prebuilds
     * @param nodeId the flow node that waits, or null if no pipeline does
     * @throws AbortException if the options cannot be used; the message is for people
     */
    public void submit(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @Nullable String nodeId,
            @NonNull PrebuildOptions options,
            @NonNull RequestListener listener)
            throws AbortException {
        String problem = options.problem();
        if (problem != null) {
            throw new AbortException(problem);
        }
        RunningService now = running();
        ConfiguredConnection configured = ConfiguredConnection.named(options.getConnection());
        RequestOrigin origin = new RequestOrigin(
                run.getExternalizableId(), run.getParent().getFullName(), nodeId, options.getCredentialsId());
        if (!run.isBuilding()) {
            // A pipeline that is killed while it starts runs for another moment after its build has ended.
            throw new AbortException(Messages.PrebuildService_buildOver());
        }
        StepRequest request = new StepRequest(
                requestId, run, now.ledger().announce(requestId, origin), configured, options, null, listener);
        String projectId = options.getProjectId();
        if (projectId == null && !request.mayKnowCheckouts()) {
            now.ledger().withdraw(requestId);
            throw new AbortException(Messages.Decision_noCheckout());
        }
        TokenSource tokens = now.tokens().of(configured.connection(), requestId);
        if (projectId != null && request.isPlain()) {
            UnusedSnapshotCheck check =
                    new UnusedSnapshotCheck(now.runtime(), now.clients(), request, projectId, tokens);
            if (!now.launcher().create(request, projectId, check::token, check)) {
                background().execute(() -> listener.line(RequestLauncher.waits(request)));
            }
        } else {
            now.decisions().add(request, tokens);
        }
        if (!run.isBuilding()) {
            // The build ended just now, and the listener for that may not have seen the request yet.
            now.owners().buildIsOver(requestId);
        }
    }

    /**
     * Requests a detached prebuild for a new commit, as the job property says. Writes a small file.
     *
     * @throws AbortException if the options cannot be used; the message is for people
     */
    public void submitAutomatic(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @NonNull PrebuildOptions options,
            @NonNull NewCommit commit,
            @NonNull RequestListener listener)
            throws AbortException {
        String problem = options.problem() == null ? commit.conditions().problem() : options.problem();
        if (problem != null) {
            throw new AbortException(problem);
        }
        running().commitRequests().submit(requestId, run, options, commit, listener);
    }

    /** The requests for new commits that are made later; empty while Jenkins is starting or stopping. */
    @NonNull
    public Optional<DeferredRequests> deferred() {
        return Optional.ofNullable(running).map(RunningService::deferred);
    }

    /** The owners of requests; empty while Jenkins is starting or stopping. */
    @NonNull
    public Optional<OwnerTracker> owners() {
        return Optional.ofNullable(running).map(RunningService::owners);
    }

    /** A job or a folder was renamed or moved. */
    public void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        RunningService now = running;
        if (now != null) {
            now.ledger().relocate(oldFullName, newFullName);
            now.commitRequests().relocate(oldFullName, newFullName);
            now.deferred().relocate(oldFullName, newFullName);
        }
    }

    /**
     * Resumes waiting for a request of a step after a restart, and for all parts of a request for several classes.
     *
     * @param nodeId the flow node that waits
     */
    @NonNull
    public Resumed resume(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @Nullable String nodeId,
            @NonNull PrebuildOptions options,
            @NonNull RequestListener listener) {
        RunningService now = running;
        boolean isSplit = now != null
                && options.isForSeveralClasses()
                && now.classRequests().resume(requestId, run, nodeId, options, listener, now.decisions());
        if (isSplit && !run.isBuilding()) {
            // The build ended just now, and the listener for that may not have seen the parts yet.
            now.owners().buildIsOver(requestId);
        }
        return isSplit ? Resumed.CONTINUES : resume(requestId, run, listener);
    }

    /** See {@link OwnerTracker#takeOver}, and {@link ClassRequests#takeOver} for several classes. */
    public boolean takeOver(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @Nullable String nodeId,
            @NonNull PrebuildOptions options,
            @NonNull RequestListener listener) {
        RunningService now = running;
        if (now == null) {
            return false;
        }
        return options.isForSeveralClasses()
                ? now.classRequests().takeOver(requestId, run, nodeId, options, listener, now.decisions())
                : now.owners().takeOver(requestId, nodeId, listener);
    }

    /** Resumes waiting for one request after a restart. May read a small file, and may save the build. */
    @NonNull
    Resumed resume(@NonNull UUID requestId, @NonNull Run<?, ?> run, @NonNull RequestListener listener) {
        return Resumption.resume(running, requestId, run, listener);
    }

    /** The message about a request whose ledger entry is missing or damaged. It names the prebuild if it is known. */
    @NonNull
    public String lostEntry(@NonNull UUID requestId, @NonNull Run<?, ?> run) {
        return Resumption.lostEntry(requestId, run);
    }

    /** What pages ask; empty while Jenkins is starting or stopping. */
    @NonNull
    public Optional<PrebuildQueries> queries() {
        return Optional.ofNullable(running).map(RunningService::queries);
    }

    /**
     * Starts to read the log of a prebuild that a build has recorded. The caller checks the permission of the user.
     *
     * @throws AbortException if that is not possible; the message is for people
     */
    @NonNull
    public RecordedLog log(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) throws AbortException {
        return RecordedLog.open(running().logs(), run.getParent().getFullName(), record);
    }

    /** The record of a request has changed. */
    void recorded(@NonNull Run<?, ?> run, @Nullable PrebuildRecord before, @NonNull PrebuildRecord record) {
        RunningService now = running;
        if (now != null) {
            now.queries().recorded(record);
            now.events().recorded(run, before, record);
        }
    }

    /** The builds with records that are saved a little later. */
    @NonNull
    DelayedSaves delayedSaves() {
        return delayedSaves;
    }

    /** The message of a build that ends before Gitpod has confirmed the cancellation, or null if nothing is open. */
    @CheckForNull
    String unconfirmedCancelMessage(@NonNull UUID requestId) {
        RunningService now = running;
        return now == null ? null : now.queries().unconfirmedCancelMessage(requestId);
    }

    /** Whether a create request was sent and not answered yet. */
    public boolean isCreateOut(@NonNull UUID requestId) {
        RunningService now = running;
        return now != null && now.queries().isCreateOut(requestId);
    }

    /** Whether a request is open: undecided, waiting for its turn, or known to the engine. */
    public boolean isOpen(@NonNull UUID requestId) {
        RunningService now = running;
        return now != null && now.queries().isOpen(requestId);
    }

    /** The state of a request for people, or null if it is not open. Does not wait for anything. */
    @CheckForNull
    public String status(@NonNull UUID requestId) {
        RunningService now = running;
        return now == null ? null : now.queries().status(requestId);
    }

    /** Runs tasks off the caller's thread. They may block on a disk or a console, but not on a network. */
    @NonNull
    public Executor background() {
        RunningService now = running;
        return now == null ? Runnable::run : now.runtime().executor(WorkQueue.DELIVERY);
    }

    /** Runs a short task after a delay. */
    public void later(@NonNull Duration delay, @NonNull Runnable task) {
        RunningService now = running;
        if (now != null) {
            now.runtime().schedule(delay, task);
        } else {
            LOGGER.log(Level.FINE, "Not scheduled, for the engine is not running");
        }
    }
}
