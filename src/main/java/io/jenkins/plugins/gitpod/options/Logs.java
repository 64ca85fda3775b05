package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;

/** Which lines of a prebuild's log are printed in the log of the build that waits for it. */
public enum Logs {
    /** None. */
    NONE,
    /** The last lines, if the prebuild failed or completed with a warning. */
    ON_FAILURE,
    /** All lines, while the prebuild runs. */
    FULL;

    /** The label in forms. */
    @NonNull
    public String getDescription() {
        return switch (this) {
            case NONE -> Messages.Logs_none();
            case ON_FAILURE -> Messages.Logs_onFailure();
            case FULL -> Messages.Logs_full();
        };
    }
}
