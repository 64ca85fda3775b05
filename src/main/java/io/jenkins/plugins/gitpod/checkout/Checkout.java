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

    /** Where the job specifies the repository. The names are saved and must not be changed. */
    public enum From {
        /** The SCM of the job itself. */
        OWN_SCM,
        /** The SCM of the job itself, from which only the script was read. */
        SCRIPT,
        /** Another repository. */
        OTHER,
        /** A shared library. */
        LIBRARY
    }

    private static final Set<String> USUAL_DEFAULTS = Set.of("main", "master");

    private final List<String> remoteUrls;
    private final List<String> branches;

    /** For each branch the URL of its repository, empty if that is not known; null if there is one repository only. */
    @Nullable
    private final List<String> branchUrls;

    private final String revision;
    private final CheckedOut.Kind kind;
    private final From from;
    private final Boolean primary;

    /** Whether other builds of the job may be of other branches. */
    private final boolean anyBranch;

    /**
     * @param found what was checked out; passwords in its URLs are dropped, and user names that may be tokens
     * @param primary whether it is the repository's primary branch, or null if that is not known
     */
    public Checkout(@NonNull CheckedOut found, @NonNull From from, @Nullable Boolean primary) {
        this.remoteUrls = withUsers(found.remoteUrls());
        this.branches = new ArrayList<>(found.branches());
        boolean areUrlsKnown = found.remoteUrls().size() > 1
                && found.branchUrls().size() == found.branches().size();
        this.branchUrls = areUrlsKnown ? withUsers(found.branchUrls()) : null;
        this.revision = found.revision();
        this.kind = found.kind();
        this.from = from;
        this.primary = primary;
        this.anyBranch = found.anyBranch();
    }

    /** Sets what a file does not contain. */
    private Object readResolve() {
        return remoteUrls != null && branches != null ? this : at(remoteUrls == null ? List.of() : remoteUrls);
    }

    /** The same checkout with other URLs of its repository. */
    @NonNull
    Checkout at(@NonNull List<String> urls) {
        CheckedOut found = new CheckedOut(
                urls,
                branches == null ? List.of() : branches,
                branchUrls == null ? List.of() : branchUrls,
                revision,
                kind,
                anyBranch);
        return new Checkout(found, from, primary);
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

    /** The commit, or null if it is not known: the job's own source counts also if the build has not checked it out. */
    @CheckForNull
    public String revision() {
        return revision;
    }

    @NonNull
    public CheckedOut.Kind kind() {
        return kind == null ? CheckedOut.Kind.BRANCH : kind;
    }

    /** Whether another checkout is of the same branch, as far as it was recorded alike. */
    public boolean isOfSameBranch(@NonNull Checkout other) {
        return remoteUrls.equals(other.remoteUrls) && branches.equals(other.branches) && kind() == other.kind();
    }

    /** Whether it is of the job's own SCM. */
    public boolean isOwn() {
        return from == From.OWN_SCM || from == From.SCRIPT;
    }

    /** Whether the build is of the job's own SCM, from which it has read more than its script. */
    public boolean isBuilt() {
        return from == From.OWN_SCM;
    }

    boolean isOfLibrary() {
        return from == From.LIBRARY;
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
            return Objects.toString(revision, "");
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
        /** The project uses the default branch. Which one that is is not known, and the job builds several. */
        UNCERTAIN,
        /** The branch of the project is not known. */
        UNKNOWN,
        /** The project uses the default branch. Which one that is is not known, but the job builds only this one. */
        ASSUMED,
        SURE;

        /** Whether the build counts as one of the branch of the project. */
        public boolean mayBeOfBranch() {
            return this != NONE && this != UNCERTAIN;
        }
    }

    /**
     * Whether it is of the branch of the project. Only some kinds of jobs know which branch is the default of the repository.
     * A usual name, or that the job builds no other branch, are taken for it.
     */
    @NonNull
    public Fit fit(@NonNull Project project) {
        ProjectTarget target = project.target();
        List<String> own = branchesOf(project.remoteUri());
        if (kind() != CheckedOut.Kind.BRANCH || own.isEmpty() && !branches.isEmpty()) {
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
            if (own.stream().anyMatch(USUAL_DEFAULTS::contains)) {
                return Fit.SURE;
            }
            return anyBranch ? Fit.UNCERTAIN : Fit.ASSUMED;
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

    @Override
    public String toString() {
        return shownRemotes() + " " + shownBranch() + " " + revision;
    }
}
