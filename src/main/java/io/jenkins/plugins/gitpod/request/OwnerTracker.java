package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.decision.DecisionQueue;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.BuildConsole;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.Ledger;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Owners of prebuilds that leave before the end, whether they say so or not. When the last owner leaves, the prebuild is
 * cancelled, as {@code cancelOnAbort} says.
 */
public final class OwnerTracker {

    private static final Logger LOGGER = Logger.getLogger(OwnerTracker.class.getName());

    private static final String OWNER_GONE = "end the wait of a build that is gone";

    private final RequestRegistry registry;
    private final Ledger ledger;
    private final ThrottleQueue throttle;
    private final DecisionQueue decisions;
    private final RequestParts parts;
    private final Executor background;

    OwnerTracker(
            RequestRegistry registry,
            Ledger ledger,
            ThrottleQueue throttle,
            DecisionQueue decisions,
            RequestParts parts,
            Executor background) {
        this.registry = registry;
        this.ledger = ledger;
        this.throttle = throttle;
        this.decisions = decisions;
        this.parts = parts;
        this.background = background;
    }

    // ---- owners that announce that they leave

    /** The owner of a request leaves. It is still told what becomes of the prebuild. */
    void leave(@NonNull UUID requestId) {
        RequestRecorder recorder = registry.recorder(requestId);
        if (recorder != null) {
            recorder.ownerLeaves();
        }
        // The parts last: all of them are known before the whole is not pending any longer.
        boolean isWithdrawn = decisions.withdraw(requestId, () -> leave(requestId));
        parts.of(requestId).forEach(this::leave);
        if (!isWithdrawn && recorder != null) {
            depart(recorder, CancelReason.ABORTED, null);
        }
    }

    /**
     * A person cancels a request for all its owners, or removes it if it was undecided when the person saw it. If it shares a
     * prebuild by now, that keeps running for the others: the person was not asked about them.
     */
    public void cancel(@NonNull OpenPrebuild seen) {
        UUID requestId = UUID.fromString(seen.getRequestId());
        if (seen.isUndecided()) {
            drop(requestId);
        } else {
            cancel(requestId);
        }
    }

    /** Cancels a prebuild for all its owners. Does nothing if the request is not open. */
    public void cancel(@NonNull UUID requestId) {
        if (decisions.withdraw(requestId, () -> cancel(requestId))) {
            return;
        }
        SharedPrebuild shared = registry.shared(requestId);
        if (shared != null) {
            shared.cancelled();
        }
        cancelForAll(registry.sharedId(requestId));
    }

    private void cancelForAll(UUID sharedId) {
        PrebuildHandle handle = registry.handle(sharedId);
        if (!throttle.withdraw(sharedId) && handle != null) {
            handle.cancel();
        }
    }

    /** A request is no longer wanted, for example one for a commit. Its prebuild keeps running if other builds wait for it. */
    public void drop(@NonNull UUID requestId) {
        boolean isWithdrawn = decisions.withdraw(requestId, () -> drop(requestId));
        parts.of(requestId).forEach(this::drop);
        if (isWithdrawn) {
            return;
        }
        RequestRecorder recorder = registry.recorder(requestId);
        SharedPrebuild shared = registry.shared(requestId);
        if (recorder == null || shared == null) {
            return;
        }
        switch (shared.drop(recorder)) {
            case CANCEL -> cancelForAll(shared.requestId());
            case KEEPS_RUNNING -> keepsRunning(recorder, shared);
            default -> LOGGER.log(Level.FINE, "Request {0} has ended already", requestId);
        }
    }

    // ---- owners that are gone without saying so

    /** Whether any request is open. */
    public boolean any() {
        return !registry.recorders().all().isEmpty()
                || !decisions.ofSteps(origin -> true).isEmpty();
    }

    /** Whether a step of this build, with such an origin, waits for a prebuild. */
    public boolean anyOwner(@NonNull String buildId, @NonNull Predicate<RequestOrigin> filter) {
        return registry.recorders().ofBuild(buildId).stream()
                        .anyMatch(recorder -> recorder.isOwned() && filter.test(recorder.origin()))
                || !decisions
                        .ofSteps(origin -> buildId.equals(origin.buildId()) && filter.test(origin))
                        .isEmpty();
    }

    /**
     * A build is over. Prebuilds that it owns are cancelled, as {@code cancelOnAbort} says.
     *
     * @param console where this is logged if the owners were not told to stop, or null if there is no console any longer
     */
    public void buildGone(@NonNull String buildId, @Nullable TaskListener console) {
        ownersGone(registry.recorders().ofBuild(buildId), origin -> buildId.equals(origin.buildId()), console);
    }

