package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What an environment has checked out: the environment's {@code status.content.git} in Gitpod's API. All of it may be absent
 * while the environment starts.
 *
 * @param cloneUrl the repository, without a user name or password
 * @param branch the branch, without {@code refs/heads/}
 * @param commit the full hash of the commit, in lower case
 */
public record EnvironmentGit(
        @Nullable String cloneUrl,
        @Nullable String branch,
        @Nullable String commit) {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{7,64}");
    private static final Pattern USER = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@");
    private static final String HEADS = "refs/heads/";

    /** Removes what is not a commit, and a user name or password in the URL. */
    public EnvironmentGit {
        cloneUrl = cloneUrl == null ? null : USER.matcher(cloneUrl).replaceFirst("$1");
        branch = branch != null && branch.startsWith(HEADS) ? branch.substring(HEADS.length()) : branch;
        commit = hash(commit);
    }

    @CheckForNull
    private static String hash(@CheckForNull String text) {
        String lower = text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
        return HASH.matcher(lower).matches() ? lower : null;
    }

    /**
     * Whether the commit is known.
     *
     * @return false while Gitpod has not filled it in
     */
    public boolean hasCommit() {
        return commit != null;
    }
}
