package io.jenkins.plugins.gitpod.simulator;

/** A request that is refused: nothing was done, and the answer says why. */
final class ApiError extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    ApiError(Answer answer, String message) {
        super(message);
        this.answer = answer;
    }

    ApiError(ConnectCode code, String message) {
        this(Answer.error(code.httpStatus(), code.wireName(), message, null), message);
    }

    static ApiError notFound(String what) {
        return new ApiError(ConnectCode.NOT_FOUND, what + " not found");
    }

    static ApiError invalid(String where, String why) {
        return new ApiError(ConnectCode.INVALID_ARGUMENT, where + ": " + why);
    }

    Answer answer() {
        return answer;
    }
}
