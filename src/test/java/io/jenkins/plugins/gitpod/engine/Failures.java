package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.time.Duration;

/** Failed calls, for tests without a Gitpod. */
final class Failures {

    private Failures() {}

    static GitpodException refusedConnection() {
        return GitpodException.of(Kind.CONNECT_FAILED, Delivery.NOT_SENT, "Any")
                .code(ErrorCode.UNAVAILABLE)
                .build();
    }

    static GitpodException untrusted() {
        return GitpodException.of(Kind.TLS, Delivery.NOT_SENT, "Any").build();
    }

    static GitpodException lostConnection() {
        return GitpodException.of(Kind.CONNECTION_LOST, Delivery.UNCLEAR, "Any")
                .code(ErrorCode.UNAVAILABLE)
                .build();
    }

    static GitpodException timeOut() {
        return GitpodException.of(Kind.CALL_TIMEOUT, Delivery.UNCLEAR, "Any")
                .code(ErrorCode.DEADLINE_EXCEEDED)
                .build();
    }

    static GitpodException unreadable() {
        return GitpodException.of(Kind.UNREADABLE, Delivery.UNCLEAR, "Any")
                .httpStatus(200)
                .build();
    }

    /** The API's own "no". */
    static GitpodException answer(ErrorCode code) {
        return GitpodException.of(Kind.API_ERROR, Delivery.ANSWERED, "Any")
                .code(code)
                .httpStatus(status(code))
                .detail("because")
                .build();
    }

    /** A status without the API's own body. */
    static GitpodException page(int status) {
        return GitpodException.of(Kind.HTTP_ERROR, Delivery.ANSWERED, "Any")
                .code(ErrorCode.byHttpStatus(status))
                .httpStatus(status)
                .build();
    }

    static GitpodException wait(Duration wait) {
        return GitpodException.of(Kind.API_ERROR, Delivery.ANSWERED, "Any")
                .code(ErrorCode.RESOURCE_EXHAUSTED)
                .httpStatus(429)
                .retryAfter(wait)
                .build();
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case CANCELED -> 499;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case DEADLINE_EXCEEDED -> 504;
            case ALREADY_EXISTS, ABORTED -> 409;
            case PERMISSION_DENIED -> 403;
            case RESOURCE_EXHAUSTED -> 429;
            case NOT_FOUND -> 404;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case UNAUTHENTICATED -> 401;
        };
    }
}
