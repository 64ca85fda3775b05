package io.jenkins.plugins.gitpod.build;

/**
 * What a completed prebuild with a warning means for the build. Gitpod completes a prebuild whose tasks failed, with a
 * warning, unless the task is declared {@code prebuildRequiresSuccess}.
 */
public enum OnWarning {
    /** Only say it. */
    IGNORE,
    /** Make the build unstable. */
    UNSTABLE,
    /** Fail. */
    FAIL
}
