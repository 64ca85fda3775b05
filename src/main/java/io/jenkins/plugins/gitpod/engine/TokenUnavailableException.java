package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;

/** No token was found. The message is a text for people by the {@link TokenSource}, and contains no token. */
public final class TokenUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why there is no token. */
    public enum Problem {
        /** No credential is configured. */
        NOT_CONFIGURED,
        /** The configured credential does not exist, or is not available to the job. */
        NOT_FOUND,
        /** The credential is of a kind without a bearer token. */
        WRONG_KIND,
        /** The content of the credential cannot be a bearer token. */
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

    /** Whether another look-up may find a token. */
    public boolean isPassing() {
        return problem == Problem.LOOKUP_FAILED || problem == Problem.NO_ANSWER;
    }
}
