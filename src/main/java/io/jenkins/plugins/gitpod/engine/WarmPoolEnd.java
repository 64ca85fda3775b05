package io.jenkins.plugins.gitpod.engine;

/** How the wait for a warm pool has ended. The names are saved and shown to people, so they must not change. */
public enum WarmPoolEnd {
    /** The pool serves a snapshot that is newer than the one before the prebuild, with as many instances as it should. */
    READY,
    /** The project has no warm pool for the environment class. */
    NONE,
    /** The pool did not serve the snapshot within the limit of time, or the wait was ended earlier. */
    NOT_READY,
    /** Gitpod does not say: warm pools may not be read, or it is not known which snapshot the pool had before. */
    UNKNOWN
}
