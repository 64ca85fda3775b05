package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.store.BranchCommits;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What this Jenkins knows at the moment of a decision: the history of commits and its own running prebuilds.
 *
 * @param age how long ago the request was made
 * @param completed the completed prebuild of the build's commit, or null if there is none
 * @param listed the completed prebuilds that Gitpod lists, the newest first; empty if the options do not need them
 * @param isHandled whether the commit was handled for an earlier build; known for requests after commits only
 * @param missedChange whether an earlier change of the branch is in no prebuild yet
 * @param sinceLast how long ago the project's last prebuild was requested, or null if it was not, or together
 *     with this request
 * @param running the running prebuilds that this Jenkins knows
 * @param forCommit the requests of those that were requested for the build's commit, or built from it
 * @param foreign the running prebuilds that Gitpod lists and this Jenkins does not know
 * @param isAnyWithoutId whether this Jenkins requested a prebuild of the project whose id is not known yet
 * @param conditions what it knows for the conditions of an automatic request
 * @param queue what decides whether the request waits for the end of a prebuild
 */
record LocalState(
        @NonNull Duration age,
        @Nullable CompletedPrebuild completed,
        @NonNull List<ListedPrebuild> listed,
        boolean isHandled,
        boolean missedChange,
        @Nullable Duration sinceLast,
        @NonNull List<RunningPrebuild> running,
        @NonNull Set<UUID> forCommit,
        @NonNull List<ForeignPrebuild> foreign,
        boolean isAnyWithoutId,
        @NonNull ConditionState conditions,
        @NonNull QueueState queue) {

    /** Copies the collections. */
    LocalState {
        listed = List.copyOf(listed);
        running = List.copyOf(running);
        forCommit = Set.copyOf(forCommit);
        foreign = List.copyOf(foreign);
    }

    /**
     * A completed prebuild of the build's commit.
     *
     * @param id its id
     * @param url a page for people
     * @param builtFrom the commit that it was built from, or null if that is not known
     */
    record CompletedPrebuild(
            @NonNull String id,
            @NonNull String url,
            @Nullable EnvironmentGit builtFrom) {}

    /**
     * A completed prebuild that Gitpod lists.
     *
     * @param age how long ago it was created, or null if that is not known
     * @param builtFrom the commit that it was built from, or null if that is not known
     */
    record ListedPrebuild(
            @NonNull Prebuild prebuild,
            @Nullable Duration age,
            @Nullable EnvironmentGit builtFrom) {}

    /**
     * A running prebuild that this Jenkins does not know.
     *
     * @param id its id
     * @param phase its phase
     * @param mayBeOwn whether it may come from a create request of this Jenkins whose response was lost
     * @param isGivenUp whether this Jenkins watched it until it could not be watched any longer
     */
    record ForeignPrebuild(@NonNull String id, @NonNull String phase, boolean mayBeOwn, boolean isGivenUp) {}

    /** Reads the state, as far as the options need it. Reads small files. */
    @NonNull
    static LocalState read(
            @NonNull PendingDecision decision,
            @NonNull DecisionInputs inputs,
            @NonNull EngineRuntime runtime,
            @NonNull CommitHistory history,
            @NonNull RunningPrebuilds own,
            @NonNull WaitingDecisions waiting) {
        StepRequest request = decision.request();
        // Compared with Gitpod's times.
        Instant now = runtime.now();
        CommitHistory.Key key = inputs.key(request);
        String revision = inputs.revision();
        boolean isCommitKnown = key != null && revision != null;
        boolean usesHistory = isCommitKnown && !request.options().isForce();
        List<RunningPrebuild> running = own.like(request, inputs.project());
        return new LocalState(
                decision.age(runtime.nanoTime()),
                usesHistory ? completed(request, inputs, history, key, revision) : null,
                inputs.completed().stream()
                        .map(each -> listed(request, inputs, each, now, history))
                        .toList(),
                usesHistory && request.isAutomatic() && history.isHandled(key, revision, request.requestId()),
                key != null && inputs.changed() == ChangedPaths.NO_MATCH && history.hasMissedChange(key),
                sinceLast(request, inputs, history),
                running,
                running.stream()
                        .map(RunningPrebuild::requestId)
                        .filter(id -> isCommitKnown
                                && (history.isFor(key, id, revision)
                                        || history.isFor(inputs.facts(request), id, revision)))
                        .collect(Collectors.toSet()),
                inputs.running().stream()
                        .filter(each -> !own.isOwn(each.id()))
                        .map(each -> foreign(request, each, own))
                        .toList(),
                own.anyWithoutId(request, inputs.project()),
                ConditionState.read(request, inputs, now.atZone(ZoneId.systemDefault()), history, own),
                waiting.state(decision, inputs, running, own));
    }

    /** By what was requested for this branch, or by what Gitpod built for any request. */
    @CheckForNull
    private static CompletedPrebuild completed(
            StepRequest request, DecisionInputs inputs, CommitHistory history, CommitHistory.Key key, String revision) {
        BranchCommits.Entry done = history.completed(key, revision);
        if (done == null) {
            done = history.completed(
                    inputs.facts(request),
                    revision,
                    classId ->
                            DecisionInputs.classKey(inputs.project(), classId).equals(key.classId()));
        }
        return done == null ? null : new CompletedPrebuild(done.prebuildId(), done.url(), done.builtFrom());
    }

    private static ListedPrebuild listed(
            StepRequest request, DecisionInputs inputs, Prebuild prebuild, Instant now, CommitHistory history) {
        Instant createdAt = prebuild.metadata().createdAt();
        return new ListedPrebuild(
                prebuild,
                createdAt == null ? null : Duration.between(createdAt, now),
                history.builtFrom(inputs.facts(request), prebuild.id()));
    }

    @CheckForNull
    private static Duration sinceLast(StepRequest request, DecisionInputs inputs, CommitHistory history) {
        if (request.options().getMinimumInterval() == null) {
            return null;
        }
        CommitHistory.Key project = inputs.ofProject(request);
        BranchCommits.Entry last = history.last(project);
        return last != null && request.madeTogether().stream().anyMatch(last::isOf) ? null : history.sinceLast(project);
    }

    private static ForeignPrebuild foreign(StepRequest request, Prebuild prebuild, RunningPrebuilds own) {
        return new ForeignPrebuild(
                prebuild.id(),
                prebuild.status().phase().name(),
                own.mayBeOwn(request, prebuild),
                own.isGivenUp(prebuild.id()));
    }

    boolean isForCommit(@NonNull RunningPrebuild prebuild) {
        return forCommit.contains(prebuild.requestId());
    }
}
