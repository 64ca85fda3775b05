package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The requests that wait until a running prebuild has ended. A wait makes no call: it is over when this Jenkins notices the
 * end of a prebuild of the project, or after the time that the decision names.
 */
final class WaitingDecisions {

    private final EngineRuntime runtime;
    private final Duration cancelLimit;
    private final Consumer<PendingDecision> decideAgain;
    private final Map<UUID, Wait> waits = new ConcurrentHashMap<>();

    /** How many prebuilds have ended. One may end after the state was read and before the request waits. */
    private final AtomicLong ends = new AtomicLong();

    /** One wait of a request, which may wait several times. */
    private static final class Wait {
        private final PendingDecision decision;
        private final DecisionInputs inputs;
        private final Decision.WaitForEnd how;

        @CheckForNull
        private final CommitHistory.Key branch;

        @CheckForNull
        private volatile EngineRuntime.Timer timer;

        Wait(PendingDecision decision, DecisionInputs inputs, Decision.WaitForEnd how) {
            this.decision = decision;
            this.inputs = inputs.withoutLists();
            this.how = how;
            this.branch = inputs.key(decision.request());
        }

        boolean isFor(PrebuildRequest ended) {
            String apiUrl = decision.request().connection().endpoint().apiUrl().toString();
            String classId = decision.request().options().getEnvironmentClassId();
            return inputs.project().id().equalsIgnoreCase(ended.projectId())
                    && DecisionInputs.classKey(inputs.project(), ended.environmentClassId())
                            .equals(DecisionInputs.classKey(inputs.project(), classId))
                    && ended.connection().endpoint().apiUrl().toString().equals(apiUrl);
        }

        /** Whether it is the wait of a request for another commit of a branch, made after another request. */
        boolean isForCommitAfter(PendingDecision other, CommitHistory.Key ofBranch) {
            return decision.request().isAutomatic() && ofBranch.equals(branch) && decision.order() > other.order();
        }

        void cancelTimer() {
            EngineRuntime.Timer started = timer;
            if (started != null) {
                started.cancel();
            }
        }
    }

    /** A request for a commit that does not wait any longer, because a newer commit waits. */
    record Superseded(
            @NonNull PendingDecision decision, @NonNull DecisionInputs inputs) {}

    /**
     * @param cancelLimit how old a row of prebuilds may be of which each is cancelled in favor of the next one
     * @param decideAgain is called when a wait is over, and returns at once
     */
    WaitingDecisions(
            @NonNull EngineRuntime runtime,
            @NonNull Duration cancelLimit,
            @NonNull Consumer<PendingDecision> decideAgain) {
        this.runtime = runtime;
        this.cancelLimit = cancelLimit;
        this.decideAgain = decideAgain;
    }

    /** How many prebuilds have ended, to be asked before the state for a decision is read. */
    long ends() {
        return ends.get();
    }

    /** What decides whether a request waits. */
    @NonNull
    QueueState state(
            @NonNull PendingDecision decision,
            @NonNull DecisionInputs inputs,
            @NonNull List<RunningPrebuild> running,
            @NonNull RunningPrebuilds own) {
        StepRequest request = decision.request();
        WhenActive whenActive = request.options().getWhenActive();
        if (whenActive != WhenActive.QUEUE && whenActive != WhenActive.CANCEL_PREVIOUS) {
            return QueueState.NONE;
        }
        return new QueueState(
                QueueState.later(running, decision.order()),
                QueueState.overdue(running, runtime.now(), cancelLimit),
                whenActive == WhenActive.QUEUE ? own.ending(request, inputs.project()) : null,
                newerCommit(decision, inputs.key(request)),
                decision.hasWaited());
    }

    @CheckForNull
    private String newerCommit(PendingDecision decision, @Nullable CommitHistory.Key branch) {
        return newerWait(decision, branch)
                .map(each -> Objects.toString(each.inputs.revision(), ""))
                .orElse(null);
    }

    /**
     * The newest waiting request for a commit of the branch that was made after another request, or null if there is none.
     *
     * @param branch null if the branch is not known
     */
    @CheckForNull
    PendingDecision newer(@NonNull PendingDecision than, @Nullable CommitHistory.Key branch) {
        return newerWait(than, branch).map(each -> each.decision).orElse(null);
    }

    private Optional<Wait> newerWait(PendingDecision than, @Nullable CommitHistory.Key branch) {
        return branch == null
                ? Optional.empty()
                : waits.values().stream()
                        .filter(each -> each.isForCommitAfter(than, branch))
                        .max(Comparator.comparing(each -> each.decision.order()));
    }

    /**
     * Has a request wait.
     *
     * @param endsBefore {@link #ends} before the state was read
     * @return the requests for older commits of the same branch that waited until now
     */
    @NonNull
    List<Superseded> add(
            @NonNull PendingDecision decision,
            @NonNull DecisionInputs inputs,
            @NonNull Decision.WaitForEnd how,
            long endsBefore) {
        Wait wait = new Wait(decision, inputs, how);
        waits.put(decision.requestId(), wait);
        if (!decision.isUndecided()) {
            remove(wait); // withdrawn just now
            return List.of();
        }
        List<Superseded> superseded = superseded(wait);
        if (ends.get() == endsBefore) {
            wait.timer = runtime.schedule(how.recheck(), () -> end(wait));
            if (waits.get(decision.requestId()) != wait) {
                wait.cancelTimer();
            }
        } else {
            end(wait);
        }
        return superseded;
    }

    private List<Superseded> superseded(Wait by) {
        CommitHistory.Key branch = by.branch;
        List<Superseded> superseded = new ArrayList<>();
        if (branch != null && by.decision.request().isAutomatic()) {
            for (Wait each : waits.values()) {
                if (each.decision.request().isAutomatic()
                        && by.isForCommitAfter(each.decision, branch)
                        && branch.equals(each.branch)
                        && remove(each)) {
                    superseded.add(new Superseded(each.decision, each.inputs));
                }
            }
        }
        return superseded;
    }

    /** A prebuild of this Jenkins has ended. @param ended its request, or null if it is not known */
    void prebuildEnded(@Nullable PrebuildRequest ended) {
        ends.incrementAndGet();
        for (Wait each : waits.values()) {
            if (ended == null || each.isFor(ended)) {
                end(each);
            }
        }
    }

    private void end(Wait wait) {
        if (remove(wait)) {
            wait.decision.begin(runtime.nanoTime());
            decideAgain.accept(wait.decision);
        }
    }

    private boolean remove(Wait wait) {
        boolean isRemoved = waits.remove(wait.decision.requestId(), wait);
        if (isRemoved) {
            wait.cancelTimer();
        }
        return isRemoved;
    }

    /** Ends the wait of a request that was withdrawn. */
    void withdrawn(@NonNull UUID requestId) {
        Wait wait = waits.get(requestId);
        if (wait != null) {
            remove(wait);
        }
    }

    /** What a request waits for, for people; null if it does not wait. */
    @CheckForNull
    String line(@NonNull UUID requestId) {
        Wait wait = waits.get(requestId);
        return wait == null ? null : wait.how.line();
    }

    /** The waiting request for pages, or null if it does not wait. */
    @CheckForNull
    UndecidedRequest shown(@NonNull PendingDecision decision) {
        Wait wait = waits.get(decision.requestId());
        return wait == null
                ? null
                : decision.shown(
                        wait.inputs.project().id(),
                        new UndecidedRequest.WaitsFor(UndecidedRequest.Kind.PREBUILD, wait.how.prebuildId()),
                        runtime.nanoTime());
    }

    /** How many requests wait. */
    int size() {
        return waits.size();
    }
}
