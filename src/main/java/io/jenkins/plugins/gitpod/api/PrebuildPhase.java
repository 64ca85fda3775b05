package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;

/** Where a prebuild is in its life, in the order it goes through it. */
public enum PrebuildPhase {
    /** Absent, or a phase that came with a later Gitpod; not an end. */
    UNKNOWN(false),
    /** Waiting to start. */
    PENDING(false),
    /** The environment is starting. */
    STARTING(false),
    /** The tasks run; there are logs from here on. */
    RUNNING(false),
    /** The environment stops. */
    STOPPING(false),
    /** The snapshot is being created. */
    SNAPSHOTTING(false),
    /** The snapshot is there; there may be a warning all the same. */
    COMPLETED(true),
    /** Failed at any stage. */
    FAILED(true),
    /** Being cancelled. */
    CANCELLING(false),
    /** Cancelled. */
    CANCELLED(true),
    /** Being deleted: the end for a build that waits. */
    DELETING(true),
    /** Deleted. */
    DELETED(true);

    private static final String PREFIX = "PREBUILD_PHASE_";

    private final boolean end;

    PrebuildPhase(boolean end) {
        this.end = end;
    }

    /**
     * Whether nothing more is to be waited for.
     *
     * @return true for COMPLETED, FAILED, CANCELLED, DELETING and DELETED
     */
    public boolean isEnd() {
        return end;
    }

    /**
     * The name in the API.
     *
     * @return for example {@code PREBUILD_PHASE_RUNNING}; {@code PREBUILD_PHASE_UNSPECIFIED} for UNKNOWN
     */
    @NonNull
    public String wireName() {
        return PREFIX + (this == UNKNOWN ? "UNSPECIFIED" : name());
    }

    /**
     * Reads a name of the API.
     *
     * @param wireName the name, or null if the field was absent
     * @return the phase, UNKNOWN for any name that is not known
     */
    @NonNull
    public static PrebuildPhase parse(@Nullable String wireName) {
        for (PrebuildPhase phase : values()) {
            if (phase.wireName().equals(wireName)) {
                return phase;
            }
        }
        return UNKNOWN;
    }
}
