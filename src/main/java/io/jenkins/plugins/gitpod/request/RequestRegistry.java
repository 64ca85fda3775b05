package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.decision.DecisionInputs;
import io.jenkins.plugins.gitpod.decision.RunningPrebuild;
import io.jenkins.plugins.gitpod.decision.RunningPrebuilds;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.engine.AfterCompletion;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.Ledger;
import io.jenkins.plugins.gitpod.store.LedgerEntry;
import io.jenkins.plugins.gitpod.store.RunTimes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** All open requests, by the ids of their own, and the prebuilds that they share. */
final class RequestRegistry implements RunningPrebuilds {

    private final PrebuildEngine engine;
    private final Ledger ledger;
    private final RequestTokens tokens;
    private final CommitHistory history;
    private final ThrottleQueue throttle;
    private final RunTimes runTimes;
    private final LogOutput.Follower logs;
    private final OldPrebuilds oldPrebuilds;
    private final Recorders recorders = new Recorders();
    private final Map<UUID, SharedPrebuild> sharedPrebuilds = new ConcurrentHashMap<>();

    private final PastPrebuilds past = new PastPrebuilds(InstantSource.system());

    private volatile Consumer<PrebuildRequest> whenOver = ended -> {};

    RequestRegistry(
            PrebuildEngine engine,
            Ledger ledger,
            RequestTokens tokens,
            CommitHistory history,
            ThrottleQueue throttle,
            RunTimes runTimes,
            LogOutput.Follower logs,
            OldPrebuilds oldPrebuilds) {
        this.engine = engine;
        this.ledger = ledger;
        this.tokens = tokens;
        this.history = history;
        this.throttle = throttle;
        this.runTimes = runTimes;
        this.logs = logs;
        this.oldPrebuilds = oldPrebuilds;
    }

    /** Has a listener told that a prebuild has ended. It gets null if the request of the prebuild is not known. */
    void whenOver(@NonNull Consumer<PrebuildRequest> listener) {
        whenOver = listener;
    }

    @NonNull
    Recorders recorders() {
        return recorders;
    }

    @CheckForNull
    RequestRecorder recorder(@NonNull UUID requestId) {
        return recorders.find(requestId);
    }

    @CheckForNull
    SharedPrebuild shared(@NonNull UUID requestId) {
        return sharedPrebuilds.get(requestId);
    }

    /** Each shared prebuild once. */
    @NonNull
    private Set<SharedPrebuild> sharedPrebuilds() {
        return Set.copyOf(sharedPrebuilds.values());
    }

    /** The id of the request that the engine knows: the request's own, or the id of the request that it joined. */
    @NonNull
    UUID sharedId(@NonNull UUID requestId) {
        SharedPrebuild shared = sharedPrebuilds.get(requestId);
        return shared == null ? requestId : shared.requestId();
    }

    /** The engine's handle of a request, or null if the engine does not know it yet or any longer. */
    @CheckForNull
    PrebuildHandle handle(@NonNull UUID requestId) {
        return engine.find(sharedId(requestId));
    }

    /** Whether a request waits for its turn, or the engine knows it. */
    boolean isOpen(@NonNull UUID requestId) {
        return handle(requestId) != null || throttle.find(sharedId(requestId)) != null;
    }

    /** What is known about a request's prebuild, or null if it is not known to exist. */
    @CheckForNull
    PrebuildResult known(@NonNull RequestRecorder recorder) {
        PrebuildResult known = recorder.result();
        PrebuildHandle handle = known == null ? handle(recorder.requestId()) : null;
        if (handle == null) {
            return known;
        }
        String prebuildId = handle.view().prebuildId();
        PrebuildPhase phase = handle.view().phase();
        return prebuildId == null
                ? null
                : new PrebuildResult(prebuildId, recorder.messages().url(), phase)
                        .ofProject(handle.view().request().projectId())
                        .builtFrom(handle.view().builtFrom());
    }

    /** Has the log of the prebuild printed, and older prebuilds deleted, as the builds want. */
    @NonNull
    SharedPrebuild withLog(@NonNull SharedPrebuild shared, @NonNull RememberedToken token) {
        UUID requestId = shared.requestId();
        shared.history().whenCompleted(() -> whenOver.accept(shared.request()));
        return shared.with(oldPrebuilds, token::lastOrNew)
                .with(logs, token::lastOrNew, ledger.printed(requestId), lines -> ledger.printed(requestId, lines));
    }

    void enter(@NonNull RequestRecorder recorder, @NonNull SharedPrebuild shared) {
        sharedPrebuilds.put(recorder.requestId(), shared);
        recorders.add(recorder);
    }

    /** Removes a request. */
    void remove(@NonNull UUID requestId) {
        recorders.remove(requestId);
        sharedPrebuilds.remove(requestId);
        ledger.withdraw(requestId);
        tokens.forget(requestId);
    }

    /** The build has left its prebuild to others. Until the prebuild ends, the build's job may still be renamed. */
    void left(@NonNull UUID requestId) {
        recorders.remove(requestId);
        sharedPrebuilds.remove(requestId);
    }

