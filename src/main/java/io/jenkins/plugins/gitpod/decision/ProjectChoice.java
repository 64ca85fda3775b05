package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.checkout.BranchText;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Which of a repository's projects a build is for. A project that is to be deleted never is. Those whose prebuilds are off
 * step back behind those whose are on, and those of another branch than the build's behind those of it.
 *
 * @param left those that no other one is better than; one, if the choice is clear
 * @param steppedBack the others that are not to be deleted
 * @param deleted those that are to be deleted
 * @param fit how surely the build is of the branch of those that are left
 */
record ProjectChoice(
        @NonNull List<Project> left,
        @NonNull List<Project> steppedBack,
        @NonNull List<Project> deleted,
        @NonNull Checkout.Fit fit) {

    /** Copies the lists. */
    ProjectChoice {
        left = List.copyOf(left);
        steppedBack = List.copyOf(steppedBack);
        deleted = List.copyOf(deleted);
    }

    @NonNull
    static ProjectChoice of(@NonNull Collection<Project> projects, @NonNull List<Checkout> checkouts) {
        List<Project> deleted = projects.stream().filter(Project::isDeleted).toList();
        List<Project> alive =
                projects.stream().filter(each -> !each.isDeleted()).toList();
        List<Project> enabled = alive.stream().filter(ProjectChoice::isEnabled).toList();
        List<Project> able = enabled.isEmpty() ? alive : enabled;
        Checkout.Fit best = able.stream()
                .map(each -> fit(each, checkouts))
                .max(Comparator.naturalOrder())
                .orElse(Checkout.Fit.NONE);
        List<Project> left =
                able.stream().filter(each -> fit(each, checkouts) == best).toList();
        List<Project> steppedBack =
                alive.stream().filter(each -> !left.contains(each)).toList();
        return new ProjectChoice(left, steppedBack, deleted, best);
    }

    private static boolean isEnabled(Project project) {
        return project.prebuildConfiguration().enabled();
    }

    private static Checkout.Fit fit(Project project, List<Checkout> checkouts) {
        return checkouts.stream()
                .filter(each -> each.isOf(project.remoteUri()))
                .map(each -> each.fit(project))
                .max(Comparator.naturalOrder())
                .orElse(Checkout.Fit.NONE);
    }

    /** Whether no project could be better than the one that is left. */
    boolean isClear() {
        return left.size() == 1 && isEnabled(left.get(0)) && fit != Checkout.Fit.NONE;
    }

    /** Whether all that are left have their prebuilds off. */
    boolean isDisabled() {
        return !left.isEmpty() && !isEnabled(left.get(0));
    }

    /** Names and ids for people. */
    @NonNull
    static String list(@NonNull List<Project> projects) {
        return projects.stream()
                .map(each -> Messages.Decision_projectEntry(name(each), each.id()))
                .collect(Collectors.joining(", "));
    }

    /** Names, ids and why each stepped back, for people. */
    @NonNull
    String listSteppedBack() {
        return steppedBack.stream()
                .map(each -> isEnabled(each) || isDisabled()
                        ? Messages.Decision_otherProjectOfBranch(name(each), each.id(), BranchText.of(each.target()))
                        : Messages.Decision_otherProjectDisabled(name(each), each.id()))
                .collect(Collectors.joining(", "));
    }

    @NonNull
    static String name(@NonNull Project project) {
        return Objects.toString(project.name(), project.id());
    }
}
