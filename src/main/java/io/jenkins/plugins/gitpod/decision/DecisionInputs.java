package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.checkout.BranchText;
import io.jenkins.plugins.gitpod.checkout.BuildCheckouts;
import io.jenkins.plugins.gitpod.checkout.BuildHead;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.PathPatterns;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.options.EnvironmentClasses;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What Gitpod and the build say, for a decision about a request.
 *
 * @param project the project
 * @param checkout what the build has checked out of its repository, or null if that is not known
 * @param changed whether a path that matters has changed
 * @param running the project's running prebuilds of that class, as Gitpod lists them; empty if the options do not need them
 * @param completed its completed prebuilds of that class, the newest first; empty if the options do not need them
 */
@Restricted(NoExternalUse.class)
public record DecisionInputs(
        @NonNull Project project,
        @Nullable Checkout checkout,
        @NonNull ChangedPaths changed,
        @NonNull List<Prebuild> running,
        @NonNull List<Prebuild> completed) {

    private static final Set<PrebuildPhase> DELETED = EnumSet.of(PrebuildPhase.DELETING, PrebuildPhase.DELETED);

    private static final Comparator<Prebuild> NEWEST_FIRST = Comparator.comparing(
                    (Prebuild each) -> each.metadata().createdAt(), Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(Prebuild::id)
            .reversed();

    /** Copies the lists. */
    public DecisionInputs {
        running = List.copyOf(running);
        completed = List.copyOf(completed);
    }

    /** The same without the lists of prebuilds, to be kept for hours. */
    @NonNull
    DecisionInputs withoutLists() {
        return new DecisionInputs(project, checkout, changed, List.of(), List.of());
    }

    // ---- gathering

    /**
     * Asks Gitpod and the build. Calls Gitpod.
     *
     * @return null if the project cannot be read and the options do not depend on it: then the create request reports what
     *     is wrong
     */
    @CheckForNull
    static DecisionInputs gather(@NonNull PendingDecision pending, @NonNull AuthenticatedConnection connection)
            throws GitpodException, NothingFoundException {
        StepRequest request = pending.request();
        String projectId = request.options().getProjectId();
        BuildHead head = request.isAutomatic() ? null : BuildHead.of(request.run());
        if (head != null && projectId == null && request.options().isOnlyProjectBranch()) {
            String notABranch = notABranch(head);
            if (notABranch != null) {
                throw new NothingFoundException(notABranch, false);
            }
        }
        List<Checkout> checkouts = request.checkouts();
        Project project = projectId == null
                ? new ProjectFinder(pending, connection).find(checkouts, head != null)
                : read(request, connection, projectId);
        if (project == null) {
            return null;
        }
        Checkout checkout = checkout(request, checkouts, project);
        // Each part of a request for several classes looks for the prebuilds of its own class.
        boolean needsNone = request.options().isForSeveralClasses() || isOfOther(request, checkout, project);
        return new DecisionInputs(
                project,
                checkout,
                changed(request, checkout, project),
                needsNone ? List.of() : running(request, connection, project),
                needsNone ? List.of() : completed(request, connection, project));
    }

    private static boolean isOfOther(StepRequest request, @Nullable Checkout checkout, Project project) {
        return request.options().isOnlyProjectBranch()
                && (project.target().isPinned()
                        || checkout != null && !checkout.fit(project).mayBeOfBranch());
    }

    /** Why a build of no branch gets no prebuild if only the branch of the project counts, or null if it is of a branch. */
    @CheckForNull
    public static String notABranch(@NonNull BuildHead head) {
        return head.kind() == CheckedOut.Kind.BRANCH ? null : Messages.Decision_noBranch(BranchText.of(head));
    }

    @CheckForNull
    private static Project read(StepRequest request, AuthenticatedConnection connection, String projectId)
            throws GitpodException {
        try {
            return GitpodLookup.get().project(connection, projectId);
        } catch (GitpodException e) {
            if (EnvironmentClasses.areAll(request.options().getEnvironmentClassId())) {
                throw e; // only the project says which classes these are
            } else if (request.isUnconditional() || isFinal(e) && e.code() != ErrorCode.PERMISSION_DENIED) {
                return null;
            }
            throw e;
        }
    }

    /** Whether asking again would give the same answer. */
    static boolean isFinal(@NonNull GitpodException e) {
        return switch (e.code()) {
            case PERMISSION_DENIED, NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED, UNAUTHENTICATED ->
                true;
            default -> false;
        };
    }

    /**
     * The checkout that has the build's commit: one of the project's repository, the job's own source first. If there is
     * none, it is the job's own source, whose URL may be another name of the repository.
     */
    @CheckForNull
    private static Checkout checkout(StepRequest request, List<Checkout> checkouts, Project project)
            throws NothingFoundException {
        for (Checkout each : checkouts) {
            boolean isUnknown = each.isBuilt() && each.remotes().isEmpty();
            if (isUnknown || each.isOf(project.remoteUri())) {
                return each;
            }
        }
        for (Checkout each : checkouts) {
            if (each.isBuilt()) {
                return each;
            }
        }
        NewCommit newCommit = request.newCommit();
        if (newCommit != null) {
            String message = Messages.Decision_otherRepository(
                    newCommit.checkout().shownRemotes(), Objects.toString(project.remoteUri(), ""));
            throw new NothingFoundException(message, false);
        }
        return null;
    }

    private static ChangedPaths changed(StepRequest request, @Nullable Checkout checkout, Project project) {
        String onlyIfChanged = request.options().getOnlyIfChanged();
        PathPatterns patterns = PathPatterns.of(onlyIfChanged);
        NewCommit commit = request.newCommit();
        if (commit != null) {
            return patterns.needProject() && commit.changes() != null
                    ? commit.changes().match(patterns.of(project))
                    : commit.changed();
        }
        return checkout == null || onlyIfChanged == null
                ? ChangedPaths.MATCH
                : ChangedPaths.matching(patterns.of(project), BuildCheckouts.changes(request.run(), checkout));
    }

    private static List<Prebuild> running(StepRequest request, AuthenticatedConnection connection, Project project)
            throws GitpodException {
        WhenActive whenActive = request.options().getWhenActive();
        return whenActive == WhenActive.JOIN || whenActive == WhenActive.SKIP || whenActive == WhenActive.QUEUE
                ? ofClass(request, project, GitpodLookup.get().running(connection, project.id()))
                        .toList()
                : List.of();
    }

    private static List<Prebuild> completed(StepRequest request, AuthenticatedConnection connection, Project project)
            throws GitpodException {
        return request.options().getMaxAge() == null
                ? List.of()
                : ofClass(request, project, GitpodLookup.get().completed(connection, project.id()))
                        .filter(each -> !DELETED.contains(each.spec().desiredPhase()))
                        .sorted(NEWEST_FIRST)
                        .toList();
    }

    private static Stream<Prebuild> ofClass(StepRequest request, Project project, List<Prebuild> prebuilds) {
        String wanted = classKey(project, request.options().getEnvironmentClassId());
        return prebuilds.stream()
                .filter(each ->
                        classKey(project, each.metadata().environmentClassId()).equals(wanted));
    }

    // ---- keys of the commit history

    /** The key of the commits of the build's branch, or null if no commit is known. */
    @CheckForNull
    CommitHistory.Key key(@NonNull StepRequest request) {
        return checkout == null
                ? null
                : new CommitHistory.Key(
                        apiUrl(request),
                        project.id(),
                        classKey(project, request.options().getEnvironmentClassId()),
                        checkout.bookedBranch(project));
    }

    /** The key of the project's last prebuild. */
    @NonNull
    CommitHistory.Key ofProject(@NonNull StepRequest request) {
        return CommitHistory.ofProject(apiUrl(request), project.id());
    }

    /** The key of the commits that the project's prebuilds were built from. */
    @NonNull
    CommitHistory.Key facts(@NonNull StepRequest request) {
        return CommitHistory.ofBuiltCommits(apiUrl(request), project.id());
    }

    private static String apiUrl(StepRequest request) {
        return request.connection().endpoint().apiUrl().toString();
    }

    // ---- the build

    /** How certain it is that the build is of the branch of the project; unknown if nothing is known of the build. */
    @NonNull
    Checkout.Fit fit() {
        return checkout == null ? Checkout.Fit.UNKNOWN : checkout.fit(project);
    }

    /** The build's commit, or null if it is not known. */
    @CheckForNull
    String revision() {
        return checkout == null ? null : checkout.revision();
    }

    /** The environment class, or the empty text for the project's default class, however it is named. */
    @NonNull
    public static String classKey(@NonNull Project project, @Nullable String classId) {
        List<String> classes = project.environmentClassIds();
        boolean isDefault = classId == null || !classes.isEmpty() && classId.equalsIgnoreCase(classes.get(0));
        return isDefault ? "" : classId;
    }
}
