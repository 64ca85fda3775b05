package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.decision.DecisionInputs;
import io.jenkins.plugins.gitpod.decision.RunningPrebuild;
import io.jenkins.plugins.gitpod.decision.RunningPrebuilds;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.RequestView;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.Ledger;
import io.jenkins.plugins.gitpod.store.LedgerEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** All open requests, by the ids of their own, and the prebuilds that they share. */
final class RequestRegistry implements RunningPrebuilds {

    private static final int MAXIMUM_PAST = 200;

    private final PrebuildEngine engine;
    private final Ledger ledger;
    private final RequestTokens tokens;
    private final CommitHistory history;
    private final ThrottleQueue throttle;
    private final Map<UUID, RequestRecorder> observers = new ConcurrentHashMap<>();
    private final Map<UUID, SharedPrebuild> sharings = new ConcurrentHashMap<>();

    /** Prebuilds that are over, the last of them: Gitpod's lists may lag behind. */
    private final Set<String> past = Collections.synchronizedSet(new LinkedHashSet<>());

    RequestRegistry(
            PrebuildEngine engine, Ledger ledger, RequestTokens tokens, CommitHistory history, ThrottleQueue throttle) {
        this.engine = engine;
        this.ledger = ledger;
        this.tokens = tokens;
        this.history = history;
        this.throttle = throttle;
    }

    @NonNull
    Collection<RequestRecorder> observers() {
        return observers.values();
    }

    @CheckForNull
    RequestRecorder observer(@NonNull UUID requestId) {
        return observers.get(requestId);
    }

    @CheckForNull
    SharedPrebuild sharing(@NonNull UUID requestId) {
        return sharings.get(requestId);
    }

    /** Every prebuild once. */
    @NonNull
    Set<SharedPrebuild> sharings() {
        return Set.copyOf(sharings.values());
    }

    /** The request that the engine knows: one's own, or the one that was joined. */
    @NonNull
    UUID shared(@NonNull UUID requestId) {
        SharedPrebuild sharing = sharings.get(requestId);
        return sharing == null ? requestId : sharing.requestId();
    }

    /** What the engine does for a request, or null if it has nothing to do with it yet or any longer. */
    @CheckForNull
    PrebuildHandle handle(@NonNull UUID requestId) {
        return engine.find(shared(requestId));
    }

    /** What is known of a request's prebuild, or null if it is not known to exist. */
    @CheckForNull
    PrebuildResult known(@NonNull RequestRecorder observer) {
        PrebuildResult known = observer.result();
        PrebuildHandle handle = known == null ? handle(observer.requestId()) : null;
        if (handle == null) {
            return known;
        }
        String prebuildId = handle.view().prebuildId();
        PrebuildPhase phase = handle.view().phase();
        return prebuildId == null
                ? null
                : new PrebuildResult(prebuildId, observer.messages().url(), phase)
                        .ofProject(handle.view().request().projectId())
                        .builtFrom(handle.view().builtFrom());
    }

    void enter(@NonNull RequestRecorder observer, @NonNull SharedPrebuild sharing) {
        sharings.put(observer.requestId(), sharing);
        observers.put(observer.requestId(), observer);
    }

    /** One who joined has left. */
    void remove(@NonNull UUID requestId) {
        observers.remove(requestId);
        sharings.remove(requestId);
        ledger.withdraw(requestId);
    }

    /** The prebuild is over and all who waited have been told. */
    void over(@NonNull UUID requestId) {
        SharedPrebuild sharing = sharings.get(requestId);
        if (sharing != null) {
            isPast(sharing.prebuildId());
            sharing.memberIds().forEach(this::remove);
        }
        remove(requestId);
    }

    private void isPast(@Nullable String prebuildId) {
        if (prebuildId != null) {
            synchronized (past) {
                past.add(prebuildId);
                if (past.size() > MAXIMUM_PAST) {
                    past.remove(past.iterator().next());
                }
            }
        }
    }

    // ---- running prebuilds, for decisions

    @NonNull
    @Override
    public List<RunningPrebuild> like(@NonNull StepRequest request, @NonNull Project project) {
        String apiUrl = request.connection().endpoint().apiUrl().toString();
        String classId = DecisionInputs.classKey(project, request.options().getEnvironmentClassId());
        return sharings().stream()
                .filter(SharedPrebuild::isActive)
                .filter(each -> each.isOf(apiUrl, project.id()))
                .filter(each -> DecisionInputs.classKey(project, each.request().environmentClassId())
                        .equals(classId))
                .filter(each -> {
                    PrebuildHandle handle = handle(each.requestId());
                    return handle == null || handle.view().cancelReason() == null;
                })
                .map(this::running)
                .toList();
    }

