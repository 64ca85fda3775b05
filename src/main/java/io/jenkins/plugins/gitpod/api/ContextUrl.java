package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page of a repository in a browser, from which a project may be made: which repository that is, and what of it is
 * checked out. Known are the pages of GitHub, GitLab, Bitbucket Cloud and Server, and Azure DevOps; any other URL is
 * treated as the URL of the repository itself.
 *
 * @param repository the repository's URL
 * @param target the branch, commit or tag; unknown where the page is not of one
 */
record ContextUrl(@NonNull String repository, @NonNull ProjectTarget target) {

    private static final Pattern URL = Pattern.compile("(https?://[^/?#]+)(/[^?#]*)?(?:\\?([^#]*))?(?:#.*)?");
    private static final String GITLAB_MARK = "-";

    /** Hosts where a repository is owner and name, so that what follows is a page of it. */
    private static final List<String> OWNER_AND_NAME = List.of("github.com", "bitbucket.org");

    static ContextUrl of(String url) {
        Matcher parts = URL.matcher(url.trim());
        if (!parts.matches()) {
            return new ContextUrl(url.trim(), ProjectTarget.DEFAULT_BRANCH);
        }
        String server = parts.group(1);
        List<String> path = new ArrayList<>();
        for (String segment : (parts.group(2) == null ? "" : parts.group(2)).split("/", -1)) {
            if (!segment.isEmpty()) {
                path.add(segment);
            }
        }
        String query = parts.group(3) == null ? "" : parts.group(3);
        String host = server.substring(server.indexOf("//") + 2)
                .replaceFirst("^.*@", "")
                .replaceFirst(":\\d*$", "")
                .replaceFirst("^www\\.", "")
                .toLowerCase(Locale.ROOT);
        int mark = path.indexOf(GITLAB_MARK);
        if (mark > 0) {
            return new ContextUrl(join(server, path.subList(0, mark)), page(path.subList(mark + 1, path.size())));
        } else if (path.contains("_git")) {
            return new ContextUrl(join(server, path), azureVersion(query));
        } else if (path.size() >= 4 && path.get(2).equals("repos") && isBitbucketOwner(path.get(0))) {
            return ofBitbucketServer(server, path, query);
        } else if (host.equals("bitbucket.org")
                && path.size() > 3
                && path.get(2).equals("src")) {
            return new ContextUrl(join(server, path.subList(0, 2)), ProjectTarget.branchOrCommit(decoded(path.get(3))));
        } else if (path.size() > 3 && path.get(2).equals("tree") || OWNER_AND_NAME.contains(host) && path.size() > 2) {
            return new ContextUrl(join(server, path.subList(0, 2)), page(path.subList(2, path.size())));
        }
        return new ContextUrl(
                join(server, path), query.isEmpty() ? ProjectTarget.DEFAULT_BRANCH : ProjectTarget.UNKNOWN);
    }

    /** What GitHub and GitLab append to a repository. A branch may have slashes, so all that follows is its name. */
    private static ProjectTarget page(List<String> page) {
        if (page.size() < 2) {
            return page.isEmpty() ? ProjectTarget.DEFAULT_BRANCH : ProjectTarget.UNKNOWN;
        }
        String rest = decoded(String.join("/", page.subList(1, page.size())));
        return switch (page.get(0)) {
            case "tree", "branch" -> ProjectTarget.branchOrCommit(rest);
            case "commit" -> ProjectTarget.pinned(ProjectTarget.Kind.COMMIT, rest);
            case "tags" -> ProjectTarget.pinned(ProjectTarget.Kind.TAG, rest);
            default -> ProjectTarget.UNKNOWN;
        };
    }

    /** A version of Azure's is two letters for its kind and a name. */
    private static ProjectTarget azureVersion(String query) {
        String version = parameter(query, "version");
        if (version.isEmpty()) {
            return query.isEmpty() ? ProjectTarget.DEFAULT_BRANCH : ProjectTarget.UNKNOWN;
        } else if (version.length() < 3) {
            return ProjectTarget.UNKNOWN;
        }
        String name = version.substring(2);
        return switch (version.substring(0, 2)) {
            case "GB" -> ProjectTarget.branch(name);
            case "GC" -> ProjectTarget.pinned(ProjectTarget.Kind.COMMIT, name);
            case "GT" -> ProjectTarget.pinned(ProjectTarget.Kind.TAG, name);
            default -> ProjectTarget.UNKNOWN;
        };
    }

    private static boolean isBitbucketOwner(String segment) {
        return segment.equals("projects") || segment.equals("users");
    }

    /** {@code /projects/KEY/repos/name/…} and {@code /users/name/repos/name/…} are cloned from {@code /scm/…}. */
    private static ContextUrl ofBitbucketServer(String server, List<String> path, String query) {
        String owner = (path.get(0).equals("users") ? "~" : "") + path.get(1).toLowerCase(Locale.ROOT);
        String at = parameter(query, "at");
        ProjectTarget target = ProjectTarget.DEFAULT_BRANCH;
        if (at.startsWith("refs/tags/")) {
            target = ProjectTarget.pinned(ProjectTarget.Kind.TAG, at);
        } else if (!at.isEmpty()) {
            target = ProjectTarget.branchOrCommit(at);
        } else if (path.size() > 5 || path.size() == 5 && !path.get(4).equals("browse")) {
            target = ProjectTarget.UNKNOWN;
        }
        return new ContextUrl(join(server, List.of("scm", owner, path.get(3))), target);
    }

    private static String parameter(String query, String name) {
        for (String parameter : query.split("&")) {
            if (parameter.startsWith(name + "=")) {
                return decoded(parameter.substring(name.length() + 1));
            }
        }
        return "";
    }

    private static String join(String server, List<String> path) {
        return server + "/" + String.join("/", path);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // no encoding, then
        }
    }
}
