package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Branches, tags and change requests as texts for people. */
@Restricted(NoExternalUse.class)
public final class BranchText {

    private BranchText() {}

    /** What a project's prebuilds are created from. */
    @NonNull
    public static String of(@NonNull ProjectTarget target) {
        return switch (target.kind()) {
            case DEFAULT_BRANCH -> Messages.Decision_defaultBranch();
            case BRANCH -> target.name();
            case COMMIT -> Messages.Decision_commit(target.name());
            case TAG -> Messages.Decision_tag(target.name());
            case UNKNOWN -> Messages.Decision_unknownBranch();
        };
    }

    /** What a build has checked out. */
    @NonNull
    public static String of(@NonNull Checkout checkout) {
        return switch (checkout.kind()) {
            case BRANCH -> Messages.Decision_branch(checkout.shownBranch());
            case TAG -> Messages.Decision_tag(checkout.shownBranch());
            case CHANGE_REQUEST -> Messages.Decision_changeRequest(checkout.shownBranch());
        };
    }
}
