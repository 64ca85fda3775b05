package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.checkout.RepositoryUrl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Finds the projects of a repository. Gitpod's filter compares URIs exactly and does not accept the short ssh form; its search
 * compares names. The repositories of the projects found are compared here. Projects are returned without their environment
 * classes.
 */
@Restricted(NoExternalUse.class)
public final class RepositoryLookup {

    private final AuthenticatedConnection access;
    private final GitpodLookup directory = GitpodLookup.get();

    public RepositoryLookup(@NonNull AuthenticatedConnection access) {
        this.access = access;
    }

    /** The projects of a repository. The search is used if the filter finds none. */
    @NonNull
    List<Project> projects(@NonNull RepositoryUrl url) throws GitpodException {
        Map<String, Project> found = new LinkedHashMap<>();
        byUri(url).forEach(each -> found.put(each.id(), each));
        if (found.isEmpty() || url.isNoUri()) {
            byName(url).of(url, RepositoryUrl::isSameAs).forEach(each -> found.putIfAbsent(each.id(), each));
        }
        return List.copyOf(found.values());
    }

    /** Projects for a text in a form: a name, or the URL of a repository in any form, which is looked up as in builds. */
    @NonNull
    public List<Project> suggestions(@NonNull String text) throws GitpodException {
        RepositoryUrl url = RepositoryUrl.of(text);
        List<Project> found = text.contains("://") ? List.of() : directory.search(access, text);
        return found.isEmpty() && url.isRemote() ? projects(url) : found;
    }

    /** The projects that the filter finds, usually with one call. */
    @NonNull
    public List<Project> byUri(@NonNull RepositoryUrl url) throws GitpodException {
        List<String> uris = url.uris();
        return uris.isEmpty()
                ? List.of()
                : new Named(directory.withRemoteUri(access, uris).projects(), true).of(url, RepositoryUrl::isSameAs);
    }

    /** The projects whose name or repository name contains the name of the repository. */
    @NonNull
    public Named byName(@NonNull RepositoryUrl url) throws GitpodException {
        List<Project> found = new ArrayList<>();
        boolean isComplete = true;
        for (String text : url.searchTexts()) {
            GitpodLookup.Found named = directory.named(access, text, url.toString());
            found.addAll(named.projects());
            isComplete &= named.isComplete();
        }
        return new Named(found, isComplete);
    }

    /**
     * Projects that the search found by name.
     *
     * @param isComplete false if Gitpod has more than were read
     */
    public record Named(@NonNull List<Project> projects, boolean isComplete) {

        /** Copies the list. */
        public Named {
            projects = List.copyOf(projects);
        }

        /** The projects whose repository satisfies the comparison with the wanted one. */
        @NonNull
        public List<Project> of(
                @NonNull RepositoryUrl wanted, @NonNull BiPredicate<RepositoryUrl, RepositoryUrl> comparison) {
            return projects.stream()
                    .filter(each -> each.remoteUri() != null)
                    .filter(each -> comparison.test(wanted, RepositoryUrl.of(each.remoteUri())))
                    .toList();
        }
    }
}
