package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import hudson.scm.ChangeLogSet;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import java.util.List;
import java.util.Objects;
import jenkins.scm.RunWithSCM;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The commit of a build, compared with the one that a prebuild was built from. Jenkins knows only the commits that its
 * builds have seen: a commit counts as older only if the build's change log or an earlier build of the job had it.
 */
@Restricted(NoExternalUse.class)
public final class BuildCommit {

    /** What a prebuild's commit is to a build's. */
    public enum Relation {
        /** The build has checked out nothing of that repository. */
        UNKNOWN,
        SAME,
        OLDER,
        /** A newer one, one of another branch, or one that Jenkins has never seen. */
        OTHER
    }

    /** So many earlier builds are looked at; each may have to be loaded. */
    private static final int EARLIER_BUILDS = 10;

    private final Run<?, ?> run;
    private final List<Checkout> checkouts;
    private final String commit;

    private BuildCommit(Run<?, ?> run, List<Checkout> checkouts, String commit) {
        this.run = run;
        this.checkouts = checkouts;
        this.commit = commit;
    }

    /**
     * Prepares a comparison. Loads no build.
     *
     * @param run the build, or null if it is gone
     */
    @NonNull
    public static BuildCommit of(@Nullable Run<?, ?> run, @NonNull EnvironmentGit git) {
        List<Checkout> own = run == null ? List.of() : BuildCheckouts.recorded(run);
        return new BuildCommit(
                run,
                own.stream().filter(each -> isOf(each, git)).toList(),
                Objects.requireNonNull(git.commit(), "commit"));
    }

    private static boolean isOf(Checkout checkout, EnvironmentGit git) {
        return git.cloneUrl() == null ? checkout.isOwn() : checkout.isOf(git.cloneUrl());
    }

    /** The build's own commit of the repository, or null if it has checked out nothing of it. */
    @CheckForNull
    public String revision() {
        return checkouts.isEmpty() ? null : checkouts.get(0).revision();
    }

    /**
     * Compares. May load some earlier builds.
     *
     * @param isBookedBefore whether the commit is known to be older from elsewhere
     */
    @NonNull
    public Relation relation(boolean isBookedBefore) {
        if (checkouts.isEmpty()) {
            return Relation.UNKNOWN;
        } else if (checkouts.stream().anyMatch(each -> isSame(each.revision(), commit))) {
            return Relation.SAME;
        }
        return isBookedBefore || isInChangeLog() || isSeenBefore() ? Relation.OLDER : Relation.OTHER;
    }

    static boolean isSame(@Nullable String revision, @NonNull String commit) {
        return commit.equalsIgnoreCase(revision);
    }

    private boolean isInChangeLog() {
        if (run instanceof RunWithSCM<?, ?> withSource) {
            for (ChangeLogSet<?> changes : withSource.getChangeSets()) {
                for (ChangeLogSet.Entry entry : changes) {
                    if (isSame(entry.getCommitId(), commit)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Whether an earlier build had the commit, and the one of this build had not been built before that. */
    private boolean isSeenBefore() {
        int ago = 1;
        int lastSeen = 0;
        int ownSeen = 0;
        for (Run<?, ?> each = run.getPreviousBuild();
                each != null && ago <= EARLIER_BUILDS;
                each = each.getPreviousBuild(), ago++) {
            for (Checkout checkout : BuildCheckouts.recorded(each)) {
                if (isSame(checkout.revision(), commit)) {
                    lastSeen = ago;
                } else if (Objects.equals(checkout.revision(), revision())) {
                    ownSeen = ago;
                }
            }
        }
        return lastSeen > ownSeen;
    }
}
