package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;

/** How a warm pool stands. */
public enum WarmPoolPhase {
    /** Absent, or a value that came with a later Gitpod. */
    UNKNOWN,
    /** Its first instances are being made. */
    PENDING,
    /** It serves instances. */
    READY,
    /** It serves fewer instances than it should. */
    DEGRADED,
    /** Being deleted. */
    DELETING,
    /** Deleted. */
    DELETED;

    private static final String PREFIX = "WARM_POOL_PHASE_";

    /**
     * The name in the API.
     *
     * @return for example {@code WARM_POOL_PHASE_READY}; {@code WARM_POOL_PHASE_UNSPECIFIED} for UNKNOWN
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
    public static WarmPoolPhase parse(@Nullable String wireName) {
        for (WarmPoolPhase phase : values()) {
            if (phase.wireName().equals(wireName)) {
                return phase;
            }
        }
        return UNKNOWN;
    }
}
