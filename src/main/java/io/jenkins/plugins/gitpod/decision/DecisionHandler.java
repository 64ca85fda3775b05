package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import java.util.List;
import java.util.UUID;

/**
 * Carries out decisions. Called under the lock under which they are made, so no method may block on Gitpod or on a
 * console: what builds are told is added to the {@link Notifications}.
 */
public interface DecisionHandler {

    /**
     * Requests a prebuild.
     *
     * @param cancelFirst the requests of running prebuilds to cancel
     */
    void create(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull List<UUID> cancelFirst,
            @NonNull Notifications notifications);

    /**
     * Has the build share a running prebuild.
     *
     * @param requestId the request of that prebuild
     * @return false if the prebuild has ended meanwhile; then nothing has changed
     */
    boolean join(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull UUID requestId,
            @NonNull Notifications notifications);

    /** Has the build wait for a prebuild that this Jenkins did not create. */
    void joinForeign(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull String prebuildId,
            @NonNull Notifications notifications);

    /**
     * Makes a request for several environment classes a request for each.
     *
     * @return the parts that are still to be decided on
     */
    @NonNull
    List<StepRequest> split(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull PartOf whole,
            @NonNull Notifications notifications);

    /** Ends a request without a prebuild: saves the record and tells the build. May block. */
    void conclude(@NonNull StepRequest request, @NonNull PrebuildRecord record);
}
