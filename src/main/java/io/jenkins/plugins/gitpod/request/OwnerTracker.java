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
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.Ledger;
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

/** Those who wait and leave early, whether they say so or not: the last to leave a prebuild takes it along. */
public final class OwnerTracker {

    private static final Logger LOGGER = Logger.getLogger(OwnerTracker.class.getName());

    private final RequestRegistry requests;
    private final Ledger ledger;
    private final ThrottleQueue throttle;
    private final DecisionQueue decisions;
    private final Executor background;

    OwnerTracker(
            RequestRegistry requests,
            Ledger ledger,
            ThrottleQueue throttle,
            DecisionQueue decisions,
            Executor background) {
        this.requests = requests;
        this.ledger = ledger;
        this.throttle = throttle;
        this.decisions = decisions;
        this.background = background;
    }

    // ---- who says so

    /** The one who waited leaves; it still hears what became of it. */
    public void leave(@NonNull UUID requestId) {
        RequestRecorder observer = requests.observer(requestId);
        if (observer != null) {
            observer.ownerLeaves();
        }
        if (!decisions.withdraw(requestId, () -> leave(requestId)) && observer != null) {
            depart(observer, CancelReason.ABORTED, null);
        }
    }

    /** Cancels a prebuild, whoever waits for it; nothing happens if it is not open. */
    public void cancel(@NonNull UUID requestId) {
        if (decisions.withdraw(requestId, () -> cancel(requestId))) {
            return;
        }
        SharedPrebuild sharing = requests.sharing(requestId);
        if (sharing != null) {
            sharing.cancelled();
        }
        cancelForAll(requests.shared(requestId));
    }

    private void cancelForAll(UUID shared) {
        PrebuildHandle handle = requests.handle(shared);
        if (!throttle.withdraw(shared) && handle != null) {
            handle.cancel();
        }
    }

    /** Nobody is interested in what was asked for by itself; others who wait for the same prebuild keep it. */
    public void dropAutomatic(@NonNull UUID requestId) {
        if (decisions.withdraw(requestId, () -> dropAutomatic(requestId))) {
            return;
        }
        RequestRecorder observer = requests.observer(requestId);
        SharedPrebuild sharing = requests.sharing(requestId);
        if (observer == null || sharing == null) {
            return;
        }
        switch (sharing.drop(observer)) {
            case CANCEL -> cancelForAll(sharing.requestId());
            case GOES_ON -> goesOn(observer, sharing);
            default -> LOGGER.log(Level.FINE, "Request {0} is over already", requestId);
        }
    }

    // ---- who does not

    /** Whether an owner like this waits for anything. */
    public boolean anyOwner(@NonNull Predicate<RequestOrigin> like) {
        for (RequestRecorder observer : requests.observers()) {
            if (observer.isOwned() && like.test(observer.origin())) {
                return true;
            }
        }
        return decisions.anyOwner(like);
    }

    /**
     * Owners like these are gone: what they waited for is cancelled, by {@code cancelOnAbort}.
     *
     * @param console where to say so if they were not told to stop, or null if there is none left
     */
    public void ownersGone(@NonNull Predicate<RequestOrigin> like, @Nullable TaskListener console) {
        for (UUID requestId : decisions.ofSteps(like)) {
            decisions.withdraw(requestId, () -> ownerGone(requestId, console));
        }
        for (RequestRecorder observer : requests.observers()) {
            if (observer.isOwned() && like.test(observer.origin())) {
                ownerGone(observer, console);
            }
        }
    }

    /**
     * Steps like these have ended, and their pipeline goes on. One that has not come back since a restart has not ended: its
     * pipeline may go on from a state that was saved before it.
     */
    public void stepsGone(@NonNull Predicate<RequestOrigin> like, @NonNull TaskListener console) {
        for (UUID requestId : decisions.ofSteps(like)) {
            decisions.withdraw(requestId, () -> ownerGone(requestId, console));
        }
        for (RequestRecorder observer : requests.observers()) {
            if (observer.isOwned() && !observer.isUnclaimed() && like.test(observer.origin())) {
                ownerGone(observer, console);
            }
        }
    }

    /** The build of this request is over. */
    void buildIsOver(@NonNull UUID requestId) {
        if (!decisions.withdraw(requestId, () -> buildIsOver(requestId))) {
            ownerGone(requestId, null);
        }
    }

    private void ownerGone(UUID requestId, @Nullable TaskListener console) {
        RequestRecorder observer = requests.observer(requestId);
        if (observer != null && observer.isOwned()) {
            ownerGone(observer, console);
        }
    }

    private void ownerGone(RequestRecorder observer, @Nullable TaskListener console) {
        boolean silently = observer.ownerGone();
        depart(observer, CancelReason.OWNER_GONE, silently ? console : null);
    }

