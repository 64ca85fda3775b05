package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.List;

/**
 * One page of a list of projects.
 *
 * @param projects the page's projects, in the server's order
 * @param nextToken what gets the next page, null on the last one
 */
public record ProjectPage(
        @NonNull List<Project> projects, @Nullable String nextToken) {

    /** Copies the list. */
    public ProjectPage {
        projects = List.copyOf(projects);
    }
}
