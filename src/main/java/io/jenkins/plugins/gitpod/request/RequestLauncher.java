package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.decision.DecisionHandler;
import io.jenkins.plugins.gitpod.decision.Notifications;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.store.Ledger;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Carries out decisions: hands requests to the engine, or has builds share a running prebuild. Nothing here calls Gitpod. */
final class RequestLauncher implements DecisionHandler {

    private static final Logger LOGGER = Logger.getLogger(RequestLauncher.class.getName());

    private static final Duration THROTTLE_INTERVAL = Duration.ofSeconds(2);

    private final EngineRuntime runtime;
    private final PrebuildEngine engine;
    private final Ledger ledger;
    private final RequestTokens tokens;
    private final ThrottleQueue throttle;
    private final CommitHistory history;
    private final CommitRequestStore commitRequests;
    private final RequestRegistry registry;
    private final ClassRequests classRequests;

    RequestLauncher(
            EngineRuntime runtime,
            PrebuildEngine engine,
            Ledger ledger,
            RequestTokens tokens,
            ThrottleQueue throttle,
            CommitHistory history,
            CommitRequestStore commitRequests,
            RequestRegistry registry,
            ClassRequests classRequests) {
        this.runtime = runtime;
        this.engine = engine;
        this.ledger = ledger;
        this.tokens = tokens;
        this.throttle = throttle;
        this.history = history;
        this.commitRequests = commitRequests;
        this.registry = registry;
        this.classRequests = classRequests;
    }

    private static RequestRecorder recorder(StepRequest request, PrebuildRequest engineRequest) {
        return new RequestRecorder(engineRequest, request.liveOrigin(), Instant.now(), request.listener())
                .with(request.options(), request.isAutomatic());
    }

    private TokenSource tokens(StepRequest request) {
        return tokens.of(request.connection(), request.requestId());
    }

    @Override
    public void create(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull List<UUID> cancelFirst,
            @NonNull Notifications notifications) {
        Instant replacesSince = cancelFirst.stream()
                .map(registry::shared)
                .filter(Objects::nonNull)
                .map(SharedPrebuild::rowSince)
                .min(Comparator.naturalOrder())
                .orElse(null);
        cancelFirst.forEach(each -> cancel(each, request, notifications));
        notifications.add(() -> logPrebuild(request, Messages.DecisionLog_created()));
        if (!create(request, projectId, tokens(request), null, replacesSince)) {
            notifications.add(() -> request.listener().line(waits(request)));
        }
    }

    /**
     * Requests a prebuild without a decision.
     *
     * @param source where the token comes from
     * @param check what is checked once the prebuild was created, or null if it was checked before
     * @return false if the request waits until another prebuild of the connection has ended
     */
    boolean create(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull TokenSource source,
            @Nullable UnusedSnapshotCheck check) {
        return create(request, projectId, source, check, null);
    }

    /** @param replacesSince when the first of the prebuilds was requested that this one replaces, or null if there is none */
    private boolean create(
            StepRequest request,
            String projectId,
            TokenSource source,
            @Nullable UnusedSnapshotCheck check,
            @Nullable Instant replacesSince) {
        UUID requestId = request.requestId();
        PrebuildRequest engineRequest = request.request(projectId);
        RequestRecorder recorder = recorder(request, engineRequest).with(check);
        RememberedToken token = new RememberedToken(source);
        SharedPrebuild shared = registry.withLog(new SharedPrebuild(engineRequest, recorder, history), token);
        ThrottleQueue.Waiting waiting = new ThrottleQueue.Waiting(
                () -> new OpenPrebuild(engineRequest, request.origin(), recorder.since(), null),
                () -> engine.submit(engineRequest, token, shared),
                () -> inBackground(() -> {
                    shared.concluded(new Outcome.NotCreated());
                    history.writeChanged();
                    shared.memberIds().forEach(commitRequests::forget);
                    registry.over(requestId);
                }));
        registry.enter(recorder, shared);
        if (replacesSince != null) {
            shared.insteadOf(replacesSince);
            ledger.share(requestId, shared::owners);
        }
        ThrottleQueue.Admission admission;
        try {
            admission = throttle.admit(requestId, waiting);
        } catch (RuntimeException | Error e) {
            registry.remove(requestId);
            throw e;
        }
        if (admission == ThrottleQueue.Admission.FIRST_TO_WAIT) {
            checkThrottle();
        }
        return admission == ThrottleQueue.Admission.SUBMITTED;
    }

    /** The line of a build whose request waits until another prebuild of the connection has ended. */
    @NonNull
    static String waits(@NonNull StepRequest request) {
        String maximum = String.valueOf(request.configured().configured().getMaximumConcurrent());
        return Messages.PrebuildService_waitsForOthers(request.connection().name(), maximum);
    }

    /** Another request may go when a prebuild ends, a maximum is raised, or a connection is deleted. */
    private void checkThrottle() {
        runtime.schedule(
                THROTTLE_INTERVAL,
                () -> inBackground(() -> {
                    if (throttle.next()) {
                        checkThrottle();
                    }
                }));
    }

