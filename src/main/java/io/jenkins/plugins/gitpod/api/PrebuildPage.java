package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.List;

/**
 * One page of a list of prebuilds.
 *
 * @param prebuilds the page's prebuilds, in the server's order, which is not documented
 * @param nextPage the value that requests the next page, or null for the last page
 */
public record PrebuildPage(
        @NonNull List<Prebuild> prebuilds, @Nullable String nextPage) {

    /** Copies the list. */
    public PrebuildPage {
        prebuilds = List.copyOf(prebuilds);
    }
}
