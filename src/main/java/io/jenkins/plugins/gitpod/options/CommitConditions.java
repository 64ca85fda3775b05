package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import java.util.Objects;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the job property asks of a commit before it gets a prebuild, besides the {@link PrebuildOptions} that steps have as well.
 * Immutable. Saved: fields may be added but not renamed. A field that is null sets no condition.
 */
@Restricted(NoExternalUse.class)
public final class CommitConditions {

    /** No condition. */
    public static final CommitConditions NONE = new CommitConditions(null, null, null);

    @Nullable
    private final Integer minimumCommits;

    @Nullable
    private final String quietHours;

    @Nullable
    private final Integer dailyBudget;

    private CommitConditions(
            @Nullable Integer minimumCommits, @Nullable String quietHours, @Nullable Integer dailyBudget) {
        this.minimumCommits = minimumCommits;
        this.quietHours = quietHours;
        this.dailyBudget = dailyBudget;
    }

    /** The number of new commits of a branch, 1 to 1000, for which there is one prebuild; null for no minimum. */
    @CheckForNull
    public Integer minimumCommits() {
        return minimumCommits;
    }

    @NonNull
    public CommitConditions withMinimumCommits(@Nullable Integer number) {
        return new CommitConditions(number, quietHours, dailyBudget);
    }

    /** Ranges of times as {@link QuietHours} reads them, or null if there are none. */
    @CheckForNull
    public String quietHours() {
        return quietHours;
    }

    @NonNull
    public CommitConditions withQuietHours(@Nullable String ranges) {
        return new CommitConditions(minimumCommits, Util.fixEmptyAndTrim(ranges), dailyBudget);
    }

    /** The minutes that the prebuilds of a project may run within 24 hours; null for no limit. */
    @CheckForNull
    public Integer dailyBudget() {
        return dailyBudget;
    }

    @NonNull
    public CommitConditions withDailyBudget(@Nullable Integer minutes) {
        return new CommitConditions(minimumCommits, quietHours, minutes);
    }

    /** Whether there is no condition. */
    public boolean isNone() {
        return minimumCommits == null && quietHours == null && dailyBudget == null;
    }

    /** A message about the first invalid one, or null if all are valid. */
    @CheckForNull
    public String problem() {
        return Stream.of(
                        PrebuildOption.MINIMUM_COMMITS.problem(minimumCommits),
                        PrebuildOption.QUIET_HOURS.problem(quietHours),
                        PrebuildOption.DAILY_BUDGET.problem(dailyBudget))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
