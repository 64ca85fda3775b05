package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;

/** What to do about a failed call: one table for each kind of call, without state. */
final class RetryPolicy {

    /** What to do about a failure. */
    enum Decision {
        /** It never reached Gitpod, so it can be sent again. */
        NOT_SENT,
        /** Gitpod said how long to wait. */
        WAIT,
        /** The token was refused: look the credential up again. */
        REAUTHENTICATE,
        /** Try again until the budget of time is used up. */
        TRANSIENT,
        /** Try again a few times. */
        UNEXPECTED,
        /** It may or may not have taken effect. */
        UNCLEAR,
        /** No such prebuild. */
        NOT_FOUND,
        /** The prebuild has ended already. */
        ALREADY_OVER,
        /** It was refused. */
        FINAL
    }

    private static final int TOO_MANY_REQUESTS = 429;

    private RetryPolicy() {}

    /** For CreatePrebuild, which must take effect at most once. */
    static Decision create(GitpodException e) {
        if (e.delivery() == Delivery.NOT_SENT) {
            return Decision.NOT_SENT;
        }
        if (e.delivery() == Delivery.UNCLEAR) {
            return Decision.UNCLEAR;
        }
        if (e.kind() == Kind.REDIRECT) {
            return Decision.FINAL;
        }
        if (isRateLimit(e)) {
            return e.retryAfter().isPresent() ? Decision.WAIT : Decision.FINAL;
        }
        return switch (e.code()) {
            case UNAUTHENTICATED -> Decision.REAUTHENTICATE;
            case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNKNOWN, DATA_LOSS, CANCELED -> Decision.UNCLEAR;
            default -> Decision.FINAL;
        };
    }

    /** For all calls that change nothing. */
    static Decision read(GitpodException e) {
        if (e.delivery() == Delivery.NOT_SENT) {
            return Decision.TRANSIENT;
        }
        if (e.kind() == Kind.REDIRECT || e.kind() == Kind.UNREADABLE || e.kind() == Kind.TOO_LARGE) {
            return Decision.UNEXPECTED;
        }
        if (e.delivery() == Delivery.UNCLEAR) {
            return Decision.TRANSIENT;
        }
        if (isRateLimit(e)) {
            // Without a wait it is a quota. A few more tries cost less than losing sight of a prebuild.
            return e.retryAfter().isPresent() ? Decision.WAIT : Decision.UNEXPECTED;
        }
        Decision byCode =
                switch (e.code()) {
                    case UNAUTHENTICATED -> Decision.REAUTHENTICATE;
                    case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, CANCELED -> Decision.TRANSIENT;
                    case INTERNAL, UNKNOWN, DATA_LOSS -> Decision.UNEXPECTED;
                    case NOT_FOUND -> Decision.NOT_FOUND;
                    default -> Decision.FINAL;
                };
        // A refusal without Gitpod's error body may be a proxy's while Gitpod is restarting.
        return byCode == Decision.FINAL && e.kind() == Kind.HTTP_ERROR ? Decision.UNEXPECTED : byCode;
    }

    /** For CancelPrebuild, which may take effect any number of times. */
    static Decision cancel(GitpodException e) {
        if (e.code() == ErrorCode.FAILED_PRECONDITION && e.kind() == Kind.API_ERROR) {
            return Decision.ALREADY_OVER;
        }
        return read(e);
    }

    private static boolean isRateLimit(GitpodException e) {
        // A proxy's 429 without a body is mapped to "unavailable", but the call was refused.
        return e.code() == ErrorCode.RESOURCE_EXHAUSTED || e.httpStatus() == TOO_MANY_REQUESTS;
    }
}
