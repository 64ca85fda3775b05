package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a build has checked out, noted when the checkout had succeeded, so that it is never an earlier build's. Saved with
 * builds: fields may be added but not renamed.
 */
@Restricted(NoExternalUse.class)
public final class Checkout {

    /** What kind of thing was checked out. The names are saved: never rename one. */
    public enum Kind {
        BRANCH,
        TAG,
        CHANGE_REQUEST
    }

    /** How the build came by it. The names are saved: never rename one. */
    public enum From {
        /** The source that the job itself is about. */
        OWN_SCM,
        /** Something else that the build checked out. */
        OTHER
    }

    private final List<String> remoteUrls;
    private final List<String> branches;
    private final String revision;
    private final Kind kind;
    private final From from;
    private final Boolean primary;

    /**
     * @param remoteUrls the repository's URLs; user names and passwords in them are dropped
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
        this.remoteUrls = new ArrayList<>();
        remoteUrls.forEach(url -> this.remoteUrls.add(RepositoryUrl.of(url).toString()));
        this.branches = new ArrayList<>(branches);
        this.revision = revision;
        this.kind = kind;
        this.from = from;
        this.primary = primary;
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

    /** Whether it is of the source that the job itself is about. */
    public boolean isOwn() {
        return from == From.OWN_SCM;
    }

    /** The repository's URLs for people. */
    @NonNull
    String shownRemotes() {
        return String.join(", ", remoteUrls);
    }

    /** The branches for people, or the commit if none is known. */
    @NonNull
    public String shownBranch() {
        return branches.isEmpty() ? revision : String.join(", ", branches);
    }

    boolean isOf(@Nullable String remoteUri) {
        if (remoteUri == null || remoteUri.isBlank()) {
            return false;
        }
        RepositoryUrl wanted = RepositoryUrl.of(remoteUri);
        return remotes().stream().anyMatch(wanted::isSameAs);
    }

    /**
     * Whether it is of this branch of the project.
     *
     * @param branch as the project names it; null or blank for the repository's default branch, which only some kinds of
     *     jobs know: the others are taken to build it
     */
    boolean isOfBranch(@Nullable String branch) {
        if (kind() != Kind.BRANCH) {
            return false;
        }
        if (branch == null || branch.isBlank()) {
            return primary == null || primary;
        }
        return branches.contains(branch.replaceFirst("^refs/heads/", ""));
    }

    /** By which branch the commit is booked. */
    @NonNull
    String bookedBranch(@Nullable String projectBranch) {
        if (isOfBranch(projectBranch)) {
            return Objects.toString(projectBranch, "");
        }
        return kind() + " " + (branches.isEmpty() ? "" : branches.get(0));
    }

    /** Whether the other one would say nothing new. */
    boolean isSameAs(@CheckForNull Checkout other) {
        return other != null
                && revision.equals(other.revision)
                && remoteUrls.equals(other.remoteUrls)
                && from == other.from
                && branches.equals(other.branches);
    }

    @Override
    public String toString() {
        return String.join(" ", remoteUrls) + " " + shownBranch() + " " + revision;
    }
}
