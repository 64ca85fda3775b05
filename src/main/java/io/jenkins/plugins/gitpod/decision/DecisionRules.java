package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.request.RequestLauncher;
import io.jenkins.plugins.gitpod.request.SharedPrebuild;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a prebuild is made of a wish: by its branch, its commit, the changed paths, what is under way, and the last one's
 * time. Each rule returns null, or else what is to be told once the decision is made.
 */
public final class DecisionRules {

    /** How long a decision waits for the id of a prebuild that is being created. */
    private static final Duration FOR_ID = Duration.ofSeconds(20);

    /**
     * How long it waits until it is known whose a prebuild is that may be the work of a create whose answer was lost. More
     * than the look-up takes, with the creates that follow when nothing is found; then another one is made.
     */
    private static final Duration FOR_OWN = Duration.ofMinutes(5);

    private static final Duration LOOK_FOR_ID = Duration.ofSeconds(2);

    private final CommitHistory commits;
    private final RequestLauncher desk;
    private final DecisionQueue intake;

    DecisionRules(CommitHistory commits, RequestLauncher desk, DecisionQueue intake) {
        this.commits = commits;
        this.desk = desk;
        this.intake = intake;
    }

    /** One at a time: what is decided shows in the books before the next one looks there. */
    @NonNull
    Runnable apply(@NonNull PendingDecision asked, @NonNull Findings found) {
        StepRequest wish = asked.wish();
        WhenActive when = wish.options().getWhenActive();
        boolean servedByOther = when == WhenActive.JOIN || when == WhenActive.SKIP;
        Runnable decided = otherBranch(asked, found);
        if (decided == null) {
            decided = needless(asked, found);
        }
        if (decided == null && servedByOther) {
            decided = underWay(asked, found);
        }
        if (decided == null) {
            decided = tooSoon(asked, found);
        }
        if (decided != null) {
            return decided;
        }
        List<Runnable> told = new ArrayList<>();
        Runnable made = intake.make(asked, found.project().id(), () -> {
            if (when == WhenActive.CANCEL_PREVIOUS) {
                desk.active(wish, found.project()).stream()
                        .filter(each -> !each.isForeign())
                        .forEach(each -> told.add(desk.cancel(each, wish)));
            }
            CommitHistory.Key key = found.key(wish);
            if (key != null) {
                commits.act(key, found.revision(), wish.requestId());
            }
            commits.act(found.ofProject(wish), null, wish.requestId());
        });
        String unused = UnusedSnapshot.reason(found.project(), wish.options().getEnvironmentClassId());
        return () -> {
            told.forEach(Runnable::run);
            if (unused != null) {
                asked.tell(unused);
            }
            made.run();
        };
    }

    // ---- the branch

    /** What is to be said of a build's branch if that does not decide. */
    static void remark(@NonNull PendingDecision asked, @NonNull Findings found) {
        boolean only = asked.wish().options().isOnlyProjectBranch();
        Checkout checkout = found.checkout();
        ProjectTarget target = found.project().target();
        if (target.isPinned()) {
            if (!only) {
                asked.tell(Messages.Decision_pinned(shown(target)));
            }
        } else if (checkout == null && only) {
            asked.tell(Messages.Decision_branchUnknown());
        } else if (found.isOfOtherBranch()) {
            if (!only) {
                asked.tell(Messages.Decision_notThisBranch(shown(checkout), shown(target)));
            }
        } else if (target.kind() == ProjectTarget.Kind.UNKNOWN && only) {
            asked.tell(Messages.Decision_projectBranchUnknown());
        }
    }

    @CheckForNull
    private Runnable otherBranch(PendingDecision asked, Findings found) {
        ProjectTarget target = found.project().target();
        if (!asked.wish().options().isOnlyProjectBranch()) {
            return null;
        } else if (target.isPinned()) {
            return intake.skip(asked, found.project(), null, Messages.Decision_pinned(shown(target)));
        } else if (!found.isOfOtherBranch()) {
            return null;
        }
        return intake.skip(
                asked, found.project(), null, Messages.Decision_otherBranch(shown(found.checkout()), shown(target)));
    }

    /** What a project is made from, for people. */
    @NonNull
    public static String shown(@NonNull ProjectTarget target) {
        return switch (target.kind()) {
            case DEFAULT_BRANCH -> Messages.Decision_defaultBranch();
            case BRANCH -> target.name();
            case COMMIT -> Messages.Decision_commit(target.name());
            case TAG -> Messages.Decision_tag(target.name());
            case UNKNOWN -> Messages.Decision_unknownBranch();
        };
    }

    @NonNull
    static String shown(@NonNull Checkout checkout) {
        return switch (checkout.kind()) {
            case BRANCH -> Messages.Decision_branch(checkout.shownBranch());
            case TAG -> Messages.Decision_tag(checkout.shownBranch());
            case CHANGE_REQUEST -> Messages.Decision_changeRequest(checkout.shownBranch());
        };
    }

    // ---- the commit

    @CheckForNull
    private Runnable needless(PendingDecision asked, Findings found) {
        StepRequest wish = asked.wish();
        CommitHistory.Key key = found.key(wish);
        String revision = found.revision();
        if (key == null || revision == null) {
            return null;
        }
        if (!wish.options().isForce()) {
            String brief = revision.substring(0, Math.min(revision.length(), 8));
            CommitHistory.Act done = completed(wish, found, key, revision);
            if (done != null) {
                String why = Messages.Decision_completedAlready(brief, done.prebuildId());
                return intake.skip(
                        asked,
                        found.project(),
                        PrebuildResult.skipped(done.prebuildId(), done.url(), "COMPLETED", why)
                                .builtFrom(done.builtFrom()),
                        why);
            }
            if (wish.isAutomatic() && commits.isActedOn(key, revision, wish.requestId())) {
                return intake.skip(asked, found.project(), null, Messages.Decision_actedAlready(brief));
            }
        }
        if (found.changed() == ChangedPaths.NO_MATCH && !commits.isOwed(key)) {
            String why = Messages.Decision_noMatch(wish.options().getOnlyIfChanged());
            return intake.skip(asked, found.project(), null, why);
        }
        return null;
    }

