package io.jenkins.plugins.gitpod.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be told of a repository from its URL, or from the URL of a page on it. */
final class Repository {
    private static final Pattern PAGE = Pattern.compile(
            "(?<repository>.+?)(?:/-)?/(?<kind>tree|src/branch|commit|pull|merge_requests)/(?<what>.+)");

    private Repository() {}

    /** The last part of the path, without {@code .git}. */
    static String name(String url) {
        String path = url.replaceAll("/+$", "").replaceAll("\\.git$", "");
        return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf(':')) + 1);
    }

    /** The repository that a page is about. */
    static String ofContextUrl(String url) {
        Matcher page = PAGE.matcher(url);
        return page.matches() ? page.group("repository") : url.replaceAll("(?:\\.git)?/*$", "");
    }

    /** The branch that a page is about; empty if it is about something else. */
    static String branchOfContextUrl(String url) {
        Matcher page = PAGE.matcher(url);
        boolean branch = page.matches()
                && ("tree".equals(page.group("kind")) || page.group("kind").startsWith("src"));
        return branch ? page.group("what") : "";
    }
}
