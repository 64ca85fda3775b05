package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Changes;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A commit that a build has checked out and that may get a prebuild.
 *
 * @param checkout what was checked out
 * @param changed whether a change that matters is in it, as far as that is known without the project
 * @param isInherited whether the job has the setting in common with jobs of other repositories
 * @param changes what the decision has to know of the change log, or null if that is nothing
 * @param conditions what the setting asks of the commit
 */
@Restricted(NoExternalUse.class)
public record NewCommit(
        @NonNull Checkout checkout,
        @NonNull ChangedPaths changed,
        boolean isInherited,
        @Nullable Changes changes,
        @NonNull CommitConditions conditions) {

    /** This commit together with the changes of an earlier one that gets no prebuild of its own. */
    @NonNull
    public NewCommit including(@NonNull NewCommit earlier) {
        Changes all = changes == null || earlier.changes == null ? changes : changes.and(earlier.changes);
        return new NewCommit(checkout, changed.or(earlier.changed), isInherited, all, conditions);
    }
}
