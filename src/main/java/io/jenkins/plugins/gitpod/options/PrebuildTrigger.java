package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;

/** When the prebuild for a new commit is requested. The names are saved and appear in scripts, and must not be changed. */
public enum PrebuildTrigger {
    /** As soon as Jenkins knows the commit: when the build of a branch starts, otherwise at the checkout. */
    PUSH,
    /** When a build has checked out the commit. */
    CHECKOUT,
    /** When a build of the commit has ended with the result SUCCESS. */
    SUCCESS,
    /** Once a night, for the newest commit. */
    NIGHTLY;

    /** The label in forms. */
    @NonNull
    public String getDescription() {
        return switch (this) {
            case PUSH -> Messages.PrebuildTrigger_push();
            case CHECKOUT -> Messages.PrebuildTrigger_checkout();
            case SUCCESS -> Messages.PrebuildTrigger_success();
            case NIGHTLY -> Messages.PrebuildTrigger_nightly();
        };
    }
}