    /** The prebuild has ended, and all builds were told. */
    void over(@NonNull UUID requestId) {
        SharedPrebuild shared = sharedPrebuilds.get(requestId);
        if (shared != null) {
            past.add(shared.prebuildId(), shared.history().isOver());
            shared.memberIds().forEach(this::remove);
            shared.formerMemberIds().forEach(ledger::withdraw);
        }
        remove(requestId);
        whenOver.accept(shared == null ? null : shared.request());
    }

    // ---- running prebuilds, for decisions

    @NonNull
    @Override
    public List<RunningPrebuild> like(@NonNull StepRequest request, @NonNull Project project) {
        String apiUrl = request.connection().endpoint().apiUrl().toString();
        String classId = DecisionInputs.classKey(project, request.options().getEnvironmentClassId());
        return sharedPrebuilds().stream()
                .filter(SharedPrebuild::isActive)
                .filter(each -> each.isOf(apiUrl, project.id()))
                .filter(each -> DecisionInputs.classKey(project, each.request().environmentClassId())
                        .equals(classId))
                .filter(each -> {
                    PrebuildHandle handle = handle(each.requestId());
                    return handle == null || handle.view().cancelReason() == null;
                })
                .map(each -> running(each, request))
                .toList();
    }

    private RunningPrebuild running(SharedPrebuild shared, StepRequest by) {
        PrebuildHandle handle = handle(shared.requestId());
        PrebuildRequest request = shared.request();
        PrebuildHandle.View view = handle == null ? null : handle.view();
        return new RunningPrebuild(
                shared.requestId(),
                shared.firstOrigin().nameFor(by.origin()),
                view == null || view.prebuildId() == null ? "" : view.prebuildId(),
                view == null ? "" : view.phase().name(),
                request.connection().endpoint().projectPage(request.projectId()).toString(),
                view == null ? null : view.builtFrom(),
                shared.isForeign(),
                request.connection().name().equals(by.connection().name())
                        && tokens.isSameCredential(by.requestId(), shared.requestId()),
                shared.order(),
                shared.rowSince());
    }

    @NonNull
    @Override
    public List<RunTimes.Run> runs(@NonNull StepRequest request, @NonNull Project project, @NonNull Instant now) {
        List<RunTimes.Run> all = new ArrayList<>(runTimes.of(project.id()));
        Set<String> ended = all.stream().map(RunTimes.Run::prebuildId).collect(Collectors.toSet());
        String apiUrl = request.connection().endpoint().apiUrl().toString();
        for (SharedPrebuild each : sharedPrebuilds()) {
            PrebuildHandle handle =
                    each.isForeign() || !each.isOf(apiUrl, project.id()) ? null : handle(each.requestId());
            PrebuildHandle.View view = handle == null ? null : handle.view();
            if (view != null
                    && view.prebuildId() != null
                    && view.intentTime() != null
                    && !ended.contains(view.prebuildId())) {
                all.add(new RunTimes.Run(view.prebuildId(), view.intentTime(), now));
            }
        }
        return all;
    }

    @Override
    public boolean isOwn(@NonNull String prebuildId) {
        return history.isKnown(prebuildId)
                || past.isOver(prebuildId)
                || engine.open().stream()
                        .anyMatch(handle -> prebuildId.equals(handle.view().prebuildId()));
    }

    @Override
    public boolean isGivenUp(@NonNull String prebuildId) {
        return past.isGivenUp(prebuildId);
    }

    @Override
    public boolean mayBeOwn(@NonNull StepRequest request, @NonNull Prebuild prebuild) {
        return engine.mayBeOurs(request.connection(), prebuild);
    }

    @Override
    public boolean anyWithoutId(@NonNull StepRequest request, @NonNull Project project) {
        return engine.open().stream()
                .map(PrebuildHandle::view)
                .filter(view -> view.cancelReason() != CancelReason.SURPLUS)
                .anyMatch(view -> view.prebuildId() == null && isOf(view.request(), request, project));
    }

    private static boolean isOf(PrebuildRequest one, StepRequest request, Project project) {
        String apiUrl = request.connection().endpoint().apiUrl().toString();
        return one.projectId().equalsIgnoreCase(project.id())
                && one.connection().endpoint().apiUrl().toString().equals(apiUrl);
    }

    /** Whether only builds still wait, for the warm pool. */
    private boolean hasCompleted(PrebuildRequest request) {
        SharedPrebuild shared = sharedPrebuilds.get(request.requestId());
        return shared != null && shared.history().isCompleted();
    }

