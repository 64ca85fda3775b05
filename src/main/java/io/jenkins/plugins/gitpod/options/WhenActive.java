package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;

/**
 * What to do if a prebuild of the same project and environment class is already running. The names are saved and appear in
 * scripts, and must not be changed.
 */
public enum WhenActive {
    /** Start another prebuild. */
    START,
    /** Wait for the running prebuild. It is cancelled only when the last build that waits for it leaves. */
    JOIN,
    /** Start no prebuild. The result describes the running one. */
    SKIP,
    /** Cancel the running prebuild if this Jenkins created it, and start another one. */
    CANCEL_PREVIOUS,
    /** Start another prebuild once the running one has ended. Builds that wait for it share the next one. */
    QUEUE;

    /** The label in forms. */
    @NonNull
    public String getDescription() {
        return switch (this) {
            case START -> Messages.WhenActive_start();
            case JOIN -> Messages.WhenActive_join();
            case SKIP -> Messages.WhenActive_skip();
            case CANCEL_PREVIOUS -> Messages.WhenActive_cancelPrevious();
            case QUEUE -> Messages.WhenActive_queue();
        };
    }
}
