package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Changes;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A commit that a build has checked out and that may get a prebuild.
 *
 * @param checkout what was checked out
 * @param changed whether a change that matters is in it, as far as that is known without the project
 * @param isInherited whether the job has the setting in common with jobs of other repositories
 * @param changes the changes, if the project decides which of them matter; else null
 */
@Restricted(NoExternalUse.class)
public record NewCommit(
        @NonNull Checkout checkout,
        @NonNull ChangedPaths changed,
        boolean isInherited,
        @Nullable Changes changes) {

    /** A commit for which the project does not decide which changes matter. */
    public NewCommit(@NonNull Checkout checkout, @NonNull ChangedPaths changed, boolean isInherited) {
        this(checkout, changed, isInherited, null);
    }
}
