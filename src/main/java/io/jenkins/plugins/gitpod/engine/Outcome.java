package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The outcome of a request, which its observer is told exactly once. */
public sealed interface Outcome {

    /**
     * The prebuild has ended.
     *
     * @param cancelReason why the engine cancelled it, or null if it did not
     */
    record Ended(@NonNull Prebuild prebuild, @Nullable CancelReason cancelReason) implements Outcome {}

    /** The prebuild no longer exists in Gitpod. */
    record Gone(@NonNull String prebuildId) implements Outcome {}

    /** The request was canceled before anything was made. */
    record NotCreated() implements Outcome {}

    /** Gitpod accepted the cancel, or says that the prebuild has ended already. */
    record CancelAccepted(
            @NonNull String prebuildId, @NonNull CancelReason reason) implements Outcome {}

    /** The owner left; the prebuild continues, since the request does not cancel on abort. */
    record LeftRunning(@Nullable String prebuildId) implements Outcome {}

    /** Gitpod refused the create. Nothing was made, unless an earlier create of the request was lost. */
    record CreateRefused(@NonNull GitpodException failure) implements Outcome {}

    /** The create could not be sent in the time {@code tried}. Nothing was made. */
    record NotSent(
            @NonNull GitpodException failure, @NonNull Duration tried) implements Outcome {}

    /**
     * It is not known whether the create made a prebuild.
     *
     * @param failure how the answer was lost; null after a restart
     * @param lookUpFailure why the look-up failed, or null if it was answered
     * @param found the prebuilds that may be the one, none of them surely
     * @param sent how many creates were sent
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

    /** There is no token for the calls. {@code prebuildId} is null if nothing was made. */
    record NoToken(@Nullable String prebuildId, @NonNull TokenUnavailableException failure) implements Outcome {}

    /** The prebuild can no longer be read, or could not be read for too long. */
    record WatchLost(
            @NonNull String prebuildId,
            @NonNull PrebuildPhase phase,
            @NonNull GitpodException failure,
            @NonNull Duration tried,
            boolean cancelled)
            implements Outcome {}

    /** One of the engine's limits was reached: {@link CancelReason#OVER_TIME}, {@link CancelReason#SNAPSHOT_STALLED}. */
    record OverLimit(
            @NonNull String prebuildId,
            @NonNull CancelReason limit,
            @NonNull Duration allowed,
            boolean cancelled) implements Outcome {}

    /** The intent could not be saved, so the create was not sent. */
    record NotSaved(@NonNull IOException failure) implements Outcome {}
}
