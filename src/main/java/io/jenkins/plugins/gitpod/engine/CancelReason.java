package io.jenkins.plugins.gitpod.engine;

/** Why a prebuild is cancelled by us. The names are saved: never rename one. */
public enum CancelReason {
    /** The one who waited for it was ended early. */
    ABORTED,
    /** The one who waited for it is gone without a word: killed, deleted, crashed. */
    OWNER_GONE,
    /** It took longer than its own time-out and the allowance for the snapshot together. */
    OVER_TIME,
    /** Its snapshot made no progress for too long. */
    SNAPSHOT_STALLED,
    /** Reading its state failed for too long. */
    WATCH_LOST,
    /** The answer to its create was lost, and it turned up only after the build had been told so. */
    FOUND_TOO_LATE,
    /** The answer to its create was lost, and by the time it turned up another one served the request. */
    SURPLUS
}
