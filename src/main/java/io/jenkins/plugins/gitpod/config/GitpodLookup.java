package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.EnvironmentClass;
import io.jenkins.plugins.gitpod.api.EnvironmentClassPage;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Identity;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildFilter;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectFilter;
import io.jenkins.plugins.gitpod.api.ProjectPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Looks up projects and environment classes for forms and decisions. Each answer or failure is cached for some seconds,
 * because a form asks after each key. The caller checks permissions.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class GitpodLookup {

    private static final Logger LOGGER = Logger.getLogger(GitpodLookup.class.getName());

    /** The maximum number of suggestions in a form. */
    public static final int SUGGESTIONS = 10;

    /** The maximum number of projects that one search reads. */
    public static final int MAX_SEARCHED = 2000;

    private static final int PAGE_SIZE = 100;
    private static final int MAX_PAGES = 20;
    private static final int MAX_SEARCH_LENGTH = 256;
    private static final int MAX_KEPT = 1000;
    private static final long KEEP_NANOS = Duration.ofSeconds(20).toNanos();
    private static final long KEEP_FAILURE_NANOS = Duration.ofSeconds(5).toNanos();

    /** With the limits, so that a build does not get the failure of an impatient form. */
    private record Question(String connection, String apiUrl, String fingerprint, ClientLimits limits, String what) {}

    private record Kept(Object answer, long until) {}

    @FunctionalInterface
    private interface Call<T> {
        T on(GitpodClient client) throws GitpodException;
    }

    private final Map<Question, Kept> kept = new ConcurrentHashMap<>();
    private final NameCache names = new NameCache();

    @NonNull
    public static GitpodLookup get() {
        return ExtensionList.lookupSingleton(GitpodLookup.class);
    }

    /** The identity of the token. Not cached. */
    @NonNull
    Identity identity(@NonNull AuthenticatedConnection access) throws GitpodException {
        return GitpodClients.forLookUps(access).getAuthenticatedIdentity();
    }

    /** A project by its id. */
    @NonNull
    public Project project(@NonNull AuthenticatedConnection access, @NonNull String projectId) throws GitpodException {
        return ask(access, "project " + projectId, client -> client.getProject(projectId));
    }

    /** The name of a project or an environment class if a response contained it, else null. Makes no call. */
    @CheckForNull
    public String knownName(@Nullable String id) {
        return id == null ? null : names.of(id);
    }

    /**
     * Learns the names of a project's environment classes for pages, unless they are known. A class that has no name in the
     * list causes another call after an hour at the earliest; a failure only means that pages show ids.
     */
    public void learnClassNames(@NonNull AuthenticatedConnection access, @NonNull Project project) {
        if (!names.isLookUpDue(
                Stream.of(
                                project.environmentClassIds(),
                                project.prebuildConfiguration().environmentClassIds())
                        .flatMap(List::stream)
                        .toList(),
                System.nanoTime())) {
            return;
        }
        try {
            environmentClasses(access);
        } catch (GitpodException e) {
            LOGGER.log(Level.FINE, "Could not read the names of environment classes", e);
        }
    }

    /**
     * The result of a search.
     *
     * @param projects in the order of their ids
     * @param isComplete false if there are more projects than were read
     */
    public record Found(@NonNull List<Project> projects, boolean isComplete) {

        /** Copies the list. */
        public Found {
            projects = List.copyOf(projects);
        }
    }

    /**
     * Projects whose name, id or repository name contains the text, ignoring case: those with the smallest ids.
     *
     * @return at most {@link #SUGGESTIONS}; without their environment classes
     */
    @NonNull
    public List<Project> search(@NonNull AuthenticatedConnection access, @NonNull String text) throws GitpodException {
        ProjectFilter filter = ProjectFilter.none().withSearch(cut(text));
        return ask(access, "suggestions " + text, client -> list(client, filter, SUGGESTIONS))
                .projects();
    }

    /**
     * The projects that have exactly one of these repository URLs.
     *
     * @param remoteUris at most 25, each a URI of RFC 3986
     * @return without their environment classes
     */
    @NonNull
    Found withRemoteUri(@NonNull AuthenticatedConnection access, @NonNull List<String> remoteUris)
            throws GitpodException {
        ProjectFilter filter = ProjectFilter.none().withSpecRemoteUris(remoteUris);
        return ask(access, "repository " + String.join(" ", remoteUris), client -> list(client, filter, MAX_SEARCHED));
    }

    /**
     * The projects whose name, id or repository name contains the text, ignoring case.
     *
     * @param repository the repository of the search, part of the key of the cache
     * @return at most {@link #MAX_SEARCHED}; without their environment classes
     */
    @NonNull
    Found named(@NonNull AuthenticatedConnection access, @NonNull String text, @NonNull String repository)
            throws GitpodException {
        ProjectFilter filter = ProjectFilter.none().withSearch(cut(text));
        return ask(access, "named " + text + " of " + repository, client -> list(client, filter, MAX_SEARCHED));
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), MAX_SEARCH_LENGTH));
    }

    /** Reads pages until there are enough projects. */
    private static Found list(GitpodClient client, ProjectFilter filter, int maximum) throws GitpodException {
        List<Project> found = new ArrayList<>();
        String next = readPages(() -> found.size() >= maximum, page -> {
            ProjectPage answer = client.listProjects(filter, Math.min(maximum, PAGE_SIZE), page);
            found.addAll(answer.projects());
            return answer.nextPage();
        });
        return new Found(found.subList(0, Math.min(found.size(), maximum)), next == null);
    }

    /** Reads one page of a list. */
    @FunctionalInterface
    private interface PageReader {

        /** Returns the next page, or null after the last one. */
        @CheckForNull
        String read(@Nullable String page) throws GitpodException;
    }

    /** Reads pages until there are enough entries, at most {@link #MAX_PAGES}. @return the next page, or null if all were read */
    @CheckForNull
    private static String readPages(BooleanSupplier isEnough, PageReader reader) throws GitpodException {
        String next = reader.read(null);
        for (int i = 1; i < MAX_PAGES && next != null && !isEnough.getAsBoolean(); i++) {
            next = reader.read(next);
        }
        return next;
    }

    /** The running prebuilds of a project, created by any account; at most 100. Not cached. */
    @NonNull
    public List<Prebuild> running(@NonNull AuthenticatedConnection access, @NonNull String projectId)
            throws GitpodException {
        PrebuildFilter filter = PrebuildFilter.none()
                .withProjectIds(List.of(projectId))
                .withPhases(EnumSet.of(
                        PrebuildPhase.PENDING,
                        PrebuildPhase.STARTING,
                        PrebuildPhase.RUNNING,
                        PrebuildPhase.STOPPING,
                        PrebuildPhase.SNAPSHOTTING));
        return GitpodClients.forLookUps(access)
                .listPrebuilds(filter, PAGE_SIZE, null)
                .prebuilds();
    }

    /** The completed prebuilds of a project, created by any account; at most 2,000. Not cached. */
    @NonNull
    public List<Prebuild> completed(@NonNull AuthenticatedConnection access, @NonNull String projectId)
            throws GitpodException {
        PrebuildFilter filter = PrebuildFilter.none()
                .withProjectIds(List.of(projectId))
                .withPhases(EnumSet.of(PrebuildPhase.COMPLETED));
        GitpodClient client = GitpodClients.forLookUps(access);
        List<Prebuild> found = new ArrayList<>();
        readPages(() -> false, page -> {
            PrebuildPage answer = client.listPrebuilds(filter, PAGE_SIZE, page);
            found.addAll(answer.prebuilds());
            return answer.nextPage();
        });
        return found;
    }

    /** All environment classes of the token's organization. */
    @NonNull
    public List<EnvironmentClass> environmentClasses(@NonNull AuthenticatedConnection access) throws GitpodException {
        return ask(access, "classes", client -> {
            List<EnvironmentClass> found = new ArrayList<>();
            readPages(() -> false, page -> {
                EnvironmentClassPage answer = client.listEnvironmentClasses(PAGE_SIZE, page);
                found.addAll(answer.environmentClasses());
                return answer.nextPage();
            });
            return List.copyOf(found);
        });
    }

    /** An environment class of the organization, or null if there is none with this id. */
    @CheckForNull
    public EnvironmentClass environmentClass(@NonNull AuthenticatedConnection access, @NonNull String id)
            throws GitpodException {
        for (EnvironmentClass each : environmentClasses(access)) {
            if (each.id().equalsIgnoreCase(id)) {
                return each;
            }
        }
        return null;
    }

    @SuppressWarnings("unchecked")
    private <T> T ask(AuthenticatedConnection access, String what, Call<T> call) throws GitpodException {
        Question question = new Question(
                access.connection().name(),
                access.connection().endpoint().apiUrl().toString(),
                access.token().fingerprint(),
                access.limits(),
                what);
        Kept before = kept.get(question);
        if (before != null && before.until() - System.nanoTime() > 0) {
            if (before.answer() instanceof GitpodException e) {
                throw e;
            }
            return (T) before.answer();
        }
        try {
            T answer = call.on(GitpodClients.forLookUps(access));
            names.learn(answer);
            keep(question, answer, KEEP_NANOS);
            return answer;
        } catch (GitpodException e) {
            keep(question, e, KEEP_FAILURE_NANOS);
            throw e;
        }
    }

    private void keep(Question question, Object answer, long nanos) {
        long now = System.nanoTime();
        kept.values().removeIf(each -> each.until() - now <= 0);
        if (kept.size() >= MAX_KEPT) {
            kept.clear();
        }
        kept.put(question, new Kept(answer, now + nanos));
    }
}
