package io.jenkins.plugins.gitpod.api;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Makes failures from exceptions of calls without a complete response. */
final class Failures {

    private final Redactor redactor;

    Failures(Redactor redactor) {
        this.redactor = redactor;
    }

    GitpodException of(String method, CallWatch watch, IOException failure) {
        Kind kind = watch.sending() ? afterSending(failure) : beforeSending(watch, failure);
        return GitpodException.of(kind, watch.sending() ? Delivery.UNCLEAR : Delivery.NOT_SENT, method)
                .httpStatus(watch.status())
                .code(kind == Kind.CALL_TIMEOUT ? ErrorCode.DEADLINE_EXCEEDED : ErrorCode.UNAVAILABLE)
                .technical(failure.getClass().getSimpleName() + ": " + redactor.line(failure.getMessage(), 300))
                .cause(redactor.cause(failure))
                .build();
    }

    private static Kind afterSending(IOException failure) {
        return isTimeout(failure) ? Kind.CALL_TIMEOUT : Kind.CONNECTION_LOST;
    }

    private static Kind beforeSending(CallWatch watch, IOException failure) {
        if (failure instanceof InterruptedIOException && !(failure instanceof SocketTimeoutException)) {
            return isTimeout(failure) ? Kind.CALL_TIMEOUT : Kind.CONNECTION_LOST;
        }
        if (watch.atProxy()) {
            return Kind.PROXY;
        }
        if (failure instanceof SSLException) {
            return Kind.TLS;
        }
        if (failure instanceof UnknownHostException) {
            return Kind.UNKNOWN_HOST;
        }
        return failure instanceof SocketTimeoutException ? Kind.CONNECT_TIMEOUT : Kind.CONNECT_FAILED;
    }

    /** Okio and OkHttp use the same exception for a limit that was reached and for a thread that was interrupted. */
    private static boolean isTimeout(IOException failure) {
        return failure instanceof InterruptedIOException
                && !Thread.currentThread().isInterrupted();
    }
}
