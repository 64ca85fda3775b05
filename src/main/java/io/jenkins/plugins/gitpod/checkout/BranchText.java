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
        return of(checkout.kind(), checkout.shownBranch());
    }

    /** What a build of a multibranch project is of. */
    @NonNull
    public static String of(@NonNull BuildHead head) {
        return of(head.kind(), head.name());
    }

    private static String of(CheckedOut.Kind kind, String name) {
        return switch (kind) {
            case BRANCH -> Messages.Decision_branch(name);
            case TAG -> Messages.Decision_tag(name);
            case CHANGE_REQUEST -> Messages.Decision_changeRequest(name);
        };
    }
}
