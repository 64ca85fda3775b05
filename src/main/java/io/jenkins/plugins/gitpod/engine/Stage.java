package io.jenkins.plugins.gitpod.engine;

/** The stage of a request. The names are saved, so they must not change. */
public enum Stage {
    /** Nothing has been sent and nothing saved. */
    NEW,
    /** The create is in the queue, or was sent and is not answered. */
    CREATING,
    /** The answer to a create was lost, and the prebuild is being looked for. */
    LOOKING_UP,
    /** The prebuild's id is known. */
    WATCHING,
    /** Nothing more will happen. */
    ENDED
}
