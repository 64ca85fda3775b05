package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a project checks out of its repository, which its prebuilds are created from.
 *
 * @param kind what it is
 * @param name the branch, commit or tag; empty for the default branch and where nothing is known
 */
public record ProjectTarget(@NonNull Kind kind, @NonNull String name) {

    /** What is checked out. */
    public enum Kind {
        /** The branch that the repository's HEAD names. */
        DEFAULT_BRANCH,
        /** A branch with a name. */
        BRANCH,
        /** One commit: new commits change nothing. */
        COMMIT,
        /** One tag: new commits change nothing. */
        TAG,
        /** Some branch, but the project does not tell which. */
        UNKNOWN
    }

    /** The repository's default branch. */
    public static final ProjectTarget DEFAULT_BRANCH = new ProjectTarget(Kind.DEFAULT_BRANCH, "");

    /** The project does not tell. */
    public static final ProjectTarget UNKNOWN = new ProjectTarget(Kind.UNKNOWN, "");

    private static final String MODES = "CLONE_TARGET_MODE_";
    private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}");

    /**
     * A branch.
     *
     * @param name its name, with or without {@code refs/heads/}; blank for the default branch
     * @return the target
     */
    @NonNull
    public static ProjectTarget branch(@NonNull String name) {
        String branch = withoutPrefix(name, "refs/heads/");
        return branch.isEmpty() ? DEFAULT_BRANCH : new ProjectTarget(Kind.BRANCH, branch);
    }

    /** What a URL calls a branch may be a full commit id. */
    @NonNull
    static ProjectTarget branchOrCommit(@NonNull String name) {
        return COMMIT.matcher(name).matches() ? pinned(Kind.COMMIT, name) : branch(name);
    }

    /** A commit or a tag; unknown if it has no name. */
    @NonNull
    static ProjectTarget pinned(@NonNull Kind kind, @Nullable String name) {
        String bare = withoutPrefix(Objects.toString(name, ""), "refs/tags/");
        return bare.isEmpty() ? UNKNOWN : new ProjectTarget(kind, bare);
    }

    /**
     * Reads a Git initializer.
     *
     * @param targetMode the name of the enum {@code CloneTargetMode}; null if absent: then a target is treated as a branch
     * @param cloneTarget its meaning depends on the mode
     */
    @NonNull
    static ProjectTarget of(@Nullable String targetMode, @Nullable String cloneTarget) {
        String target = Objects.toString(cloneTarget, "");
        String mode = withoutPrefix(Objects.toString(targetMode, ""), MODES);
        return switch (mode) {
            // A local branch is created from the default branch: its name says nothing of the remote's branches.
            case "REMOTE_HEAD", "LOCAL_BRANCH" -> DEFAULT_BRANCH;
            case "REMOTE_BRANCH", "UNSPECIFIED", "" -> branch(target);
            case "REMOTE_COMMIT" -> pinned(Kind.COMMIT, target);
            case "REMOTE_TAG" -> pinned(Kind.TAG, target);
            default -> UNKNOWN;
        };
    }

    /**
     * Whether it is a commit or a tag.
     *
     * @return true if new commits change nothing in this project
     */
    public boolean isPinned() {
        return kind == Kind.COMMIT || kind == Kind.TAG;
    }

    private static String withoutPrefix(String text, String prefix) {
        String trimmed = text.trim();
        return trimmed.startsWith(prefix) ? trimmed.substring(prefix.length()) : trimmed;
    }
}
