package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;

/**
 * What to do while a prebuild of the same project and environment class is under way. The names are saved and appear in
 * scripts: never rename one.
 */
public enum WhenActive {
    /** Make another one all the same. */
    START,
    /** Wait for the one under way instead; it is cancelled only when the last build that waits for it leaves. */
    JOIN,
    /** Make none; the result tells of the one under way. */
    SKIP,
    /** Cancel the one under way, if this Jenkins made it, and make another one. */
    CANCEL_PREVIOUS;

    /** For forms. */
    @NonNull
    public String getDescription() {
        return switch (this) {
            case START -> Messages.WhenActive_start();
            case JOIN -> Messages.WhenActive_join();
            case SKIP -> Messages.WhenActive_skip();
            case CANCEL_PREVIOUS -> Messages.WhenActive_cancelPrevious();
        };
    }
}
