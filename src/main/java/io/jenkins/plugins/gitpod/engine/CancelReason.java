package io.jenkins.plugins.gitpod.engine;

/** Why the engine cancels a prebuild. The names are saved, so they must not change. */
public enum CancelReason {
    /** The waiting build was ended early. */
    ABORTED,
    /** The waiting build no longer exists: killed, deleted, or lost in a crash. */
    OWNER_GONE,
    /** The prebuild took longer than its timeout plus the allowance for the snapshot. */
    OVER_TIME,
    /** The snapshot made no progress for too long. */
    SNAPSHOT_STALLED,
    /** Reading the prebuild failed for too long. */
    WATCH_LOST,
    /** The answer to the create was lost, and the prebuild was found only after the build had been told. */
    FOUND_TOO_LATE,
    /** The answer to the create was lost, and when the prebuild was found, the request used another one. */
    SURPLUS
}
