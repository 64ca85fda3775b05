package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.admin.OpenPrebuild;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.decision.Findings;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.Ledger;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Carries out what is decided on a wish. Nothing here calls Gitpod. Where something is told to those who wait, that is
 * returned: it may take a while, and others' decisions must not wait for it.
 */
public final class RequestLauncher {

    private static final Logger LOGGER = Logger.getLogger(RequestLauncher.class.getName());

    private static final Duration LOOK_FOR_PLACES = Duration.ofSeconds(2);

    private final EngineRuntime runtime;
    private final PrebuildEngine engine;
    private final Ledger ledger;
    private final ThrottleQueue places;
    private final CommitHistory commits;
    private final CommitRequestStore pending;
    private final RequestRegistry requests;

    RequestLauncher(
            EngineRuntime runtime,
            PrebuildEngine engine,
            Ledger ledger,
            ThrottleQueue places,
            CommitHistory commits,
            CommitRequestStore pending,
            RequestRegistry requests) {
        this.runtime = runtime;
        this.engine = engine;
        this.ledger = ledger;
        this.places = places;
        this.commits = commits;
        this.pending = pending;
        this.requests = requests;
    }

    private void inBackground(Runnable task) {
        runtime.executor(WorkQueue.DELIVERY).execute(task);
    }

    private TokenSource tokens(StepRequest wish) {
        return ConfiguredConnection.tokens(wish.connection(), ledger, wish.requestId(), wish.run());
    }

    /** The prebuilds of a project and class that are under way and meant to go on, as far as this controller knows. */
    @NonNull
    public List<SharedPrebuild> active(@NonNull StepRequest wish, @NonNull Project project) {
        String apiUrl = wish.connection().endpoint().apiUrl().toString();
        String classId = Findings.classKey(project, wish.options().getEnvironmentClassId());
        return requests.sharings().stream()
                .filter(SharedPrebuild::isActive)
                .filter(each -> each.isOf(apiUrl, project.id()))
                .filter(each -> Findings.classKey(project, each.request().environmentClassId())
                        .equals(classId))
                .filter(each -> {
                    PrebuildHandle handle = requests.handle(each.requestId());
                    return handle == null || handle.view().cancelReason() == null;
                })
                .toList();
    }

    /** Whether a prebuild is, or lately was, one of this controller's. */
    public boolean isOurs(@NonNull String prebuildId) {
        return commits.isKnown(prebuildId)
                || requests.wasOurs(prebuildId)
                || engine.open().stream()
                        .anyMatch(handle -> prebuildId.equals(handle.view().prebuildId()));
    }

    /** Whether a prebuild that seems to be somebody else's may yet turn out to be one of this controller's. */
    public boolean mayBeOurs(@NonNull StepRequest wish, @NonNull Prebuild prebuild) {
        return engine.mayBeOurs(wish.connection(), prebuild);
    }

    /** Whether this controller asked for a prebuild of the project whose id it does not know (yet). */
    public boolean anyUnknown(@NonNull StepRequest wish, @NonNull Project project) {
        String apiUrl = wish.connection().endpoint().apiUrl().toString();
        return engine.open().stream()
                .map(PrebuildHandle::view)
                .filter(view -> view.cancelReason() != CancelReason.SURPLUS)
                .anyMatch(view -> view.prebuildId() == null
                        && view.request().projectId().equalsIgnoreCase(project.id())
                        && view.request()
                                .connection()
                                .endpoint()
                                .apiUrl()
                                .toString()
                                .equals(apiUrl));
    }

    /** Sends a request on its way, or has it wait for a free place. */
    @NonNull
    public Runnable make(@NonNull StepRequest wish, @NonNull String projectId) {
        return make(wish, projectId, tokens(wish));
    }

    /** The same with a token from elsewhere. */
    @NonNull
    public Runnable make(@NonNull StepRequest wish, @NonNull String projectId, @NonNull TokenSource tokens) {
        UUID requestId = wish.requestId();
        PrebuildRequest request = wish.request(projectId);
        RequestRecorder observer = new RequestRecorder(request, wish.origin(), Instant.now(), wish.waiter());
        SharedPrebuild sharing = new SharedPrebuild(request, observer, commits);
        ThrottleQueue.Waiting place = new ThrottleQueue.Waiting(
                new OpenPrebuild(request, wish.origin(), Instant.now(), null),
                () -> engine.submit(request, tokens, sharing),
                () -> inBackground(() -> {
                    sharing.concluded(new Outcome.NotCreated());
                    sharing.memberIds().forEach(pending::forget);
                    requests.over(requestId);
                }));
        requests.enter(observer, sharing);
        ThrottleQueue.Admission admission = places.admit(requestId, place);
        if (admission == ThrottleQueue.Admission.FIRST_TO_WAIT) {
            lookForPlaces();
        }
        if (admission == ThrottleQueue.Admission.SUBMITTED) {
            return () -> {};
        }
        String most = String.valueOf(wish.over().configured().getMostUnderWay());
        String line = Messages.PrebuildService_waitsForPlace(wish.connection().name(), most);
        return () -> wish.waiter().line(line);
    }