    private void ownersGone(
            Collection<RequestRecorder> among, Predicate<RequestOrigin> filter, @Nullable TaskListener console) {
        for (UUID requestId : decisions.ofSteps(filter)) {
            ownerGone(requestId, console);
        }
        Guarded.forEach(OWNER_GONE, among, recorder -> {
            if (recorder.isOwned() && filter.test(recorder.origin())) {
                ownerGone(recorder, console);
            }
        });
    }

    /**
     * Steps of this build with such an origin have ended, and their pipeline continues. A step that has not come back since
     * a restart has not ended: its pipeline may continue from a state that was saved before the step.
     */
    public void stepsGone(
            @NonNull String buildId, @NonNull Predicate<RequestOrigin> filter, @NonNull TaskListener console) {
        for (UUID requestId : decisions.ofSteps(origin -> buildId.equals(origin.buildId()) && filter.test(origin))) {
            ownerGone(requestId, console);
        }
        Guarded.forEach(OWNER_GONE, registry.recorders().ofBuild(buildId), recorder -> {
            if (recorder.isOwned() && !recorder.isUnclaimed() && filter.test(recorder.origin())) {
                ownerGone(recorder, console);
            }
        });
    }

    /** The build of this request is over. */
    void buildIsOver(@NonNull UUID requestId) {
        ownerGone(requestId, null);
    }

    private void ownerGone(UUID requestId, @Nullable TaskListener console) {
        boolean isWithdrawn = decisions.withdraw(requestId, () -> ownerGone(requestId, console));
        parts.of(requestId).forEach(part -> ownerGone(part, console));
        RequestRecorder recorder = isWithdrawn ? null : registry.recorder(requestId);
        if (recorder != null && recorder.isOwned()) {
            ownerGone(recorder, console);
        }
    }

    private void ownerGone(RequestRecorder recorder, @Nullable TaskListener console) {
        boolean silently = recorder.ownerGone();
        depart(recorder, CancelReason.OWNER_GONE, silently ? console : null);
    }

    /** Jobs are being deleted. What was requested for them and does not exist yet is no longer wanted. */
    public void jobsDeleted(@NonNull Predicate<RequestOrigin> filter) {
        buildsDeleted(filter);
        ownersGone(registry.recorders().all(), filter, null);
        decisions.ofJobs(filter).forEach(this::drop);
        Guarded.forEach(
                "withdraw a request of a deleted job", registry.recorders().all(), recorder -> {
                    if (filter.test(recorder.origin()) && registry.handle(recorder.requestId()) == null) {
                        drop(recorder.requestId());
                    }
                });
    }

    /** The builds of these requests are being deleted. Nothing is recorded with them any longer. */
    public void buildsDeleted(@NonNull Predicate<RequestOrigin> filter) {
        for (RequestRecorder recorder : registry.recorders().all()) {
            if (filter.test(recorder.origin())) {
                recorder.buildDeleted();
            }
        }
    }

    /** The requests from before the restart that no build has come back to, with their origins. */
    @NonNull
    public Map<UUID, RequestOrigin> unclaimed() {
        Map<UUID, RequestOrigin> unclaimed = new HashMap<>();
        for (RequestRecorder recorder : registry.recorders().all()) {
            if (recorder.isUnclaimed()) {
                unclaimed.put(recorder.requestId(), recorder.origin());
            }
        }
        return unclaimed;
    }

    /** The owner of this request does not come back after a restart. */
    public void unclaimedGone(@NonNull UUID requestId) {
        RequestRecorder recorder = registry.recorder(requestId);
        if (recorder != null && recorder.isUnclaimed()) {
            LOGGER.log(
                    Level.INFO,
                    "Build {0} does not come back to its Gitpod prebuild",
                    recorder.origin().buildId());
            ownerGone(recorder, null);
        }
    }

    // ---- what becomes of the prebuild

    private void depart(RequestRecorder recorder, CancelReason reason, @Nullable TaskListener console) {
        SharedPrebuild shared = registry.shared(recorder.requestId());
        if (shared == null) {
            return;
        }
        UUID sharedId = shared.requestId();
        PrebuildHandle handle = registry.handle(sharedId);
        boolean isMade = handle != null
                && handle.view().prebuildId() != null
                && handle.view().cancelReason() == null;
        switch (shared.leave(recorder, isMade)) {
            case LAST -> {
                if (!throttle.withdraw(sharedId) && handle != null) {
                    if (!handle.view().phase().isEnd()) {
                        print(console, lastOwnerLeftMessage(recorder, handle));
                    }
                    handle.leave(reason);
                }
            }
            case CANCEL -> cancelForAll(sharedId);
            case KEEPS_RUNNING -> print(console, keepsRunning(recorder, shared));
            default -> LOGGER.log(Level.FINE, "Request {0} has ended already", recorder.requestId());
        }
    }

