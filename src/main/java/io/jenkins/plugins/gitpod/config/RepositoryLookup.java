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

/**
 * Asks Gitpod for the projects of a repository. Its filter compares URIs letter by letter and cannot name the short ssh
 * form at all; its search looks at names. What either finds is compared here. Projects come without their environment
 * classes.
 */
public final class RepositoryLookup {

    private final AuthenticatedConnection access;
    private final GitpodLookup directory = GitpodLookup.get();

    public RepositoryLookup(@NonNull AuthenticatedConnection access) {
        this.access = access;
    }

    /** All projects of a repository, as the filter or else the search finds them. */
    @NonNull
    List<Project> projects(@NonNull RepositoryUrl url) throws GitpodException {
        Map<String, Project> found = new LinkedHashMap<>();
        byUri(url).forEach(each -> found.put(each.id(), each));
        if (found.isEmpty() || url.isNoUri()) {
            byName(url).of(url, RepositoryUrl::isSameAs).forEach(each -> found.putIfAbsent(each.id(), each));
        }
        return List.copyOf(found.values());
    }

    /** Projects for a person who types a name, or the URL of a repository in any form: that is looked up as in builds. */
    @NonNull
    public List<Project> suggestions(@NonNull String text) throws GitpodException {
        RepositoryUrl url = RepositoryUrl.of(text);
        List<Project> found = text.contains("://") ? List.of() : directory.search(access, text);
        return found.isEmpty() && url.isRemote() ? projects(url) : found;
    }

    /** The projects that the filter finds: one call, usually. */
    @NonNull
    public List<Project> byUri(@NonNull RepositoryUrl url) throws GitpodException {
        List<String> uris = url.uris();
        return uris.isEmpty()
                ? List.of()
                : new Named(directory.withRemoteUri(access, uris).projects(), true).of(url, RepositoryUrl::isSameAs);
    }

    /** The projects whose names or repositories' names have the repository's name in them. */
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
     * Projects to be compared with a repository.
     *
     * @param isComplete false if Gitpod has more than were read
     */
    public record Named(@NonNull List<Project> projects, boolean isComplete) {

        /** Copies the list. */
        public Named {
            projects = List.copyOf(projects);
        }

        /** Those whose repository, compared with the wanted one, is as wanted. */
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