    private void inBackground(Runnable task) {
        runtime.executor(WorkQueue.DELIVERY).execute(task);
    }

    @Override
    public boolean join(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull UUID requestId,
            @NonNull Notifications notifications) {
        SharedPrebuild shared = registry.shared(requestId);
        RequestRecorder recorder = recorder(request, request.request(projectId));
        if (shared == null || !shared.join(recorder)) {
            return false;
        }
        registry.enter(recorder, shared);
        ledger.share(shared.requestId(), shared::owners);
        if (ledger.isKnown(shared.requestId())) {
            history.writeRequest(request.requestId());
            commitRequests.forget(request.requestId());
        }
        PrebuildResult known = registry.known(recorder);
        String first = shared.firstOrigin().nameFor(request.origin());
        notifications.add(() -> logPrebuild(request, Messages.DecisionLog_joined(first)));
        notifications.add(() -> {
            if (known == null) {
                recorder.line(Messages.PrebuildService_joinsCreating(first));
            } else {
                recorder.line(Messages.PrebuildService_joins(known.getId(), first));
                recorder.adopt(known);
            }
        });
        return true;
    }

    @Override
    public void joinForeign(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull String prebuildId,
            @NonNull Notifications notifications) {
        // Never cancelled by this Jenkins, whichever build leaves.
        PrebuildRequest engineRequest = RequestRegistry.alike(
                request.request(projectId),
                request.requestId(),
                !request.options().isWait(),
                false,
                request.request(projectId).after());
        RequestRecorder recorder = recorder(request, engineRequest);
        RememberedToken token = new RememberedToken(tokens(request));
        SharedPrebuild shared =
                registry.withLog(new SharedPrebuild(engineRequest, recorder, history).ofForeign(prebuildId), token);
        registry.enter(recorder, shared);
        ledger.share(request.requestId(), shared::owners);
        SavedRequest saved = new SavedRequest(
                engineRequest,
                Stage.WATCHING,
                Instant.now(),
                prebuildId,
                engineRequest.detached(),
                null,
                Duration.ZERO);
        try {
            ledger.save(saved);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save that a build waits for Gitpod prebuild " + prebuildId, e);
        }
        history.writeRequest(request.requestId());
        commitRequests.forget(request.requestId());
        engine.restore(List.of(new PrebuildEngine.Restored(saved, token, shared)));
        PrebuildResult known =
                new PrebuildResult(prebuildId, recorder.messages().url(), PrebuildPhase.UNKNOWN).ofProject(projectId);
        notifications.add(() -> logPrebuild(request, Messages.Decision_joinsForeign(prebuildId)));
        notifications.add(() -> {
            recorder.line(Messages.Decision_joinsForeign(prebuildId));
            recorder.adopt(known);
        });
    }

    @NonNull
    @Override
    public List<StepRequest> split(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull PartOf whole,
            @NonNull Notifications notifications) {
        return classRequests.split(request, projectId, whole, notifications);
    }

    /** Adds the decision for a new commit to those of its job. Writes a file. */
    private static void logPrebuild(StepRequest request, String text) {
        NewCommit commit = request.newCommit();
        if (commit != null) {
            DecisionLog.addPrebuild(
                    request.run(),
                    commit.checkout().revision(),
                    request.requestId(),
                    CombinedRequest.line(request, text));
        }
    }

    /** Cancels a running prebuild for all builds that wait for it, in favor of a newer one. */
    private void cancel(UUID requestId, StepRequest by, Notifications notifications) {
        SharedPrebuild shared = registry.shared(requestId);
        if (shared == null) {
            return; // it has just ended
        }
        shared.cancelled();
        PrebuildHandle handle = registry.handle(requestId);
        String prebuildId = handle == null || handle.view().prebuildId() == null
                ? ""
                : handle.view().prebuildId();
        if (!throttle.withdraw(requestId) && handle != null) {
            handle.cancel();
        }
        notifications.add(() -> {
            RequestOrigin origin = by.origin();
            by.listener()
                    .line(Messages.PrebuildService_cancelsPrevious(
                            prebuildId, shared.firstOrigin().nameFor(origin)));
            shared.line(reader -> Messages.PrebuildService_cancelledFor(origin.nameFor(reader)));
        });
    }

    @Override
    public void conclude(@NonNull StepRequest request, @NonNull PrebuildRecord record) {
        if (!request.isAutomatic() || record.getConclusion() == EndStatus.ERROR) {
            new RecordSaver(request.liveOrigin())
                    .save(record.skipPublishingChecks(request.options().isSkipPublishingChecks())
                            .ofClass(request.classId())
                            .automatic(request.isAutomatic()));
        }
        NewCommit commit = request.newCommit();
        String message = record.getMessage();
        if (commit != null && message != null) {
            DecisionLog.addSkipped(request.run(), commit.checkout().revision(), CombinedRequest.line(request, message));
        }
        ledger.withdraw(request.requestId());
        tokens.forget(request.requestId());
        Guarded.run(
                "tell a build that it gets no prebuild",
                () -> request.listener().concluded(record));
        history.writeChanged(); // the next commit needs to know that this one has no prebuild
        commitRequests.forget(request.requestId());
    }
}
