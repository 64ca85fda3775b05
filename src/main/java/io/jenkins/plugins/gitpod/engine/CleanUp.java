package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.util.List;
import java.util.Set;

/**
 * A request to delete older completed prebuilds of a project and an environment class.
 *
 * @param newest the prebuild that has just completed
 * @param keep how many completed prebuilds of ours are kept, at least 1
 * @param own the ids of completed prebuilds that are surely ours; no others are deleted
 * @param recent those of them that completed so recently that Gitpod's list may not say so yet
 */
public record CleanUp(
        @NonNull Connection connection,
        @NonNull TokenSource tokens,
        @NonNull Prebuild newest,
        int keep,
        @NonNull Set<String> own,
        @NonNull Set<String> recent) {

    /** Copies the ids. */
    public CleanUp {
        own = Set.copyOf(own);
        recent = Set.copyOf(recent);
    }

    /**
     * What was done.
     *
     * @param deleted the ids of the prebuilds whose deletion Gitpod accepted, the oldest first
     * @param gone the ids of the prebuilds that Gitpod did not have any more, those of earlier deletions included
     * @param failure why no more were deleted, or null
     * @param tokenFailure why there was no token, or null
     */
    public record Result(
            @NonNull List<String> deleted,
            @NonNull List<String> gone,
            @Nullable GitpodException failure,
            @Nullable TokenUnavailableException tokenFailure) {

        /** Copies the ids. */
        public Result {
            deleted = List.copyOf(deleted);
            gone = List.copyOf(gone);
        }
    }
}
