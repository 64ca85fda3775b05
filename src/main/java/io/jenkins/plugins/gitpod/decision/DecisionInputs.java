package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.scm.ChangeLogSet;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.NewCommit;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.options.WhenActive;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import jenkins.scm.RunWithSCM;

/** Asks Gitpod and the build for all that a decision on a wish needs. Its methods call Gitpod. */
final class DecisionInputs {

    /** There is nothing to decide on; the message is for people. */
    static final class NothingFoundException extends Exception {

        private static final long serialVersionUID = 1L;

        private final boolean isFault;

        NothingFoundException(String message, boolean isFault) {
            super(message);
            this.isFault = isFault;
        }

        /** Whether somebody has to set something right, in contrast to a wish that is void. */
        boolean isFault() {
            return isFault;
        }
    }

    private final PendingDecision asked;
    private final StepRequest wish;
    private final AuthenticatedConnection access;
    private final GitpodLookup directory = GitpodLookup.get();

    DecisionInputs(PendingDecision asked, AuthenticatedConnection access) {
        this.asked = asked;
        this.wish = asked.wish();
        this.access = access;
    }

    /**
     * What the decision needs, or null if the project cannot be read and the options do not depend on it: then the create
     * says what is wrong with it.
     */
    @CheckForNull
    Findings findings() throws GitpodException, NothingFoundException {
        List<Checkout> checkouts = wish.checkouts();
        String projectId = wish.options().getProjectId();
        Project project = projectId == null ? new ProjectFinder(asked, access).find(checkouts) : read(projectId);
        if (project == null) {
            return null;
        }
        Checkout checkout = checkout(checkouts, project);
        return new Findings(project, checkout, changed(checkout), underWay(project, checkout));
    }

    // ---- which project

    @CheckForNull
    private Project read(String projectId) throws GitpodException {
        try {
            return directory.project(access, projectId);
        } catch (GitpodException e) {
            if (wish.options().isUnconditional() || isFinal(e) && e.code() != ErrorCode.PERMISSION_DENIED) {
                return null;
            }
            throw e;
        }
    }

    /** Whether it is of no use to ask again. */
    static boolean isFinal(@NonNull GitpodException e) {
        return switch (e.code()) {
            case PERMISSION_DENIED, NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED, UNAUTHENTICATED ->
                true;
            default -> false;
        };
    }

    // ---- which commit

    /** The checkout that tells the commit: the one of the project's repository, of the job's own source first. */
    @CheckForNull
    private Checkout checkout(List<Checkout> checkouts, Project project) throws NothingFoundException {
        NewCommit automatic = wish.automatic();
        if (automatic == null) {
            return checkouts.stream()
                    .filter(each -> each.isOf(project.remoteUri()))
                    .findFirst()
                    .orElse(null);
        }
        Checkout checkout = automatic.checkout();
        if (!checkout.isOwn() && !checkout.isOf(project.remoteUri())) {
            throw new NothingFoundException(
                    Messages.Decision_otherRepository(
                            checkout.shownRemotes(), Objects.toString(project.remoteUri(), "")),
                    false);
        }
        return checkout;
    }

    private ChangedPaths changed(@Nullable Checkout checkout) {
        if (wish.automatic() != null) {
            return wish.automatic().changed();
        }
        if (checkout == null || wish.options().getOnlyIfChanged() == null) {
            return ChangedPaths.MATCH;
        }
        List<ChangeLogSet<?>> changes = new ArrayList<>();
        if (wish.run() instanceof RunWithSCM<?, ?> run) {
            changes.addAll(run.getChangeSets());
        }
        return ChangedPaths.of(wish.options().getOnlyIfChanged(), changes);
    }

    // ---- what is under way

    private List<Prebuild> underWay(Project project, @Nullable Checkout checkout) throws GitpodException {
        WhenActive when = wish.options().getWhenActive();
        boolean isOfOther = project.target().isPinned() || checkout != null && !checkout.isOfBranch(project);
        if (when != WhenActive.JOIN && when != WhenActive.SKIP
                || isOfOther && wish.options().isOnlyProjectBranch()) {
            return List.of();
        }
        String wanted = Findings.classKey(project, wish.options().getEnvironmentClassId());
        return directory.underWay(access, project.id()).stream()
                .filter(each -> Findings.classKey(project, each.metadata().environmentClassId())
                        .equals(wanted))
                .toList();
    }
}
