package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.List;

/**
 * One page of a list of projects.
 *
 * @param projects the page's projects, in the server's order
 * @param nextPage the value that requests the next page, or null for the last page
 */
public record ProjectPage(
        @NonNull List<Project> projects, @Nullable String nextPage) {

    /** Copies the list. */
    public ProjectPage {
        projects = List.copyOf(projects);
    }
}
