package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;

/** What a failed call means: one table for each kind of call, without state. */
final class RetryPolicy {

    /** What to do about a failure. */
    enum Verdict {
        /** It never reached Gitpod: safe to send again. */
        NOT_SENT,
        /** Gitpod said when to come back. */
        WAIT,
        /** The token was refused: read the credential anew. */
        REAUTHENTICATE,
        /** Try again for as long as the budget lasts. */
        TRANSIENT,
        /** Try again, but only a few times. */
        SUSPECT,
        /** Nobody knows whether it took effect. */
        UNCLEAR,
        /** No such prebuild. */
        NOT_FOUND,
        /** Nothing left to do: the prebuild is over. */
        ALREADY_OVER,
        /** No. */
        FINAL
    }

    private RetryPolicy() {}

    static Verdict create(GitpodException e) {
        if (e.delivery() == Delivery.NOT_SENT) {
            return Verdict.NOT_SENT;
        }
        if (e.delivery() == Delivery.UNCLEAR) {
            return Verdict.UNCLEAR;
        }
        if (e.kind() == Kind.REDIRECT) {
            return Verdict.FINAL;
        }
        if (isRateLimit(e)) {
            return e.retryAfter().isPresent() ? Verdict.WAIT : Verdict.FINAL;
        }
        switch (e.code()) {
            case UNAUTHENTICATED:
                return Verdict.REAUTHENTICATE;
            case UNAVAILABLE:
            case DEADLINE_EXCEEDED:
            case ABORTED:
            case INTERNAL:
            case UNKNOWN:
            case DATA_LOSS:
            case CANCELED:
                return Verdict.UNCLEAR;
            default:
                return Verdict.FINAL;
        }
    }

    static Verdict read(GitpodException e) {
        if (e.delivery() == Delivery.NOT_SENT) {
            return Verdict.TRANSIENT;
        }
        if (e.kind() == Kind.REDIRECT) {
            return Verdict.SUSPECT;
        }
        if (e.kind() == Kind.UNREADABLE || e.kind() == Kind.TOO_LARGE) {
            return Verdict.SUSPECT;
        }
        if (e.delivery() == Delivery.UNCLEAR) {
            return Verdict.TRANSIENT;
        }
        if (isRateLimit(e)) {
            return e.retryAfter().isPresent() ? Verdict.WAIT : Verdict.FINAL;
        }
        switch (e.code()) {
            case UNAUTHENTICATED:
                return Verdict.REAUTHENTICATE;
            case UNAVAILABLE:
            case DEADLINE_EXCEEDED:
            case ABORTED:
            case CANCELED:
                return Verdict.TRANSIENT;
            case INTERNAL:
            case UNKNOWN:
            case DATA_LOSS:
                return Verdict.SUSPECT;
            case NOT_FOUND:
                return Verdict.NOT_FOUND;
            default:
                return Verdict.FINAL;
        }
    }

    static Verdict cancel(GitpodException e) {
        if (e.code() == ErrorCode.FAILED_PRECONDITION && e.kind() == Kind.API_ERROR) {
            return Verdict.ALREADY_OVER;
        }
        return read(e);
    }

    private static boolean isRateLimit(GitpodException e) {
        // A proxy's 429 without a body is mapped to "unavailable", but it refused the call all the same.
        return e.code() == ErrorCode.RESOURCE_EXHAUSTED
                || (e.httpStatus() == 429 && e.retryAfter().isPresent());
    }
}
