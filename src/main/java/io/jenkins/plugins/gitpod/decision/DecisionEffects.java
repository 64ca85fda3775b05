package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.options.EnvironmentClasses;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * What decisions change: the history of commits, and what the {@link DecisionHandler} does. Called under the lock of the queue,
 * unless a method says otherwise.
 */
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

    /**
     * Counts the commits of the build, if their number matters and its commit is in no prebuild yet. Those of a branch that gets
     * none anyway need no file.
     */
    void count(@NonNull StepRequest request, @NonNull DecisionInputs inputs) {
        CommitHistory.Key key = inputs.key(request);
        String revision = inputs.revision();
        NewCommit commit = request.newCommit();
        if (commit == null
                || commit.conditions().minimumCommits() == null
                || key == null
                || revision == null
                || DecisionRules.otherBranch(request.options(), inputs) != null) {
            return;
        }
        if (history.completed(key, revision) == null && history.completed(inputs.facts(request), revision) == null) {
            history.countCommits(
                    key,
                    revision,
                    commit.changes() == null ? List.of() : commit.changes().commits());
        }
    }

    /**
     * Tells the build what does not decide. What the parts of a request have in common is said once, before it is split. Calls
     * Gitpod, so this is not for the lock.
     */
    static void remark(
            @NonNull PendingDecision decision,
            @NonNull AuthenticatedConnection connection,
            @NonNull DecisionInputs inputs) {
        StepRequest request = decision.request();
        if (!request.isPart()) {
            DecisionRules.remarks(request.options(), inputs).forEach(decision::print);
        }
        if (request.isPart() || request.options().isForSeveralClasses()) {
            // The lines of the parts name their classes.
            GitpodLookup.get().learnClassNames(connection, inputs.project());
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
        // All parts have the project in common, and the build was told of it before.
        boolean isSaid =
                request.isPart() && !inputs.project().prebuildConfiguration().enabled();
        if (unused != null && !isSaid) {
            notifications.add(() -> decision.print(unused));
        }
        if (key != null) {
            history.add(key, inputs.revision(), request.requestId());
        }
        history.add(inputs.ofProject(request), null, request.requestId());
        handler.create(request, inputs.project().id(), create.cancelFirst(), notifications);
    }

    /**
     * A request for several environment classes becomes a request for each.
     *
     * @param inputs null if the project could not be read and the options name the classes
     * @param decide is given each part that is still to be decided on
     * @return true
     */
    boolean split(
            @NonNull PendingDecision decision,
            @Nullable DecisionInputs inputs,
            @NonNull BiConsumer<StepRequest, TokenSource> decide,
            @NonNull Notifications notifications) {
        StepRequest request = decision.request();
        PrebuildOptions options = request.options();
        String asked = Objects.requireNonNull(options.getEnvironmentClassId(), "environmentClassId");
        String projectId = inputs == null
                ? Objects.requireNonNull(options.getProjectId(), "projectId")
                : inputs.project().id();
        List<String> classIds = EnvironmentClasses.areAll(asked)
                ? configured(decision, Objects.requireNonNull(inputs).project(), notifications)
                : EnvironmentClasses.ids(asked);
        if (inputs != null && !inputs.project().prebuildConfiguration().enabled()) {
            String off = UnusedSnapshot.reason(inputs.project(), null);
            notifications.add(() -> decision.print(String.valueOf(off)));
        }
        PartOf whole = new PartOf(request.requestId(), asked, classIds);
        for (StepRequest part : handler.split(request, projectId, whole, notifications)) {
            decide.accept(part, decision.tokens().of(part.requestId()));
        }
        return true;
    }

    /** The classes that the project has configured, or only the empty text for its default class. */
    private static List<String> configured(PendingDecision decision, Project project, Notifications notifications) {
        List<String> classIds = project.prebuildConfiguration().environmentClassIds().stream()
                .map(id -> id.toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
        if (!classIds.isEmpty()) {
            return classIds;
        } else if (project.prebuildConfiguration().enabled()) {
            String line = Messages.Decision_noPrebuildClasses(Objects.toString(project.name(), project.id()));
            notifications.add(() -> decision.print(line));
        }
        return List.of("");
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

    /** A request that replaces an old prebuild is made without a change, so it cannot miss one. */
    private void missedChange(StepRequest request, DecisionInputs inputs) {
        CommitHistory.Key key = inputs.key(request);
        if (key != null && !request.isForFreshness()) {
            history.markMissedChange(key);
        }
    }
}