    private RunningPrebuild running(SharedPrebuild shared) {
        PrebuildHandle handle = handle(shared.requestId());
        PrebuildRequest request = shared.request();
        RequestView view = handle == null ? null : handle.view();
        return new RunningPrebuild(
                shared.requestId(),
                shared.shownFirstBuild(),
                view == null || view.prebuildId() == null ? "" : view.prebuildId(),
                view == null ? "" : view.phase().name(),
                request.connection().endpoint().projectPage(request.projectId()).toString(),
                view == null ? null : view.builtFrom(),
                shared.isForeign());
    }

    @Override
    public boolean isOwn(@NonNull String prebuildId) {
        return history.isKnown(prebuildId)
                || past.contains(prebuildId)
                || engine.open().stream()
                        .anyMatch(handle -> prebuildId.equals(handle.view().prebuildId()));
    }

    @Override
    public boolean mayBeOwn(@NonNull StepRequest request, @NonNull Prebuild prebuild) {
        return engine.mayBeOurs(request.connection(), prebuild);
    }

    @Override
    public boolean anyWithoutId(@NonNull StepRequest request, @NonNull Project project) {
        String apiUrl = request.connection().endpoint().apiUrl().toString();
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

    // ---- restart

    /** Enters what the ledger holds, and returns what the engine is to go on with. */
    @NonNull
    List<PrebuildEngine.Restored> restore() {
        List<Ledger.Read> open = ledger.readOpen();
        boolean anyUnknown = open.stream().anyMatch(read -> read.saved().prebuildId() == null);
        for (String prebuildId : ledger.readClosed(anyUnknown)) {
            engine.claim(prebuildId);
            isPast(prebuildId);
        }
        List<PrebuildEngine.Restored> restored = new ArrayList<>();
        for (Ledger.Read read : open) {
            PrebuildRequest request = read.saved().request();
            if (read.saved().surplusOf() != null) {
                // Of use to no build: nobody waits for it and nobody joins it.
                restored.add(new PrebuildEngine.Restored(
                        read.saved(), tokens.of(request.connection(), request.requestId(), null), null));
                continue;
            }
            Instant since = read.saved().intentTime();
            RequestRecorder first = new RequestRecorder(request, read.origin(), since, null);
            if (read.owners().firstLeft()) {
                first.left();
            }
            SharedPrebuild sharing = new SharedPrebuild(request, first, history);
            enter(first, sharing);
            List<RequestRecorder> joined = new ArrayList<>();
            for (LedgerEntry.Joined each : read.joined()) {
                PrebuildRequest own = alike(request, each.id(), !each.isWaiting(), each.isCancelOnAbort());
                RequestRecorder other = new RequestRecorder(own, each.origin(), since, null);
                joined.add(other);
                enter(other, sharing);
            }
            sharing.restore(joined, read.owners(), read.saved().prebuildId());
            restored.add(new PrebuildEngine.Restored(
                    read.saved(), tokens.of(request.connection(), request.requestId(), null), sharing));
        }
        return restored;
    }

    /** A request as the books show it for one who joined another one's. */
    @NonNull
    static PrebuildRequest alike(
            @NonNull PrebuildRequest request, @NonNull UUID requestId, boolean detached, boolean cancelOnAbort) {
        return new PrebuildRequest(
                requestId,
                request.connection(),
                request.projectId(),
                request.environmentClassId(),
                request.timeout(),
                detached,
                cancelOnAbort);
    }

    /** A job, or a folder around jobs, has another name. */
    void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        ledger.relocate(oldFullName, newFullName);
        observers.forEach((requestId, observer) -> {
            RequestOrigin origin = ledger.origin(requestId);
            if (origin != null) {
                observer.relocated(origin);
            }
        });
    }

    /** The one who asked, or if that one has left, another one who has not. */
    private UUID oneWhoWaits(UUID requestId) {
        SharedPrebuild sharing = sharings.get(requestId);
        List<UUID> all = sharing == null ? List.of() : sharing.memberIds();
        return all.isEmpty() || all.contains(requestId) ? requestId : all.get(0);
    }

    /** All that is open, the oldest first. */
    @NonNull
    List<OpenPrebuild> shown() {
        List<OpenPrebuild> all = new ArrayList<>();
        for (PrebuildHandle handle : engine.open()) {
            // Its build may have been told the end already, while the cancel is still being confirmed.
            RequestOrigin origin = ledger.origin(oneWhoWaits(handle.requestId()));
            RequestView view = handle.view();
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
