package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;

/**
 * What a completed prebuild with a warning means for the build. Gitpod completes a prebuild whose tasks failed, with a
 * warning, unless the task is declared {@code prebuildRequiresSuccess}.
 */
public enum OnWarning {
    /** Only say it. */
    IGNORE,
    /** Make the build unstable. */
    UNSTABLE,
    /** Fail. */
    FAIL;

    /** For forms. */
    @NonNull
    public String getDescription() {
        return switch (this) {
            case IGNORE -> Messages.OnWarning_ignore();
            case UNSTABLE -> Messages.OnWarning_unstable();
            case FAIL -> Messages.OnWarning_fail();
        };
    }
}
