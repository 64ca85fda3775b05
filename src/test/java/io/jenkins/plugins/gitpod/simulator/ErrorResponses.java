package io.jenkins.plugins.gitpod.simulator;

import java.time.Duration;

/** ErrorResponses that more than one place gives. */
final class ErrorResponses {
    private ErrorResponses() {}

    static Answer error(ConnectCode code, String message) {
        return Answer.error(code.httpStatus(), code.wireName(), message, null);
    }

    /** Too many calls, with the wait in a detail. */
    static Answer rateLimited(Duration wait) {
        ConnectCode code = ConnectCode.RESOURCE_EXHAUSTED;
        return Answer.error(code.httpStatus(), code.wireName(), "too many calls", ErrorDetails.retryInfo(wait));
    }

    /** Too many calls, with the wait nowhere or in a header. */
    static Answer exhausted() {
        return error(ConnectCode.RESOURCE_EXHAUSTED, "too many calls");
    }
}