    /** The builds of these requests are being deleted: nothing is recorded with them any longer. */
    public void buildsDeleted(@NonNull Predicate<RequestOrigin> like) {
        for (RequestRecorder observer : requests.observers()) {
            if (like.test(observer.origin())) {
                observer.buildDeleted();
            }
        }
    }

    /** The requests of an earlier life that no build has come back to, and where they came from. */
    @NonNull
    public Map<UUID, RequestOrigin> unclaimed() {
        Map<UUID, RequestOrigin> unclaimed = new HashMap<>();
        for (RequestRecorder observer : requests.observers()) {
            if (observer.isUnclaimed()) {
                unclaimed.put(observer.requestId(), observer.origin());
            }
        }
        return unclaimed;
    }

    /** The one who waited for this does not come back after a restart. */
    public void unclaimedGone(@NonNull UUID requestId) {
        RequestRecorder observer = requests.observer(requestId);
        if (observer != null && observer.isUnclaimed()) {
            LOGGER.log(
                    Level.INFO,
                    "Nobody in build {0} comes back to its Gitpod prebuild",
                    observer.origin().buildId());
            ownerGone(observer, null);
        }
    }

    // ---- what becomes of the prebuild

    private void depart(RequestRecorder observer, CancelReason reason, @Nullable TaskListener console) {
        SharedPrebuild sharing = requests.sharing(observer.requestId());
        if (sharing == null) {
            return;
        }
        UUID shared = sharing.requestId();
        PrebuildHandle handle = requests.handle(shared);
        boolean isMade = handle != null
                && handle.view().prebuildId() != null
                && handle.view().cancelReason() == null;
        switch (sharing.leave(observer, isMade)) {
            case LAST -> {
                if (!throttle.withdraw(shared) && handle != null) {
                    say(console, lastWords(observer, handle));
                    handle.leave(reason);
                }
            }
            case CANCEL -> cancelForAll(shared);
            case GOES_ON -> say(console, goesOn(observer, sharing));
            default -> LOGGER.log(Level.FINE, "Request {0} is over already", observer.requestId());
        }
    }

    /** @return what there is to say of it */
    private String goesOn(RequestRecorder observer, SharedPrebuild sharing) {
        observer.left();
        PrebuildHandle handle = requests.handle(sharing.requestId());
        String prebuildId =
                Objects.toString(handle == null ? null : handle.view().prebuildId(), "");
        String message;
        if (sharing.isForeign()) {
            message = Messages.PrebuildService_leftForeign(prebuildId);
        } else if (sharing.memberIds().isEmpty()) {
            message = Messages.PrebuildMessages_leftRunning(
                    prebuildId, observer.messages().url());
        } else {
            message = Messages.PrebuildService_leftToOthers(prebuildId);
        }
        background.execute(() -> {
            ledger.share(sharing.requestId(), sharing::owners);
            observer.left(message);
            if (!sharing.requestId().equals(observer.requestId())) {
                requests.remove(observer.requestId());
            }
        });
        return message;
    }

    private static void say(@Nullable TaskListener console, String line) {
        if (console != null) {
            console.getLogger().println("[Gitpod] " + line);
        }
    }

    private static String lastWords(RequestRecorder observer, PrebuildHandle handle) {
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

    // ---- steps that Jenkins runs once more

    /** What this build asked for in the same words before the restart, and nobody has come back to; the oldest first. */
    @NonNull
    public List<UUID> unclaimed(@NonNull Run<?, ?> run, @NonNull PrebuildOptions options) throws AbortException {
        String buildId = run.getExternalizableId();
        List<RequestRecorder> unclaimed = requests.observers().stream()
                .filter(observer ->
                        observer.isUnclaimed() && observer.origin().buildId().equals(buildId))
                .toList();
        if (unclaimed.isEmpty()) {
            return List.of();
        }
        String connection =
                ConfiguredConnection.named(options.getConnection()).connection().name();
        return unclaimed.stream()
                .filter(observer -> observer.asksFor(options, connection))
                .sorted(Comparator.comparing(RequestRecorder::since))
                .map(RequestRecorder::requestId)
                .toList();
    }

    /** @return false if somebody else has come back to it, or it is over */
    public boolean takeOver(@NonNull UUID requestId, @Nullable String nodeId, @NonNull PrebuildListener waiter) {
        RequestRecorder observer = requests.observer(requestId);
        if (observer == null) {
            return false;
        }
        PrebuildResult known = requests.known(observer);
        if (!observer.takeOver(waiter)) {
            return false;
        }
        ledger.waitsElsewhere(requestId, nodeId);
        RequestOrigin origin = ledger.origin(requestId);
        if (origin != null) {
            observer.relocated(origin);
        }
        if (known != null) {
            waiter.line(observer.messages().resumed(known.getId()));
            waiter.created(known);
        }
        return true;
    }
}
