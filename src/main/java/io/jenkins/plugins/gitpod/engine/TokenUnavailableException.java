package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;

/** No token could be had. The message is made for people by whoever looked the token up, and holds no token. */
public final class TokenUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why there is no token. */
    public enum Problem {
        /** No credential is named anywhere. */
        NOT_CONFIGURED,
        /** There is no such credential within reach. */
        NOT_FOUND,
        /** The credential is of a kind that holds no bearer token. */
        WRONG_KIND,
        /** The credential holds something that cannot be a bearer token. */
        UNUSABLE,
        /** The look-up itself failed. */
        LOOKUP_FAILED,
        /** The credentials provider did not answer in time. */
        NO_ANSWER
    }

    private final Problem problem;

    public TokenUnavailableException(@NonNull Problem problem, @NonNull String message) {
        super(message);
        this.problem = problem;
    }

    @NonNull
    public Problem problem() {
        return problem;
    }
}
