package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.engine.Outcome;

/** How a request ended. The names are saved in {@code build.xml} and must not be changed. */
public enum EndStatus {
    /** The prebuild completed, possibly with a warning. */
    COMPLETED,
    /** The prebuild failed. */
    FAILED,
    /** A person cancelled the prebuild in Gitpod. */
    CANCELLED_IN_GITPOD,
    /** A person deleted the prebuild in Gitpod. */
    DELETED,
    /** The prebuild was cancelled, or was not created, because the build ended early. */
    CANCELLED,
    /** The build ended early and the prebuild keeps running. */
    LEFT_RUNNING,
    /** No prebuild was created because none is needed. The result describes the existing prebuild, if there is one. */
    SKIPPED,
    /** The prebuild could not be created or watched; the message says why. */
    ERROR;

    @NonNull
    public static EndStatus of(@NonNull Outcome outcome) {
        if (outcome instanceof Outcome.Ended ended) {
            return switch (ended.prebuild().status().phase()) {
                case COMPLETED -> COMPLETED;
                case FAILED -> FAILED;
                case CANCELLED -> ended.cancelReason() == null ? CANCELLED_IN_GITPOD : CANCELLED;
                default -> DELETED;
            };
        } else if (outcome instanceof Outcome.Gone) {
            return DELETED;
        } else if (outcome instanceof Outcome.NotCreated || outcome instanceof Outcome.CancelAccepted) {
            return CANCELLED;
        } else if (outcome instanceof Outcome.LeftRunning) {
            return LEFT_RUNNING;
        }
        return ERROR;
    }
}
