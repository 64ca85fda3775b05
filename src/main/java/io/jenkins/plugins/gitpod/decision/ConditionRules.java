package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.QuietHours;
import java.time.Instant;
import java.time.ZonedDateTime;

/** The part of {@link DecisionRules} that holds for automatic requests only. */
final class ConditionRules {

    private final CommitConditions conditions;
    private final ConditionState state;

    ConditionRules(@NonNull CommitConditions conditions, @NonNull ConditionState state) {
        this.conditions = conditions;
        this.state = state;
    }

    /** Decides before it is looked at what is running. Null if the conditions allow a prebuild now. */
    @CheckForNull
    Decision early() {
        Decision decision = tooFewCommits();
        return decision == null ? quietHours() : decision;
    }

    @CheckForNull
    private Decision quietHours() {
        QuietHours hours = QuietHours.parse(conditions.quietHours());
        ZonedDateTime end = hours == null ? null : hours.end(state.now());
        return end == null ? null : new Decision.Wait(end);
    }

    @CheckForNull
    private Decision tooFewCommits() {
        Integer minimum = conditions.minimumCommits();
        Integer now = state.newCommits();
        return minimum == null || now == null || now >= minimum
                ? null
                : new Decision.Skip(Messages.Decision_tooFewCommits(now, minimum), null, true);
    }

    /** Decides before a prebuild is created. Null if the conditions allow it. */
    @CheckForNull
    Decision late() {
        Integer minutes = conditions.dailyBudget();
        if (minutes == null) {
            return null;
        }
        Instant now = state.now().toInstant();
        DailyBudget budget = new DailyBudget(minutes, state.runs());
        if (!budget.isUsedUp(now)) {
            return null;
        }
        String free = QuietRequests.TIME.format(
                budget.freeAgain(now).atZone(state.now().getZone()));
        return new Decision.Skip(
                Messages.Decision_budgetUsed(minutes, budget.used(now).toMinutes(), free), null, true);
    }
}
