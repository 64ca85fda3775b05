package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import java.util.List;

/**
 * What a decision on a wish is made by.
 *
 * @param project the project
 * @param checkout what the build has checked out of it, or null if that is not known
 * @param changed whether something that matters has changed
 * @param underWay the project's prebuilds of that class that Gitpod said to be under way; empty if nobody wants to know
 */
public record Findings(
        @NonNull Project project,
        @Nullable Checkout checkout,
        @NonNull ChangedPaths changed,
        @NonNull List<Prebuild> underWay) {

    /** By what the commit is booked, or null if none is known. */
    @CheckForNull
    CommitHistory.Key key(@NonNull StepRequest wish) {
        return checkout == null
                ? null
                : new CommitHistory.Key(
                        apiUrl(wish),
                        project.id(),
                        classKey(project, wish.options().getEnvironmentClassId()),
                        checkout.bookedBranch(project));
    }

    /** By what the project's last prebuild is booked. */
    @NonNull
    CommitHistory.Key ofProject(@NonNull StepRequest wish) {
        return CommitHistory.ofProject(apiUrl(wish), project.id());
    }

    /** By what it is booked which commits the project's prebuilds were really built from. */
    @NonNull
    CommitHistory.Key facts(@NonNull StepRequest wish) {
        return CommitHistory.ofFacts(apiUrl(wish), project.id());
    }

    private static String apiUrl(StepRequest wish) {
        return wish.connection().endpoint().apiUrl().toString();
    }

    /** Whether the checkout is known, and known to be of another branch than the project's own. */
    boolean isOfOtherBranch() {
        return checkout != null && !checkout.isOfBranch(project);
    }

    /** The commit, or null if none is known. */
    @CheckForNull
    String revision() {
        return checkout == null ? null : checkout.revision();
    }

    /** The class, or the empty text for the project's default one, however it was named. */
    @NonNull
    public static String classKey(@NonNull Project project, @Nullable String classId) {
        List<String> classes = project.environmentClassIds();
        boolean isDefault = classId == null || !classes.isEmpty() && classId.equalsIgnoreCase(classes.get(0));
        return isDefault ? "" : classId;
    }
}
