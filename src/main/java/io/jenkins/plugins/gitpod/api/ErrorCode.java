package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.Locale;
import java.util.Optional;

/** The error codes of the Connect protocol. */
public enum ErrorCode {
    /** The caller canceled the call. */
    CANCELED,
    /** No better code fits. */
    UNKNOWN,
    /** The request is wrong in itself. */
    INVALID_ARGUMENT,
    /** The server took too long; it may have acted. */
    DEADLINE_EXCEEDED,
    /** The object does not exist, or does not exist yet. */
    NOT_FOUND,
    /** The object to create exists already. */
    ALREADY_EXISTS,
    /** The token is valid but may not do this. */
    PERMISSION_DENIED,
    /** Too many calls (then with a wait), or a quota is used up. */
    RESOURCE_EXHAUSTED,
    /** Not possible in the present state. */
    FAILED_PRECONDITION,
    /** A conflict with a concurrent change. */
    ABORTED,
    /** A value is out of range. */
    OUT_OF_RANGE,
    /** No such method: usually a wrong API URL. */
    UNIMPLEMENTED,
    /** The server failed. */
    INTERNAL,
    /** The server, or a proxy in front of it, is not available now. */
    UNAVAILABLE,
    /** Data is lost for good. */
    DATA_LOSS,
    /** No token, or one that is invalid or has expired. */
    UNAUTHENTICATED;

    /**
     * The name in a Connect error body.
     *
     * @return for example {@code not_found}
     */
    @NonNull
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the name in a Connect error body.
     *
     * @param wireName the name
     * @return the code, empty if the name is not one of Connect's
     */
    @NonNull
    public static Optional<ErrorCode> byWireName(@Nullable String wireName) {
        for (ErrorCode code : values()) {
            if (code.wireName().equals(wireName)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    /**
     * The code of an answer that has no Connect error body, as the Connect protocol prescribes.
     *
     * @param status an HTTP status
     * @return the code, UNKNOWN if the protocol names none
     */
    @NonNull
    public static ErrorCode byHttpStatus(int status) {
        return switch (status) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }
}
