package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;

/** A text that cannot be the URL of a Gitpod API. The message does not repeat the text because it may contain a password. */
public final class InvalidEndpointException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong with the URL. */
    public enum Problem {
        /** Nothing was given. */
        BLANK,
        /** Not an absolute URL. */
        NOT_A_URL,
        /** Neither https nor, for a loopback address, http. */
        NOT_HTTPS,
        /** No host. */
        NO_HOST,
        /** A user name or password before the host. */
        USER_INFO,
        /** A query ({@code ?...}). */
        QUERY,
        /** A fragment ({@code #...}). */
        FRAGMENT
    }

    private final Problem problem;

    InvalidEndpointException(@NonNull Problem problem) {
        super("Not the URL of a Gitpod API: " + problem);
        this.problem = problem;
    }

    /**
     * What is wrong.
     *
     * @return the first problem found
     */
    @NonNull
    public Problem problem() {
        return problem;
    }
}
