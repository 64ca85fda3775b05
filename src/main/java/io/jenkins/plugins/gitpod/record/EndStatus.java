package io.jenkins.plugins.gitpod.record;

/** How a request ended, for Jenkins. The names are saved with builds: never rename one. */
public enum EndStatus {
    /** The prebuild is ready; it may have a warning. */
    COMPLETED,
    /** The prebuild failed. */
    FAILED,
    /** Someone cancelled the prebuild in Gitpod. */
    CANCELLED_IN_GITPOD,
    /** Someone deleted the prebuild in Gitpod. */
    DELETED,
    /** Cancelled, or never made, because the build ended early. */
    CANCELLED,
    /** The build left; the prebuild goes on. */
    LEFT_RUNNING,
    /** None was made, because none is needed; the result tells of the one that makes it needless, if there is one. */
    SKIPPED,
    /** It could not be made or could not be watched; the message says why. */
    ERROR
}
