package io.jenkins.plugins.gitpod.engine;

/**
 * What follows once a prebuild has completed.
 *
 * @param waitForWarmPool whether a build that waits is told when the warm pool of the environment class serves the snapshot
 * @param keepPrebuilds how many completed prebuilds of the project and the class are kept; 0 to keep all
 */
public record AfterCompletion(boolean waitForWarmPool, int keepPrebuilds) {

    /** Nothing: the build is told at once, and all prebuilds are kept. */
    public static final AfterCompletion NOTHING = new AfterCompletion(false, 0);
}
