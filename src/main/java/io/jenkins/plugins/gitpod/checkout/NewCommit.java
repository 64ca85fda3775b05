package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A commit that a build has checked out and that may be worth a prebuild.
 *
 * @param checkout what was checked out
 * @param changed whether something that matters has changed
 */
@Restricted(NoExternalUse.class)
public record NewCommit(@NonNull Checkout checkout, @NonNull ChangedPaths changed) {}
