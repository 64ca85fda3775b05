package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.checkout.BranchText;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.RepositoryUrl;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.config.RepositoryLookup;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the project that is not named, by the repositories that the build has checked out. Its methods call Gitpod. */
final class ProjectFinder {

    private final PendingDecision pending;
    private final StepRequest request;
    private final AuthenticatedConnection connection;
    private final RepositoryLookup lookup;

    private final Map<String, Project> found = new LinkedHashMap<>();
    private final Set<String> hints = new LinkedHashSet<>();

    ProjectFinder(@NonNull PendingDecision pending, @NonNull AuthenticatedConnection connection) {
        this.pending = pending;
        this.request = pending.request();
        this.connection = connection;
        this.lookup = new RepositoryLookup(connection);
    }

    /**
     * The project, with its environment classes. The job's own source comes first, whether or not the build has checked it
     * out.
     *
     * @param onlyOwn whether no other repository counts
     */
    @NonNull
    Project find(@NonNull List<Checkout> checkouts, boolean onlyOwn) throws GitpodException, NothingFoundException {
        List<Checkout> own = checkouts.stream().filter(Checkout::isOwn).toList();
        List<Checkout> others = onlyOwn
                ? List.of()
                : checkouts.stream().filter(each -> !each.isOwn()).toList();
        List<Checkout> counted = own.isEmpty() ? others : own;
        Map<String, RepositoryUrl> urls = urls(counted);
        if (urls.isEmpty()) {
            throw new NothingFoundException(Messages.Decision_noCheckout(), true);
        }
        ProjectChoice choice = choose(urls, counted);
        if (choice.left().isEmpty() && !own.isEmpty() && !others.isEmpty()) {
            counted = others;
            Map<String, RepositoryUrl> otherUrls = urls(others);
            choice = choose(otherUrls, others);
            if (choice.left().isEmpty()) {
                urls.putAll(otherUrls);
            } else {
                urls = otherUrls;
            }
        }
        String shown = String.join(", ", urls.keySet());
        if (choice.left().isEmpty()) {
            // What else a job checks out may be anything, a tool for instance. Of many repositories, some have no
            // project.
            NewCommit commit = request.newCommit();
            boolean isFault = commit == null || !own.isEmpty() && !commit.isInherited();
            throw new NothingFoundException(none(shown, choice), isFault);
        } else if (choice.left().size() > 1) {
            throw several(shown, choice, counted);
        }
        Project project =
                GitpodLookup.get().project(connection, choice.left().get(0).id());
        if (!request.isAutomatic() || !choice.steppedBack().isEmpty()) {
            pending.print(Messages.Decision_found(ProjectChoice.name(project), project.id(), shown));
        }
        if (!choice.steppedBack().isEmpty()) {
            pending.print(Messages.Decision_otherProjects(choice.listSteppedBack()));
        }
        return project;
    }

    private static Map<String, RepositoryUrl> urls(List<Checkout> checkouts) {
        Map<String, RepositoryUrl> urls = new LinkedHashMap<>();
        checkouts.forEach(each -> each.remotes().forEach(url -> urls.putIfAbsent(url.toString(), url)));
        return urls;
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
            hints.add(Messages.Decision_differsInCase(ProjectChoice.name(each), each.id(), shownUrl(each)));
        }
        List<Project> elsewhere = named.of(url, RepositoryUrl::isSameElsewhere);
        if (url.mayBeAlias()) {
            hints.add(Messages.Decision_hostUnknown(url.host()));
        }
        for (Project each : elsewhere) {
            hints.add(Messages.Decision_sameElsewhere(ProjectChoice.name(each), each.id(), shownUrl(each)));
        }
        if (!named.isComplete()) {
            hints.add(Messages.Decision_searchCut(url.name(), GitpodLookup.MAX_SEARCHED));
        }
    }

    private static String shownUrl(Project project) {
        return RepositoryUrl.of(String.valueOf(project.remoteUri())).toString();
    }

    private String none(String urls, ProjectChoice choice) {
        List<String> sentences = new ArrayList<>();
        sentences.add(Messages.Decision_noProject(urls, request.connection().name()));
        if (!choice.deleted().isEmpty()) {
            sentences.add(Messages.Decision_deleted(ProjectChoice.list(choice.deleted())));
        }
        sentences.addAll(hints);
        sentences.add(Messages.Decision_noProjectThen());
        return String.join(" ", sentences);
    }

    private NothingFoundException several(String urls, ProjectChoice choice, List<Checkout> checkouts) {
        String projects = ProjectChoice.list(choice.left());
        if (choice.fit() == Checkout.Fit.NONE && request.options().isOnlyProjectBranch()) {
            String build = checkouts.stream().map(BranchText::of).distinct().collect(Collectors.joining(", "));
            return new NothingFoundException(Messages.Decision_noneOfBranch(build, urls, projects), false);
        }
        String message = choice.isDisabled()
                ? Messages.Decision_severalDisabled(urls, request.connection().name(), projects)
                : Messages.Decision_severalProjects(urls, request.connection().name(), projects);
        return new NothingFoundException(message, true);
    }
}
