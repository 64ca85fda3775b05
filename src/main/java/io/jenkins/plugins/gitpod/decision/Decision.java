package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;

/** What to do with a request. Plain data: {@link DecisionQueue} has it carried out. */
public sealed interface Decision {

    /**
     * Create a prebuild.
     *
     * @param cancelFirst the requests of running prebuilds to cancel in favor of the new one
     */
    record Create(@NonNull List<UUID> cancelFirst) implements Decision {

        /** Copies the list. */
        public Create {
            cancelFirst = List.copyOf(cancelFirst);
        }
    }

    /**
     * Create none.
     *
     * @param reason why, for people
     * @param instead the prebuild that makes a new one unnecessary, or null if there is none
     * @param missedChange whether the commit of this build is in no prebuild yet, so that the next build must not be
     *     skipped for lack of changes
     */
    record Skip(@NonNull String reason, @Nullable PrebuildResult instead, boolean missedChange) implements Decision {}

    /**
     * Wait for a running prebuild that this Jenkins requested.
     *
     * @param running the prebuild
     * @param mayLackCommit whether the prebuild was requested for another commit
     */
    record Join(@NonNull RunningPrebuild running, boolean mayLackCommit) implements Decision {}

    /**
     * Wait for a running prebuild that this Jenkins did not create.
     *
     * @param prebuildId its id
     */
    record JoinForeign(@NonNull String prebuildId) implements Decision {}

    /**
     * Decide again once the quiet hours are over.
     *
     * @param end when that is
     */
    record Wait(@NonNull ZonedDateTime end) implements Decision {}

    /**
     * Decide later, when more is known about the running prebuilds.
     *
     * @param after how much later
     */
    record CheckAgain(@NonNull Duration after) implements Decision {}

    /**
     * Decide again once a running prebuild has ended.
     *
     * @param line what is waited for, for people
     * @param prebuildId the id of that prebuild, or the empty text if it is not known
     * @param recheck when to decide again if no end is noticed
     */
    record WaitForEnd(
            @NonNull String line,
            @NonNull String prebuildId,
            @NonNull Duration recheck) implements Decision {}

    /**
     * Decide when the request for a newer commit of the same branch is decided.
     *
     * @param skip what is decided if that one gets a prebuild
     */
    record Superseded(@NonNull Skip skip) implements Decision {}
}
