package io.jenkins.plugins.gitpod.simulator;

/** What a project's initializer checks out. The constants are Gitpod's, without their prefix. */
public enum SimTargetMode {
    /** The repository's default branch. */
    REMOTE_HEAD,
    /** A certain commit. */
    REMOTE_COMMIT,
    /** A branch of the remote repository. */
    REMOTE_BRANCH,
    /** A new branch, made in the environment from the default branch. */
    LOCAL_BRANCH,
    /** A tag of the remote repository. */
    REMOTE_TAG;

    String wireName() {
        return "CLONE_TARGET_MODE_" + name();
    }
}
