package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Instant;

/**
 * How a prebuild looks at one status.
 *
 * @param wirePhase the phase's name on the wire
 * @param phase the phase, null for an undocumented one
 * @param since when the phase began
 * @param until when this status ends, if no test interferes
 * @param percentage of the snapshot, 0 outside of {@code SNAPSHOTTING}
 * @param failureMessage null if it has not failed
 * @param warningMessage null without a warning
 * @param snapshotSizeBytes 0 before the end
 * @param statusVersion grows with each change
 * @param gone whether nothing is left of it: deleted, and the deletion is over
 */
record PrebuildStatus(
        String wirePhase,
        @Nullable SimPhase phase,
        Instant since,
        Instant until,
        int percentage,
        @Nullable String failureMessage,
        @Nullable String warningMessage,
        long snapshotSizeBytes,
        long statusVersion,
        boolean gone) {

    boolean holdsAt(Instant now) {
        return now.isBefore(until) && !now.isBefore(since);
    }

    boolean ended() {
        return gone || (phase != null && phase.isEnd());
    }

    boolean deleted() {
        return gone || phase == SimPhase.DELETING || phase == SimPhase.DELETED;
    }
}
