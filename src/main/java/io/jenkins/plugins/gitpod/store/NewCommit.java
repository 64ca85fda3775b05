package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A commit that a build has checked out and that may get a prebuild.
 *
 * @param checkout what was checked out
 * @param changed whether a change that matters is in it
 * @param isInherited whether the job has the setting in common with jobs of other repositories
 */
@Restricted(NoExternalUse.class)
public record NewCommit(@NonNull Checkout checkout, @NonNull ChangedPaths changed, boolean isInherited) {}
