package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;

/**
 * What a warning of a completed prebuild means for the build. Gitpod completes a prebuild whose tasks failed, with a
 * warning, unless the task is declared {@code prebuildRequiresSuccess}.
 */
public enum OnWarning {
    /** Log the warning. */
    IGNORE,
    /** Make the build unstable. */
    UNSTABLE,
    /** Fail the step, and the build unless the pipeline handles it. */
    FAIL;

    /** The label in forms. */
    @NonNull
    public String getDescription() {
        return switch (this) {
            case IGNORE -> Messages.OnWarning_ignore();
            case UNSTABLE -> Messages.OnWarning_unstable();
            case FAIL -> Messages.OnWarning_fail();
        };
    }
}
