package io.jenkins.plugins.gitpod.simulator;

import java.util.Locale;

/** The error codes of the Connect protocol that the simulated services give by themselves, with their HTTP statuses. */
enum ConnectCode {
    INVALID_ARGUMENT(400),
    FAILED_PRECONDITION(400),
    NOT_FOUND(404),
    PERMISSION_DENIED(403),
    RESOURCE_EXHAUSTED(429),
    UNAUTHENTICATED(401),
    UNAVAILABLE(503);

    private final int httpStatus;

    ConnectCode(int httpStatus) {
        this.httpStatus = httpStatus;
    }

    int httpStatus() {
        return httpStatus;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