    /** @return the message for the console */
    private String keepsRunning(RequestRecorder recorder, SharedPrebuild shared) {
        recorder.left();
        PrebuildHandle handle = registry.handle(shared.requestId());
        String prebuildId =
                Objects.toString(handle == null ? null : handle.view().prebuildId(), "");
        String message;
        if (shared.isForeign()) {
            message = Messages.PrebuildService_leftForeign(prebuildId);
        } else if (shared.memberIds().isEmpty()) {
            message = Messages.PrebuildMessages_leftRunning(
                    prebuildId, recorder.messages().url());
        } else {
            message = Messages.PrebuildService_leftToOthers(prebuildId);
        }
        background.execute(() -> {
            ledger.share(shared.requestId(), shared::owners);
            recorder.left(message);
            if (!shared.requestId().equals(recorder.requestId())) {
                registry.left(recorder.requestId());
            }
        });
        return message;
    }

    private static void print(@Nullable TaskListener console, String line) {
        if (console != null) {
            BuildConsole.println(console, line);
        }
    }

    private static String lastOwnerLeftMessage(RequestRecorder recorder, PrebuildHandle handle) {
        PrebuildRequest request = handle.view().request();
        String prebuildId = handle.view().prebuildId();
        String url = recorder.messages().url();
        if (request.cancelOnAbort()) {
            return prebuildId == null
                    ? Messages.PrebuildMessages_stillUnknown(request.projectId(), url)
                    : Messages.PrebuildMessages_killed(prebuildId, url);
        }
        return prebuildId == null
                ? Messages.PrebuildMessages_leftUnknown(request.projectId(), url)
                : Messages.PrebuildMessages_leftRunning(prebuildId, url);
    }

    // ---- steps that Jenkins runs once more

    /**
     * The requests that this build made with the same options before a restart, and that no step has come back to. The
     * oldest is first. A request for several environment classes counts as one.
     *
     * @throws AbortException if the options cannot be used; the message is for people
     */
    @NonNull
    public List<UUID> unclaimed(@NonNull Run<?, ?> run, @NonNull PrebuildOptions options) throws AbortException {
        String buildId = run.getExternalizableId();
        List<RequestRecorder> unclaimed = registry.recorders().ofBuild(buildId).stream()
                .filter(RequestRecorder::isUnclaimed)
                .toList();
        if (unclaimed.isEmpty()) {
            return List.of();
        }
        String connection =
                ConfiguredConnection.named(options.getConnection()).connection().name();
        return unclaimed.stream()
                .filter(recorder -> asksFor(recorder, options, connection))
                .sorted(Comparator.comparing(RequestRecorder::since))
                .map(recorder -> recorder.origin().whole(recorder.requestId()))
                .distinct()
                .toList();
    }

    /** Whether these options with this connection make the same request. */
    private static boolean asksFor(RequestRecorder recorder, PrebuildOptions options, String connectionName) {
        PrebuildRequest request = recorder.request();
        String projectId = options.getProjectId();
        return request.connection().name().equals(connectionName)
                && (projectId == null || projectId.equals(request.projectId()))
                && Objects.equals(
                        options.getEnvironmentClassId(), recorder.origin().askedClass(request.environmentClassId()))
                && Objects.equals(options.timeoutOrNull(), request.timeout())
                && options.isWait() != request.detached()
                && options.isCancelOnAbort() == request.cancelOnAbort()
                && options.isWaitForWarmPool() == request.after().waitForWarmPool();
    }

    /**
     * A step that Jenkins runs once more waits for the prebuild that it requested before the restart.
     *
     * @return false if another step has come back to the request, or it has ended
     */
    public boolean takeOver(@NonNull UUID requestId, @Nullable String nodeId, @NonNull RequestListener listener) {
        RequestRecorder recorder = registry.recorder(requestId);
        if (recorder == null) {
            return false;
        }
        PrebuildResult known = registry.known(recorder);
        if (!recorder.takeOver(listener)) {
            return false;
        }
        ledger.waitsElsewhere(requestId, nodeId);
        if (known != null) {
            listener.line(recorder.messages().resumed(known.getId()));
            listener.created(known);
        }
        return true;
    }
}