    /** By what was asked for this branch, or by what Gitpod built for anybody who asked. */
    @CheckForNull
    private CommitHistory.Act completed(StepRequest wish, Findings found, CommitHistory.Key key, String revision) {
        CommitHistory.Act done = commits.completed(key, revision);
        return done != null
                ? done
                : commits.completed(
                        found.facts(wish),
                        revision,
                        classId -> Findings.classKey(found.project(), classId).equals(key.classId()));
    }

    // ---- the time

    @CheckForNull
    private Runnable tooSoon(PendingDecision asked, Findings found) {
        StepRequest wish = asked.wish();
        Integer minutes = wish.options().getMinimumInterval();
        CommitHistory.Key ofProject = found.ofProject(wish);
        Duration since = minutes == null ? null : commits.sinceLast(ofProject);
        CommitHistory.Act last = commits.last(ofProject);
        if (since == null
                || since.compareTo(Duration.ofMinutes(minutes)) >= 0
                || last != null && last.isOf(wish.requestId())) {
            return null;
        }
        owe(found.key(wish));
        String why = Messages.Decision_tooSoon(Math.max(0, since.toMinutes()), minutes);
        return intake.skip(asked, found.project(), null, why);
    }

    private void owe(@Nullable CommitHistory.Key key) {
        if (key != null) {
            commits.owe(key);
        }
    }

    // ---- what is under way

    @CheckForNull
    private Runnable underWay(PendingDecision asked, Findings found) {
        StepRequest wish = asked.wish();
        boolean skips = wish.options().getWhenActive() == WhenActive.SKIP;
        for (SharedPrebuild each : desk.active(wish, found.project())) {
            Runnable decided = skips ? skip(asked, found, each) : join(asked, found, each);
            if (decided != null) {
                return decided;
            }
        }
        List<Prebuild> others = found.underWay().stream()
                .filter(each -> !desk.isOurs(each.id()))
                .toList();
        Prebuild foreign = others.stream()
                .filter(each -> !desk.mayBeOurs(wish, each))
                .findFirst()
                .orElse(null);
        if (foreign == null) {
            if (!others.isEmpty() && intake.age(asked).compareTo(FOR_OWN) < 0) {
                // The answer to a create of ours was lost, and this may be its work: then it is no foreign one.
                intake.again(asked, LOOK_FOR_ID);
                return () -> {};
            }
            return null;
        }
        if (desk.anyUnknown(wish, found.project()) && intake.age(asked).compareTo(FOR_ID) < 0) {
            // One of ours is being created or looked for, and this might be it.
            intake.again(asked, LOOK_FOR_ID);
            return () -> {};
        }
        return skips ? skip(asked, found, foreign) : join(asked, found, foreign);
    }

    private boolean isForCommit(StepRequest wish, Findings found, SharedPrebuild active) {
        CommitHistory.Key key = found.key(wish);
        String revision = found.revision();
        return key != null
                && revision != null
                && (commits.isFor(key, active.requestId(), revision)
                        || commits.isFor(found.facts(wish), active.requestId(), revision));
    }

    private Runnable skip(PendingDecision asked, Findings found, SharedPrebuild active) {
        StepRequest wish = asked.wish();
        String why = Messages.Decision_underWay(active.shownFirstBuild());
        PrebuildResult result = desk.result(active, why);
        if (result.getId().isEmpty() && !wish.isAutomatic() && intake.age(asked).compareTo(FOR_ID) < 0) {
            // Soon it has an id to tell.
            intake.again(asked, LOOK_FOR_ID);
            return () -> {};
        }
        if (!isForCommit(wish, found, active)) {
            owe(found.key(wish));
        }
        return intake.skip(asked, found.project(), result, why);
    }

    private Runnable skip(PendingDecision asked, Findings found, Prebuild foreign) {
        StepRequest wish = asked.wish();
        Project project = found.project();
        owe(found.key(wish));
        String why = Messages.Decision_foreignUnderWay(foreign.id());
        String url = wish.connection().endpoint().projectPage(project.id()).toString();
        String phase = foreign.status().phase().name();
        return intake.skip(asked, project, PrebuildResult.skipped(foreign.id(), url, phase, why), why);
    }

    @CheckForNull
    private Runnable join(PendingDecision asked, Findings found, SharedPrebuild active) {
        StepRequest wish = asked.wish();
        boolean isForCommit = isForCommit(wish, found, active);
        String revision = found.revision();
        return intake.handOver(asked, () -> {
            Runnable joined = desk.join(wish, active, found.project().id());
            if (joined == null || isForCommit) {
                return joined;
            }
            owe(found.key(wish));
            return () -> {
                joined.run();
                if (revision != null) {
                    wish.waiter().line(Messages.Decision_mayLackCommit(revision));
                }
            };
        });
    }

    @CheckForNull
    private Runnable join(PendingDecision asked, Findings found, Prebuild foreign) {
        StepRequest wish = asked.wish();
        return intake.handOver(asked, () -> {
            owe(found.key(wish));
            return desk.joinForeign(wish, found.project().id(), foreign.id());
        });
    }
}
