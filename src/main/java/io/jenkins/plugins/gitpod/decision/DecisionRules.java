package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.checkout.BranchText;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.PathPatterns;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * What to do with a request, by the build's branch, its commit, the changed paths, the running prebuilds, and the time of
 * the last one. A pure function: it reads nothing and changes nothing.
 */
final class DecisionRules {

    /** How long a decision waits for the id of a prebuild that is being created. */
    static final Duration MAX_WAIT_FOR_ID = Duration.ofSeconds(20);

    /**
     * How long a decision waits until it is known who created a prebuild that may come from a create request whose
     * response was lost. Longer than the look-up takes, including the requests that follow when nothing is found.
     */
    static final Duration MAX_WAIT_FOR_OWNER = Duration.ofMinutes(5);

    static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);

    private final PrebuildOptions options;
    private final boolean isAutomatic;
    private final ConditionRules conditions;
    private final DecisionInputs inputs;
    private final LocalState state;
    private final String projectUrl;

    private DecisionRules(
            PrebuildOptions options,
            boolean isAutomatic,
            CommitConditions conditions,
            DecisionInputs inputs,
            LocalState state,
            String projectUrl) {
        this.options = options;
        this.isAutomatic = isAutomatic;
        this.conditions = new ConditionRules(conditions, state.conditions());
        this.inputs = inputs;
        this.state = state;
        this.projectUrl = projectUrl;
    }

    /**
     * Decides.
     *
     * @param isAutomatic whether the job's property makes the request, and no step
     * @param conditions what the property asks of the commit; none for a step
     * @param projectUrl the page of the project's prebuilds
     */
    @NonNull
    static Decision decide(
            @NonNull PrebuildOptions options,
            boolean isAutomatic,
            @NonNull CommitConditions conditions,
            @NonNull DecisionInputs inputs,
            @NonNull LocalState state,
            @NonNull String projectUrl) {
        return new DecisionRules(options, isAutomatic, conditions, inputs, state, projectUrl).decide();
    }

    private Decision decide() {
        WhenActive whenActive = options.getWhenActive();
        Decision decision = otherBranch();
        if (decision == null) {
            decision = unneeded();
        }
        if (decision == null) {
            decision = youngEnough();
        }
        if (decision == null) {
            decision = conditions.early();
        }
        if (decision == null && (whenActive == WhenActive.JOIN || whenActive == WhenActive.SKIP)) {
            decision = running(whenActive);
        }
        if (decision == null) {
            decision = QueueRules.decide(options, isAutomatic, inputs.revision(), state);
        }
        if (decision == null) {
            decision = tooSoon();
        }
        if (decision == null) {
            decision = conditions.late();
        }
        return decision == null ? create(whenActive) : decision;
    }

    private Decision create(WhenActive whenActive) {
        List<UUID> cancelFirst = whenActive == WhenActive.CANCEL_PREVIOUS
                ? state.running().stream()
                        .filter(each -> !each.isForeign() && each.isSameCredential())
                        .map(RunningPrebuild::requestId)
                        .toList()
                : List.of();
        return new Decision.Create(cancelFirst);
    }

    private static Decision.Skip skip(String reason) {
        return new Decision.Skip(reason, null, false);
    }

    // ---- the branch

    /** What a build is told of its branch if that does not decide. */
    @NonNull
    static List<String> remarks(@NonNull PrebuildOptions options, @NonNull DecisionInputs inputs) {
        boolean onlyProjectBranch = options.isOnlyProjectBranch();
        ProjectTarget target = inputs.project().target();
        if (target.isPinned()) {
            return onlyProjectBranch ? List.of() : List.of(Messages.Decision_pinned(BranchText.of(target)));
        } else if (inputs.checkout() == null) {
            return onlyProjectBranch ? List.of(Messages.Decision_branchUnknown()) : List.of();
        }
        String remark = onlyProjectBranch
                ? switch (inputs.fit()) {
                    case UNKNOWN -> Messages.Decision_projectBranchUnknown();
                    case ASSUMED -> Messages.Decision_branchAssumed(build(inputs));
                    default -> null;
                }
                : switch (inputs.fit()) {
                    case NONE -> Messages.Decision_notThisBranch(build(inputs), BranchText.of(target));
                    case UNCERTAIN -> Messages.Decision_maybeNotThisBranch(build(inputs));
                    default -> null;
                };
        return remark == null ? List.of() : List.of(remark);
    }

    private static String build(DecisionInputs inputs) {
        return BranchText.of(Objects.requireNonNull(inputs.checkout(), "checkout"));
    }

    @CheckForNull
    private Decision otherBranch() {
        return otherBranch(options, inputs);
    }

    /**
     * Whether only builds of the project's branch get a prebuild, and this is none. The same for all environment classes.
     *
     * @param inputs null if nothing is known of the project
     */
    @CheckForNull
    static Decision.Skip otherBranch(@NonNull PrebuildOptions options, @Nullable DecisionInputs inputs) {
        if (inputs == null || !options.isOnlyProjectBranch()) {
            return null;
        }
        ProjectTarget target = inputs.project().target();
        if (target.isPinned()) {
            return skip(Messages.Decision_pinned(BranchText.of(target)));
        }
        return switch (inputs.fit()) {
            case NONE -> skip(Messages.Decision_otherBranch(build(inputs), BranchText.of(target)));
            case UNCERTAIN -> skip(Messages.Decision_defaultUnknown(build(inputs)));
            default -> null;
        };
    }

    // ---- the commit

    /** A commit as people read it. */
    static String brief(String revision) {
        return revision.substring(0, Math.min(revision.length(), 8));
    }

    @CheckForNull
    private Decision unneeded() {
        String revision = inputs.revision();
        if (revision == null) {
            return null;
        }
        String brief = brief(revision);
        LocalState.CompletedPrebuild done = state.completed();
        if (done != null) {
            String reason = Messages.Decision_completedAlready(brief, done.id());
            PrebuildResult instead = PrebuildResult.skipped(done.id(), done.url(), "COMPLETED", reason)
                    .builtFrom(done.builtFrom());
            return new Decision.Skip(reason, instead, false);
        } else if (state.isHandled()) {
            return skip(Messages.Decision_handledAlready(brief));
        } else if (inputs.changed() == ChangedPaths.NO_MATCH && !state.missedChange()) {
            return skip(noMatch());
        }
        return null;
    }

    private String noMatch() {
        PathPatterns patterns = PathPatterns.of(options.getOnlyIfChanged());
        return patterns.needProject()
                ? Messages.Decision_noEnvironmentMatch(patterns, patterns.of(inputs.project()))
                : Messages.Decision_noMatch(options.getOnlyIfChanged());
    }

    // ---- the time

    /** The newest completed prebuild in Gitpod that is young enough, or of the build's commit. */
    @CheckForNull
    private Decision youngEnough() {
        Integer hours = options.getMaxAge();
        if (hours == null) {
            return null;
        }
        String revision = inputs.revision();
        for (LocalState.ListedPrebuild each : state.listed()) {
            Prebuild prebuild = each.prebuild();
            EnvironmentGit builtFrom = each.builtFrom();
            Duration age = each.age();
            boolean isOfCommit = revision != null && builtFrom != null && revision.equals(builtFrom.commit());
            String reason = null;
            if (prebuild.status().warningMessage() != null && options.getOnWarning() != OnWarning.IGNORE) {
                continue;
            } else if (isOfCommit && !options.isForce()) {
                reason = Messages.Decision_completedAlready(brief(revision), prebuild.id());
            } else if (age != null && age.compareTo(Duration.ofHours(hours)) < 0) {
                reason = Messages.Decision_youngEnough(prebuild.id(), Math.max(0, age.toMinutes()), hours);
            }
            if (reason != null) {
                PrebuildResult instead = PrebuildResult.skipped(prebuild.id(), projectUrl, "COMPLETED", reason)
                        .with(prebuild, 0)
                        .builtFrom(builtFrom);
                return new Decision.Skip(reason, instead, !isOfCommit);
            }
        }
        return null;
    }

    @CheckForNull
    private Decision tooSoon() {
        Integer minutes = options.getMinimumInterval();
        Duration since = state.sinceLast();
        if (minutes == null || since == null || since.compareTo(Duration.ofMinutes(minutes)) >= 0) {
            return null;
        }
        return new Decision.Skip(Messages.Decision_tooSoon(Math.max(0, since.toMinutes()), minutes), null, true);
    }

    // ---- running prebuilds

    @CheckForNull
    private Decision running(WhenActive whenActive) {
        boolean skips = whenActive == WhenActive.SKIP;
        RunningPrebuild first = state.running().stream()
                .filter(each -> skips || each.isSameCredential())
                .findFirst()
                .orElse(null);
        if (first != null) {
            return skips ? skipFor(first) : new Decision.Join(first, !state.isForCommit(first));
        }
        // One that could not be watched is no help: its end would not be noticed.
        List<LocalState.ForeignPrebuild> watchable =
                state.foreign().stream().filter(each -> !each.isGivenUp()).toList();
        LocalState.ForeignPrebuild foreign =
                watchable.stream().filter(each -> !each.mayBeOwn()).findFirst().orElse(null);
        if (foreign == null) {
            // A prebuild that may come from a lost create request of this Jenkins is not foreign.
            boolean waits = !watchable.isEmpty() && isYoungerThan(MAX_WAIT_FOR_OWNER);
            return waits ? new Decision.CheckAgain(CHECK_INTERVAL) : null;
        } else if (state.isAnyWithoutId() && isYoungerThan(MAX_WAIT_FOR_ID)) {
            // This may be the prebuild that this Jenkins is creating.
            return new Decision.CheckAgain(CHECK_INTERVAL);
        }
        return skips ? skipFor(foreign) : new Decision.JoinForeign(foreign.id());
    }

    private boolean isYoungerThan(Duration patience) {
        return state.age().compareTo(patience) < 0;
    }

    private Decision skipFor(RunningPrebuild running) {
        if (running.prebuildId().isEmpty() && !isAutomatic && isYoungerThan(MAX_WAIT_FOR_ID)) {
            // The step returns the id, which will be known soon.
            return new Decision.CheckAgain(CHECK_INTERVAL);
        }
        String reason = Messages.Decision_alreadyRunning(running.firstBuild());
        PrebuildResult instead = PrebuildResult.skipped(running.prebuildId(), running.url(), running.phase(), reason)
                .builtFrom(running.builtFrom());
        return new Decision.Skip(reason, instead, !state.isForCommit(running));
    }

    private Decision skipFor(LocalState.ForeignPrebuild foreign) {
        String reason = Messages.Decision_foreignAlreadyRunning(foreign.id());
        PrebuildResult instead = PrebuildResult.skipped(foreign.id(), projectUrl, foreign.phase(), reason);
        return new Decision.Skip(reason, instead, true);
    }
}
