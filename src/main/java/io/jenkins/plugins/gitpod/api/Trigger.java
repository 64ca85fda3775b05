package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;

/** What made a prebuild. */
public enum Trigger {
    /** Absent, or a value that came with a later Gitpod. */
    UNKNOWN,
    /** Someone asked for it; prebuilds made over the API are of this kind. */
    MANUAL,
    /** Gitpod's own schedule. */
    SCHEDULED;

    private static final String PREFIX = "PREBUILD_TRIGGER_";

    /**
     * The name in the API.
     *
     * @return for example {@code PREBUILD_TRIGGER_MANUAL}; {@code PREBUILD_TRIGGER_UNSPECIFIED} for UNKNOWN
     */
    @NonNull
    public String wireName() {
        return PREFIX + (this == UNKNOWN ? "UNSPECIFIED" : name());
    }

    /**
     * Reads a name of the API.
     *
     * @param wireName the name, or null if the field was absent
     * @return the trigger, UNKNOWN for any name that is not known
     */
    @NonNull
    public static Trigger parse(@Nullable String wireName) {
        for (Trigger trigger : values()) {
            if (trigger.wireName().equals(wireName)) {
                return trigger;
            }
        }
        return UNKNOWN;
    }
}
