package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.RunTimes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * What this Jenkins knows for the {@link CommitConditions} of an automatic request.
 *
 * @param newCommits the number of new commits of the branch since the last request for it; null if there was none, or if the
 *     condition is not set
 * @param now the time in the time zone of the controller
 * @param runs when prebuilds of the project that this Jenkins created ran; empty if the condition is not set
 */
record ConditionState(
        @Nullable Integer newCommits,
        @NonNull ZonedDateTime now,
        @NonNull List<RunTimes.Run> runs) {

    /** Copies the list. */
    ConditionState {
        runs = List.copyOf(runs);
    }

    /** Nothing is known, as for the request of a step. */
    static final ConditionState NONE = new ConditionState(null, Instant.EPOCH.atZone(ZoneOffset.UTC), List.of());

    /** Reads the state, as far as the conditions need it. Reads small files. */
    @NonNull
    static ConditionState read(
            @NonNull StepRequest request,
            @NonNull DecisionInputs inputs,
            @NonNull ZonedDateTime now,
            @NonNull CommitHistory history,
            @NonNull RunningPrebuilds own) {
        CommitConditions conditions = request.conditions();
        if (conditions.isNone()) {
            return NONE;
        }
        CommitHistory.Key key = inputs.key(request);
        return new ConditionState(
                key == null || conditions.minimumCommits() == null ? null : history.newCommits(key),
                now,
                conditions.dailyBudget() == null ? List.of() : own.runs(request, inputs.project(), now.toInstant()));
    }
}
