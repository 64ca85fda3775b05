package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;

/** A kind of machine that environments and prebuilds run on. */
public final class SimEnvironmentClass {
    private final String id;
    private final String displayName;
    private volatile String description = "";
    private volatile boolean enabled = true;

    SimEnvironmentClass(String id, String displayName) {
        this.id = id;
        this.displayName = displayName;
    }

    /**
     * Sets the description.
     *
     * @param text left out on the wire if empty, as it is at first
     * @return this
     */
    @NonNull
    public SimEnvironmentClass description(@NonNull String text) {
        description = text;
        return this;
    }

    /**
     * Sets whether it is available; creating a prebuild with one that is not is a failed_precondition.
     *
     * @param isEnabled true at first
     * @return this
     */
    @NonNull
    public SimEnvironmentClass enabled(boolean isEnabled) {
        enabled = isEnabled;
        return this;
    }

    /**
     * Its id.
     *
     * @return a uuid
     */
    @NonNull
    public String id() {
        return id;
    }

    /**
     * What people call it.
     *
     * @return the name
     */
    @NonNull
    public String displayName() {
        return displayName;
    }

    String description() {
        return description;
    }

    boolean isEnabled() {
        return enabled;
    }

    @Override
    public String toString() {
        return "environment class " + displayName;
    }
}
