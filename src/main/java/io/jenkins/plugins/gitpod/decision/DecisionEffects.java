package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** What decisions change: the history of commits, and what the {@link DecisionHandler} does. Called under the lock of the queue. */
final class DecisionEffects {

    private final CommitHistory history;
    private final DecisionHandler handler;
    private final BooleanSupplier isClosed;

    /** @param isClosed whether Jenkins stops, so that no request may end any longer */
    DecisionEffects(
            @NonNull CommitHistory history, @NonNull DecisionHandler handler, @NonNull BooleanSupplier isClosed) {
        this.history = history;
        this.handler = handler;
        this.isClosed = isClosed;
    }

    /** Requests a prebuild of a project that could not be read. Its id is among the options. */
    void create(@NonNull StepRequest request, @NonNull Notifications notifications) {
        String projectId = Objects.requireNonNull(request.options().getProjectId(), "projectId");
        handler.create(request, projectId, List.of(), notifications);
    }

    /** Counts the commits of the build, if their number matters and its commit is in no prebuild yet. */
    void count(@NonNull StepRequest request, @NonNull DecisionInputs inputs) {
        CommitHistory.Key key = inputs.key(request);
        String revision = inputs.revision();
        NewCommit commit = request.newCommit();
        if (commit == null || commit.conditions().minimumCommits() == null || key == null || revision == null) {
            return;
        }
        if (history.completed(key, revision) == null && history.completed(inputs.facts(request), revision) == null) {
            history.countCommits(
                    key,
                    revision,
                    commit.changes() == null ? List.of() : commit.changes().commits());
        }
    }

    void create(
            @NonNull PendingDecision decision,
            @NonNull DecisionInputs inputs,
            @NonNull Decision.Create create,
            @NonNull Notifications notifications) {
        StepRequest request = decision.request();
        CommitHistory.Key key = inputs.key(request);
        String unused =
                UnusedSnapshot.reason(inputs.project(), request.options().getEnvironmentClassId());
        if (unused != null) {
            notifications.add(() -> decision.print(unused));
        }
        if (key != null) {
            history.add(key, inputs.revision(), request.requestId());
        }
        history.add(inputs.ofProject(request), null, request.requestId());
        handler.create(request, inputs.project().id(), create.cancelFirst(), notifications);
    }

    /** @return false if the prebuild to join has ended meanwhile; then nothing has changed */
    boolean join(
            @NonNull StepRequest request,
            @NonNull DecisionInputs inputs,
            @NonNull Decision.Join join,
            @NonNull Notifications notifications) {
        if (!handler.join(request, inputs.project().id(), join.running().requestId(), notifications)) {
            return false;
        }
        String revision = inputs.revision();
        if (join.mayLackCommit()) {
            missedChange(request, inputs);
            if (revision != null) {
                notifications.add(() -> request.listener().line(Messages.Decision_mayLackCommit(revision)));
            }
        }
        return true;
    }

    void joinForeign(
            @NonNull StepRequest request,
            @NonNull DecisionInputs inputs,
            @NonNull Decision.JoinForeign join,
            @NonNull Notifications notifications) {
        missedChange(request, inputs);
        handler.joinForeign(request, inputs.project().id(), join.prebuildId(), notifications);
    }

    /**
     * No prebuild is created.
     *
     * @param inputs null if the project is not known
     * @return what the build is given instead of a prebuild
     */
    @NonNull
    PrebuildResult skip(@NonNull StepRequest request, @Nullable DecisionInputs inputs, @NonNull Decision.Skip skip) {
        if (inputs == null) {
            return skip.instead() == null ? PrebuildResult.skipped("", "", "", skip.reason()) : skip.instead();
        }
        if (skip.missedChange()) {
            missedChange(request, inputs);
        }
        String projectId = inputs.project().id();
        String url = request.connection().endpoint().projectPage(projectId).toString();
        PrebuildResult instead =
                skip.instead() == null ? PrebuildResult.skipped("", url, "", skip.reason()) : skip.instead();
        return instead.ofProject(projectId);
    }

    /** Ends a request without a prebuild. Not called under the lock: it may block. */
    void conclude(
            @NonNull StepRequest request,
            @NonNull EndStatus status,
            @Nullable String projectId,
            @Nullable PrebuildResult result,
            @NonNull String message) {
        if (isClosed.getAsBoolean()) {
            return;
        }
        String known =
                Objects.toString(projectId, Objects.toString(request.options().getProjectId(), ""));
        handler.conclude(
                request,
                new PrebuildRecord(
                        request.requestId().toString(),
                        known,
                        request.connection().name(),
                        !request.options().isWait(),
                        result,
                        status,
                        message));
    }

    private void missedChange(StepRequest request, DecisionInputs inputs) {
        CommitHistory.Key key = inputs.key(request);
        if (key != null) {
            history.markMissedChange(key);
        }
    }
}
