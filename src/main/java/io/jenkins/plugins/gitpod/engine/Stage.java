package io.jenkins.plugins.gitpod.engine;

/** How far a request is. The names are saved: never rename one. */
public enum Stage {
    /** Nothing has been sent and nothing saved. */
    NEW,
    /** The intent is saved; the create may or may not have been sent. */
    CREATING,
    /** A create was sent and its answer is not known: the prebuild is looked for. */
    LOOKING_UP,
    /** The prebuild's id is known. */
    WATCHING,
    /** Over: nothing more will happen. */
    ENDED
}
