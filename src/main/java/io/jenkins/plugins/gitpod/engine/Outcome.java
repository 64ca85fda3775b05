package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What the one who asked is told at last, exactly once. */
public sealed interface Outcome {

    /**
     * The prebuild has ended.
     *
     * @param cancelReason why we cancelled it, or null if we did not
     */
    record Ended(@NonNull Prebuild prebuild, @Nullable CancelReason cancelReason) implements Outcome {}

    /** Gitpod no longer knows the prebuild: somebody deleted it. */
    record Gone(@NonNull String prebuildId) implements Outcome {}

    /** Asked to stop before anything was made. */
    record NotCreated() implements Outcome {}

    /** Asked to stop; Gitpod has taken the cancel, or says that the prebuild is over already. */
    record CancelAccepted(
            @NonNull String prebuildId, @NonNull CancelReason reason) implements Outcome {}

    /** Asked to stop; the prebuild goes on, for it is not to be cancelled. */
    record LeftRunning(@Nullable String prebuildId) implements Outcome {}

    /** Gitpod refused the create for good. Nothing was made, unless an earlier create of the request was lost. */
    record CreateRefused(@NonNull GitpodException failure) implements Outcome {}

    /** The create could not be sent at all for so long. Nothing was made. */
    record NotSent(
            @NonNull GitpodException failure, @NonNull Duration tried) implements Outcome {}

    /**
     * It is not known whether the create made a prebuild.
     *
     * @param failure how the answer was lost; null when a restart came between
     * @param lookUpFailure why looking it up failed, or null if it worked
     * @param found the prebuilds that might be it, none of them surely
     * @param sent how often the create was sent
     */
    record CreateUnclear(
            @Nullable GitpodException failure,
            @Nullable GitpodException lookUpFailure,
            @NonNull List<Prebuild> found,
            boolean sharedAccount,
            int sent)
            implements Outcome {
        public CreateUnclear {
            found = List.copyOf(found);
        }
    }

    /** There is no token to ask with. {@code prebuildId} is null if nothing was made. */
    record NoToken(@Nullable String prebuildId, @NonNull TokenUnavailableException failure) implements Outcome {}

    /** Reading the state failed, for good or for too long. */
    record WatchLost(
            @NonNull String prebuildId,
            @NonNull PrebuildPhase phase,
            @NonNull GitpodException failure,
            @NonNull Duration tried,
            boolean cancelled)
            implements Outcome {}

    /** Over one of our own limits: {@link CancelReason#OVER_TIME} or {@link CancelReason#SNAPSHOT_STALLED}. */
    record OverLimit(
            @NonNull String prebuildId,
            @NonNull CancelReason limit,
            @NonNull Duration allowed,
            boolean cancelled) implements Outcome {}

    /** The intent could not be saved, so nothing was sent. */
    record NotSaved(@NonNull IOException failure) implements Outcome {}
}
