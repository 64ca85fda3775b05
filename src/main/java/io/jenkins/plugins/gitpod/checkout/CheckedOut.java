package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What an SCM plugin says of one checkout.
 *
 * @param remoteUrls the URLs of the repository, or of several such as a fork and its origin, with variables expanded
 * @param branches the branches that contain the commit, without the name of the remote; for tags and change requests their
 *     names
 * @param branchUrls for each branch the URL of its repository, empty if it is not known; or an empty list
 * @param revision the commit, or null if it is not known
 * @param kind what the branches are
 * @param anyBranch whether the SCM is configured such that another build may check out another branch
 */
@Restricted(NoExternalUse.class)
public record CheckedOut(
        @NonNull List<String> remoteUrls,
        @NonNull List<String> branches,
        @NonNull List<String> branchUrls,
        @Nullable String revision,
        @NonNull Kind kind,
        boolean anyBranch) {

    /**
     * The kind of what was checked out; of several, the first one counts. The names are saved with a {@link Checkout} and must
     * not be changed.
     */
    public enum Kind {
        BRANCH,
        TAG,
        CHANGE_REQUEST
    }

    /** Copies the lists. */
    public CheckedOut {
        remoteUrls = List.copyOf(remoteUrls);
        branches = List.copyOf(branches);
        branchUrls = List.copyOf(branchUrls);
    }
}
