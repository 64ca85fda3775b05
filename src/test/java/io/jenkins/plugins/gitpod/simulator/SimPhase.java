package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;

/** The documented phases of a prebuild, as the simulator knows them. */
public enum SimPhase {
    /** Waiting. */
    PENDING,
    /** The environment starts. */
    STARTING,
    /** Tasks run; logs are to be had. */
    RUNNING,
    /** The environment stops. */
    STOPPING,
    /** The snapshot is made. */
    SNAPSHOTTING,
    /** The snapshot is there. An end. */
    COMPLETED,
    /** Failed at any stage. An end. */
    FAILED,
    /** A cancel was accepted and takes its time. */
    CANCELLING,
    /** Cancelled. An end. */
    CANCELLED,
    /** Being deleted. An end. */
    DELETING,
    /** Deleted. An end. */
    DELETED;

    private static final String PREFIX = "PREBUILD_PHASE_";

    private final String wireName = PREFIX + name();

    /**
     * The name on the wire.
     *
     * @return for instance {@code PREBUILD_PHASE_RUNNING}
     */
    @NonNull
    public String wireName() {
        return wireName;
    }

    /**
     * Whether nothing more is to be expected after this phase.
     *
     * @return true for completed, failed, cancelled, deleting and deleted
     */
    public boolean isEnd() {
        return switch (this) {
            case COMPLETED, FAILED, CANCELLED, DELETING, DELETED -> true;
            case PENDING, STARTING, RUNNING, STOPPING, SNAPSHOTTING, CANCELLING -> false;
        };
    }

    /** Whether the prebuild's environment is up, so that its log can be read. */
    boolean hasLog() {
        return this == RUNNING || this == STOPPING || this == SNAPSHOTTING;
    }

    /** Whether the prebuild's environment can be read. */
    boolean hasEnvironment() {
        return this != PENDING && !isEnd();
    }

    @CheckForNull
    static SimPhase byWireName(String wireName) {
        for (SimPhase phase : values()) {
            if (phase.wireName.equals(wireName)) {
                return phase;
            }
        }
        return null;
    }
}