    @CheckForNull
    @Override
    public String ending(@NonNull StepRequest request, @NonNull Project project) {
        String classId = DecisionInputs.classKey(project, request.options().getEnvironmentClassId());
        Set<UUID> active =
                like(request, project).stream().map(RunningPrebuild::requestId).collect(Collectors.toSet());
        return engine.open().stream()
                .map(PrebuildHandle::view)
                .filter(view -> !active.contains(view.request().requestId()) && !hasCompleted(view.request()))
                // A request that only looks for a surplus prebuild has none.
                .filter(view -> view.cancelReason() != CancelReason.SURPLUS || view.prebuildId() != null)
                .filter(view -> isOf(view.request(), request, project)
                        && DecisionInputs.classKey(project, view.request().environmentClassId())
                                .equals(classId))
                .map(view -> Objects.toString(view.prebuildId(), ""))
                .findFirst()
                .orElse(null);
    }

    // ---- restart

    /** Restores the requests of the ledger. Returns what the engine has to continue. */
    @NonNull
    List<PrebuildEngine.Restored> restore() {
        List<Ledger.Read> open = ledger.readOpen();
        boolean anyUnknown = open.stream().anyMatch(read -> read.saved().prebuildId() == null);
        for (String prebuildId : ledger.readClosed(anyUnknown)) {
            engine.claim(prebuildId); // it may still run; lists lag behind for less time than a start of Jenkins takes
        }
        List<PrebuildEngine.Restored> restored = new ArrayList<>();
        for (Ledger.Read read : open) {
            PrebuildRequest request = read.saved().request();
            if (read.saved().surplusOf() != null) {
                // No build waits for it, and none may join it.
                restored.add(new PrebuildEngine.Restored(
                        read.saved(), tokens.of(request.connection(), request.requestId()), null));
                continue;
            }
            Instant since = read.saved().intentTime();
            RequestRecorder first = new RequestRecorder(request, ledger.live(request.requestId()), since, null);
            if (read.owners().firstLeft()) {
                first.left();
            }
            RememberedToken token = new RememberedToken(tokens.of(request.connection(), request.requestId()));
            SharedPrebuild shared = withLog(new SharedPrebuild(request, first, history), token);
            enter(first, shared);
            List<RequestRecorder> joined = new ArrayList<>();
            for (LedgerEntry.Joined each : read.joined()) {
                PrebuildRequest own =
                        alike(request, each.id(), !each.isWaiting(), each.isCancelOnAbort(), each.after());
                RequestRecorder other = new RequestRecorder(own, ledger.live(each.id()), since, null);
                joined.add(other);
                enter(other, shared);
            }
            shared.restore(joined, read.owners(), read.saved().prebuildId());
            restored.add(new PrebuildEngine.Restored(read.saved(), token, shared));
        }
        return restored;
    }

    /** The request of a build that joined the request of another build. */
    @NonNull
    static PrebuildRequest alike(
            @NonNull PrebuildRequest request,
            @NonNull UUID requestId,
            boolean detached,
            boolean cancelOnAbort,
            @NonNull AfterCompletion after) {
        return new PrebuildRequest(
                requestId,
                request.connection(),
                request.projectId(),
                request.environmentClassId(),
                request.timeout(),
                detached,
                cancelOnAbort,
                after);
    }

    /** The build that made the request, or another owner if that build has left. */
    private UUID anyOwner(UUID requestId) {
        SharedPrebuild shared = sharedPrebuilds.get(requestId);
        List<UUID> all = shared == null ? List.of() : shared.memberIds();
        return all.isEmpty() || all.contains(requestId) ? requestId : all.get(0);
    }

    /** The open requests of a build. A request that waits for its build's turn, or has joined another one, is its own. */
    @NonNull
    List<OpenPrebuild> shown(@NonNull String buildId) {
        List<OpenPrebuild> all = new ArrayList<>();
        for (RequestRecorder recorder : recorders.ofBuild(buildId)) {
            PrebuildHandle handle = handle(recorder.requestId());
            all.add(recorder.shown(handle == null ? null : handle.view()));
        }
        all.sort(Comparator.comparing(OpenPrebuild::since));
        return all;
    }

    /** The full names of the jobs whose builds own a request's prebuild. */
    @NonNull
    Set<String> owningJobs(@NonNull UUID requestId) {
        SharedPrebuild shared = sharedPrebuilds.get(requestId);
        List<UUID> ids = shared == null ? List.of(requestId) : shared.memberIds();
        return ids.stream()
                .map(recorders::find)
                .filter(Objects::nonNull)
                .map(each -> each.origin().jobFullName())
                .collect(Collectors.toSet());
    }

    /** All open requests, the oldest first. */
    @NonNull
    List<OpenPrebuild> shown() {
        List<OpenPrebuild> all = new ArrayList<>();
        for (PrebuildHandle handle : engine.open()) {
            // The build may have been told the end already, while Gitpod has not confirmed the cancellation.
            RequestOrigin origin = ledger.origin(anyOwner(handle.requestId()));
            PrebuildHandle.View view = handle.view();
            if (origin != null) {
                Instant since = view.intentTime() == null ? Instant.now() : view.intentTime();
                all.add(new OpenPrebuild(view.request(), origin, since, view));
            }
        }
        all.addAll(throttle.all());
        all.sort(Comparator.comparing(OpenPrebuild::since));
        return all;
    }
}
