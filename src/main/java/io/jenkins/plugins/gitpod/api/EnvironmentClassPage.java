package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.List;

/**
 * One page of a list of environment classes.
 *
 * @param environmentClasses the page's classes, in the server's order
 * @param nextPage the value that requests the next page, or null for the last page
 */
public record EnvironmentClassPage(
        @NonNull List<EnvironmentClass> environmentClasses,
        @Nullable String nextPage) {

    /** Copies the list. */
    public EnvironmentClassPage {
        environmentClasses = List.copyOf(environmentClasses);
    }
}
