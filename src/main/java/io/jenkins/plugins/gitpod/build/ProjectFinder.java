package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.GitpodAccess;
import io.jenkins.plugins.gitpod.config.GitpodDirectory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the project that is not named, by the repositories that the build has checked out. Its methods call Gitpod. */
final class ProjectFinder {

    private final AskedWish asked;
    private final Wish wish;
    private final GitpodAccess access;
    private final RepositoryLookup lookup;

    private final Map<String, Project> found = new LinkedHashMap<>();
    private final Set<String> hints = new LinkedHashSet<>();

    ProjectFinder(@NonNull AskedWish asked, @NonNull GitpodAccess access) {
        this.asked = asked;
        this.wish = asked.wish();
        this.access = access;
        this.lookup = new RepositoryLookup(access);
    }

    /** The project, with its environment classes. */
    @NonNull
    Project find(@NonNull List<Checkout> checkouts) throws GitpodException, Inquiry.NothingFoundException {
        if (checkouts.isEmpty()) {
            throw new Inquiry.NothingFoundException(Messages.Intake_noCheckout(), true);
        }
        List<Checkout> own = checkouts.stream().filter(Checkout::isOwn).toList();
        List<Checkout> counted = own.isEmpty() ? checkouts : own;
        Map<String, RepositoryUrl> urls = new LinkedHashMap<>();
        counted.forEach(each -> each.remotes().forEach(url -> urls.putIfAbsent(url.toString(), url)));

        ProjectChoice choice = choose(urls, counted);
        String shown = String.join(", ", urls.keySet());
        if (choice.left().isEmpty()) {
            // What a job without a source of its own checks out may be anything, a tool for instance.
            throw new Inquiry.NothingFoundException(none(shown, choice), !wish.isAutomatic() || !own.isEmpty());
        } else if (choice.left().size() > 1) {
            throw several(shown, choice, counted);
        }
        Project project =
                GitpodDirectory.get().project(access, choice.left().get(0).id());
        if (!wish.isAutomatic() || !choice.steppedBack().isEmpty()) {
            asked.tell(Messages.Intake_found(ProjectChoice.name(project), project.id(), shown));
        }
        if (!choice.steppedBack().isEmpty()) {
            asked.tell(Messages.Intake_steppedBack(choice.listSteppedBack()));
        }
        return project;
    }

    /** By the filter first, and by the search where a project that the filter cannot name may be the better one. */
    private ProjectChoice choose(Map<String, RepositoryUrl> urls, List<Checkout> checkouts) throws GitpodException {
        boolean needsSearch = false;
        for (RepositoryUrl url : urls.values()) {
            lookup.byUri(url).forEach(each -> found.put(each.id(), each));
            needsSearch |= url.isNoUri();
        }
        ProjectChoice choice = ProjectChoice.of(found.values(), checkouts);
        if (!needsSearch && choice.isClear()) {
            return choice;
        }
        for (RepositoryUrl url : urls.values()) {
            search(url);
        }
        return ProjectChoice.of(found.values(), checkouts);
    }

    private void search(RepositoryUrl url) throws GitpodException {
        RepositoryLookup.Named named = lookup.byName(url);
        named.of(url, RepositoryUrl::isSameAs).forEach(each -> found.putIfAbsent(each.id(), each));
        for (Project each : named.of(url, RepositoryUrl::differsInCaseOnly)) {
            hints.add(Messages.Intake_differsInCase(ProjectChoice.name(each), each.id(), shownUrl(each)));
        }
        List<Project> elsewhere = named.of(url, RepositoryUrl::isSameElsewhere);
        if (url.mayBeAlias()) {
            hints.add(Messages.Intake_hostUnknown(url.host()));
        }
        for (Project each : elsewhere) {
            hints.add(Messages.Intake_sameElsewhere(ProjectChoice.name(each), each.id(), shownUrl(each)));
        }
        if (!named.isComplete()) {
            hints.add(Messages.Intake_searchCut(url.name(), GitpodDirectory.MAXIMUM_SEARCHED));
        }
    }

    private static String shownUrl(Project project) {
        return RepositoryUrl.of(String.valueOf(project.remoteUri())).toString();
    }

    private String none(String urls, ProjectChoice choice) {
        List<String> sentences = new ArrayList<>();
        sentences.add(Messages.Intake_noProject(urls, wish.connection().name()));
        if (!choice.deleted().isEmpty()) {
            sentences.add(Messages.Intake_deleted(ProjectChoice.list(choice.deleted())));
        }
        sentences.addAll(hints);
        sentences.add(Messages.Intake_noProjectThen());
        return String.join(" ", sentences);
    }

    private Inquiry.NothingFoundException several(String urls, ProjectChoice choice, List<Checkout> checkouts) {
        String projects = ProjectChoice.list(choice.left());
        if (choice.fit() == Checkout.Fit.NONE && wish.options().isOnlyProjectBranch()) {
            String build = checkouts.stream().map(Rules::shown).distinct().collect(Collectors.joining(", "));
            return new Inquiry.NothingFoundException(Messages.Intake_noneOfBranch(build, urls, projects), false);
        }
        String message = choice.isDisabled()
                ? Messages.Intake_severalDisabled(urls, wish.connection().name(), projects)
                : Messages.Intake_severalProjects(urls, wish.connection().name(), projects);
        return new Inquiry.NothingFoundException(message, true);
    }
}
