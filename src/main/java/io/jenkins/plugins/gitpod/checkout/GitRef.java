package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A ref that contains a commit: a branch, a tag, or the head of a change request as the hosts name them.
 *
 * @param name the name without remote and prefix
 * @param url the URL of its repository, or the empty string
 * @param kind what it is, by its name
 */
record GitRef(
        @NonNull String name, @NonNull String url, @NonNull CheckedOut.Kind kind) {

    private static final Pattern TAG = Pattern.compile("^(?:refs/)?tags/");

    /** Of GitHub and its builder plugins, GitLab, Bitbucket, Azure DevOps, and Gerrit. */
    private static final Pattern CHANGE_REQUEST = Pattern.compile(
            "(?:refs/)?(?:(?:pr|pull|pull-requests|mr|merge-requests)/\\d+(?:/.*)?|changes/\\d+/\\d+/\\d+)");

    static GitRef of(@NonNull String name, @NonNull String url) {
        if (TAG.matcher(name).find()) {
            return new GitRef(TAG.matcher(name).replaceFirst(""), url, CheckedOut.Kind.TAG);
        }
        boolean isChange = CHANGE_REQUEST.matcher(name).matches();
        return new GitRef(name, url, isChange ? CheckedOut.Kind.CHANGE_REQUEST : CheckedOut.Kind.BRANCH);
    }

    /** What a commit of these refs is: a branch if one contains it, then a tag, then a change request. */
    @NonNull
    static CheckedOut.Kind kind(@NonNull List<GitRef> refs) {
        for (CheckedOut.Kind kind : CheckedOut.Kind.values()) {
            if (refs.stream().anyMatch(each -> each.kind() == kind)) {
                return kind;
            }
        }
        return CheckedOut.Kind.BRANCH;
    }

    /** The only branch that a branch specifier can select, or null if there may be others. */
    @CheckForNull
    static String onlyBranch(@Nullable String specifier, @NonNull List<String> remotes) {
        String name = specifier == null ? "" : specifier.trim().replaceFirst("^(?:refs/)?(?:heads|remotes)/", "");
        if (name.startsWith("*/")) {
            name = name.substring(2);
        } else {
            for (String remote : remotes) {
                if (name.startsWith(remote + "/")) {
                    name = name.substring(remote.length() + 1);
                    break;
                }
            }
        }
        boolean isOpen = name.isEmpty() || name.startsWith(":") || name.contains("*") || name.contains("$");
        return isOpen ? null : name;
    }
}
