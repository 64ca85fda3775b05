package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A checkout of a build, recorded when the checkout has succeeded, so that it is never one of an earlier build. Saved in
 * {@code build.xml}: fields may be added but not renamed.
 */
@Restricted(NoExternalUse.class)
public final class Checkout {

    /** The kind of what was checked out. The names are saved and must not be changed. */
    public enum Kind {
        BRANCH,
        TAG,
        CHANGE_REQUEST
    }

    /** Where the job specifies the repository. The names are saved and must not be changed. */
    public enum From {
        /** The SCM of the job itself. */
        OWN_SCM,
        /** Another repository. */
        OTHER
    }

    private static final Set<String> USUAL_DEFAULTS = Set.of("main", "master");

    private final List<String> remoteUrls;
    private final List<String> branches;

    /** For each branch the URL of its repository, empty if that is not known; null if there is one repository only. */
    @Nullable
    private final List<String> branchUrls;

    private final String revision;
    private final Kind kind;
    private final From from;
    private final Boolean primary;

    /**
     * @param remoteUrls the repository's URLs; passwords in them are dropped, and user names that may be tokens
     * @param branches the branches, without the remote's name, that the revision was found on
     * @param revision the commit
     * @param primary whether it is the repository's primary branch, or null if that is not known
     */
    public Checkout(
            @NonNull List<String> remoteUrls,
            @NonNull List<String> branches,
            @NonNull String revision,
            @NonNull Kind kind,
            @NonNull From from,
            @Nullable Boolean primary) {
        this(remoteUrls, branches, List.of(), revision, kind, from, primary);
    }

    /**
     * @param remoteUrls the URLs of the repositories, such as a fork's and its origin's
     * @param branchUrls for each branch the URL of its repository, empty if that is not known; or an empty list
     */
    public Checkout(
            @NonNull List<String> remoteUrls,
            @NonNull List<String> branches,
            @NonNull List<String> branchUrls,
            @NonNull String revision,
            @NonNull Kind kind,
            @NonNull From from,
            @Nullable Boolean primary) {
        this.remoteUrls = withUsers(remoteUrls);
        this.branches = new ArrayList<>(branches);
        this.branchUrls = remoteUrls.size() > 1 && branchUrls.size() == branches.size() ? withUsers(branchUrls) : null;
        this.revision = revision;
        this.kind = kind;
        this.from = from;
        this.primary = primary;
    }

    /** Sets what a file does not contain. */
    private Object readResolve() {
        return remoteUrls != null && branches != null
                ? this
                : new Checkout(
                        remoteUrls == null ? List.of() : remoteUrls,
                        branches == null ? List.of() : branches,
                        branchUrls == null ? List.of() : branchUrls,
                        revision,
                        kind,
                        from,
                        primary);
    }

    /** Whether it has a revision; one that was read from a file may lack it. */
    public boolean isComplete() {
        return revision != null;
    }

    private static List<String> withUsers(List<String> urls) {
        List<String> all = new ArrayList<>();
        urls.forEach(url -> all.add(RepositoryUrl.of(url).withUser()));
        return all;
    }

    @NonNull
    public List<RepositoryUrl> remotes() {
        return remoteUrls.stream().map(RepositoryUrl::of).toList();
    }

    @NonNull
    public String revision() {
        return revision;
    }

    @NonNull
    public Kind kind() {
        return kind == null ? Kind.BRANCH : kind;
    }

    /** Whether it is of the job's own SCM. */
    public boolean isOwn() {
        return from == From.OWN_SCM;
    }

    /** The URLs of the repository as shown to people. */
    @NonNull
    public String shownRemotes() {
        return remotes().stream().map(RepositoryUrl::toString).distinct().collect(Collectors.joining(", "));
    }

    /** The branches as shown to people, with their repositories if there are several, or the commit if none is known. */
    @NonNull
    public String shownBranch() {
        if (branches.isEmpty()) {
            return revision;
        }
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            String url = branchUrls == null ? "" : branchUrls.get(i);
            String branch = branches.get(i);
            shown.add(url.isEmpty() ? branch : Messages.Checkout_branchOf(branch, RepositoryUrl.of(url)));
        }
        return String.join(", ", shown);
    }

    public boolean isOf(@Nullable String remoteUri) {
        if (remoteUri == null || remoteUri.isBlank()) {
            return false;
        }
        RepositoryUrl wanted = RepositoryUrl.of(remoteUri);
        return remotes().stream().anyMatch(wanted::isSameAs);
    }

    /** How certain it is that a checkout is of the branch of a project, the most certain last. */
    public enum Fit {
        /** It is of another branch. */
        NONE,
        /** The branch of the project is not known. */
        UNKNOWN,
        /** The project uses the default branch, and neither the job nor a usual name says which branch that is. */
        ASSUMED,
        SURE
    }

    /**
     * Whether it may be of the branch of the project. Only some kinds of jobs know which branch is the default of the
     * repository: the others are assumed to build it. If the branch of the project is not known, any branch may be it.
     */
    public boolean isOfBranch(@NonNull Project project) {
        return fit(project) != Fit.NONE;
    }

    @NonNull
    public Fit fit(@NonNull Project project) {
        ProjectTarget target = project.target();
        List<String> own = branchesOf(project.remoteUri());
        if (kind() != Kind.BRANCH || own.isEmpty() && !branches.isEmpty()) {
            return Fit.NONE;
        }
        return switch (target.kind()) {
            case DEFAULT_BRANCH -> fitOfDefault(own);
            case BRANCH -> own.contains(target.name()) ? Fit.SURE : Fit.NONE;
            case UNKNOWN -> Fit.UNKNOWN;
            case COMMIT, TAG -> Fit.NONE;
        };
    }

    private Fit fitOfDefault(List<String> own) {
        if (primary == null) {
            return own.stream().anyMatch(USUAL_DEFAULTS::contains) ? Fit.SURE : Fit.ASSUMED;
        }
        return primary ? Fit.SURE : Fit.NONE;
    }

    /** The branches of this repository if the checkout is of several: other repositories may have branches of the same name. */
    private List<String> branchesOf(@Nullable String remoteUri) {
        List<String> urls = branchUrls;
        if (urls == null || !isOf(remoteUri)) {
            return branches;
        }
        RepositoryUrl wanted = RepositoryUrl.of(remoteUri);
        List<String> own = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            if (urls.get(i).isEmpty() || wanted.isSameAs(RepositoryUrl.of(urls.get(i)))) {
                own.add(branches.get(i));
            }
        }
        return own;
    }

    /** The branch of the commit in the commit history. */
    @NonNull
    public String bookedBranch(@NonNull Project project) {
        Fit fit = fit(project);
        if (fit == Fit.ASSUMED || fit == Fit.SURE) {
            return project.target().name();
        }
        return kind() + " " + (branches.isEmpty() ? "" : branches.get(0));
    }

    /** Whether the other checkout is of the same commit, branches and repositories. */
    boolean isSameAs(@CheckForNull Checkout other) {
        return other != null
                && revision.equals(other.revision)
                && remoteUrls.equals(other.remoteUrls)
                && from == other.from
                && branches.equals(other.branches)
                && Objects.equals(branchUrls, other.branchUrls);
    }

    @Override
    public String toString() {
        return shownRemotes() + " " + shownBranch() + " " + revision;
    }
}