    /** Places become free by an end, by a greater limit, by a connection that is gone: looked for while somebody waits. */
    private void lookForPlaces() {
        runtime.schedule(
                LOOK_FOR_PLACES,
                () -> inBackground(() -> {
                    if (places.next()) {
                        lookForPlaces();
                    }
                }));
    }

    /** @return null if it is over by now */
    @CheckForNull
    public Runnable join(@NonNull StepRequest wish, @NonNull SharedPrebuild sharing, @NonNull String projectId) {
        RequestRecorder observer =
                new RequestRecorder(wish.request(projectId), wish.origin(), Instant.now(), wish.waiter());
        if (!sharing.join(observer)) {
            return null;
        }
        requests.enter(observer, sharing);
        ledger.share(sharing.requestId(), sharing.owners());
        if (ledger.isKnown(sharing.requestId())) {
            pending.forget(wish.requestId());
        }
        PrebuildResult known = requests.known(observer);
        return () -> {
            if (known == null) {
                observer.line(Messages.PrebuildService_joinsCreating(sharing.shownFirstBuild()));
            } else {
                observer.line(Messages.PrebuildService_joins(known.getId(), sharing.shownFirstBuild()));
                observer.adopt(known);
            }
        };
    }

    /** Waits for a prebuild that somebody else made; never cancelled by us, whoever leaves. */
    @NonNull
    public Runnable joinForeign(@NonNull StepRequest wish, @NonNull String projectId, @NonNull String prebuildId) {
        PrebuildRequest request = RequestRegistry.alike(
                wish.request(projectId), wish.requestId(), !wish.options().isWait(), false);
        RequestRecorder observer = new RequestRecorder(request, wish.origin(), Instant.now(), wish.waiter());
        SharedPrebuild sharing = new SharedPrebuild(request, observer, commits).ofForeign(prebuildId);
        requests.enter(observer, sharing);
        ledger.share(wish.requestId(), sharing.owners());
        SavedRequest saved = new SavedRequest(
                request, Stage.WATCHING, Instant.now(), prebuildId, request.detached(), null, Duration.ZERO);
        try {
            ledger.save(saved);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save that a build waits for Gitpod prebuild " + prebuildId, e);
        }
        pending.forget(wish.requestId());
        engine.restore(List.of(new PrebuildEngine.Restored(saved, tokens(wish), sharing)));
        PrebuildResult known =
                new PrebuildResult(prebuildId, observer.messages().url(), PrebuildPhase.UNKNOWN).ofProject(projectId);
        return () -> {
            observer.line(Messages.Decision_joinsForeign(prebuildId));
            observer.adopt(known);
        };
    }

    /** Cancels a prebuild for all who wait for it, in favour of a newer one. */
    @NonNull
    public Runnable cancel(@NonNull SharedPrebuild sharing, @NonNull StepRequest by) {
        sharing.cancelled();
        PrebuildHandle handle = requests.handle(sharing.requestId());
        String prebuildId = Objects.toString(prebuildId(handle), "");
        if (!places.withdraw(sharing.requestId()) && handle != null) {
            handle.cancel();
        }
        return () -> {
            by.waiter().line(Messages.PrebuildService_cancelsPrevious(prebuildId, sharing.shownFirstBuild()));
            sharing.line(Messages.PrebuildService_cancelledFor(by.origin().buildId()));
        };
    }

    /** What to tell instead of a prebuild: the one under way, without an id if it has none yet. */
    @NonNull
    public PrebuildResult result(@NonNull SharedPrebuild sharing, @NonNull String skipReason) {
        PrebuildHandle handle = requests.handle(sharing.requestId());
        PrebuildRequest request = sharing.request();
        return PrebuildResult.skipped(
                        Objects.toString(prebuildId(handle), ""),
                        request.connection()
                                .endpoint()
                                .projectPage(request.projectId())
                                .toString(),
                        handle == null ? "" : handle.view().phase().name(),
                        skipReason)
                .builtFrom(handle == null ? null : handle.view().builtFrom());
    }

    @Nullable
    private static String prebuildId(@Nullable PrebuildHandle handle) {
        return handle == null ? null : handle.view().prebuildId();
    }

    /** No prebuild is made. */
    public void conclude(@NonNull StepRequest wish, @NonNull PrebuildRecord record) {
        if (!wish.isAutomatic() || record.getConclusion() == EndStatus.ERROR) {
            BuildRecorder.save(wish.origin(), record);
        }
        pending.forget(wish.requestId());
        ledger.withdraw(wish.requestId());
        wish.waiter().concluded(record);
    }
}
