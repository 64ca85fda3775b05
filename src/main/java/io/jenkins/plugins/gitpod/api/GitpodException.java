package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One call that failed. The message is technical English for logs; texts for people are made from the parts. Neither
 * contains a token, not even one that the server echoed.
 */
public final class GitpodException extends Exception {

    private static final long serialVersionUID = 1L;

    /** How the call failed. */
    public enum Kind {
        /** The host's name has no address. */
        UNKNOWN_HOST,
        /** No connection: refused, unreachable, or lost before the request. */
        CONNECT_FAILED,
        /** No connection in time. */
        CONNECT_TIMEOUT,
        /** No trusted TLS connection: certificate, host name or protocol. */
        TLS,
        /** The HTTP or SOCKS proxy could not be reached or refused. */
        PROXY,
        /** The connection broke before the answer was complete. */
        CONNECTION_LOST,
        /** The answer did not come, or did not get complete, in time. */
        CALL_TIMEOUT,
        /** The API answered with an error of its own. */
        API_ERROR,
        /** An error status without a Connect error body: HTML, empty or something else. */
        HTTP_ERROR,
        /**
         * A redirect. None is followed, but for one from the one host of Gitpod's public service to the other.
         */
        REDIRECT,
        /** A success status, but not the JSON expected. */
        UNREADABLE,
        /** An answer larger than allowed. */
        TOO_LARGE
    }

    /** Whether the request may have reached the server. */
    public enum Delivery {
        /** Not one byte of it was sent: the server cannot have acted. */
        NOT_SENT,
        /** The server's own answer arrived. */
        ANSWERED,
        /** It was sent, at least in part, and it is not known whether the server acted. */
        UNCLEAR
    }

    private final Kind kind;
    private final Delivery delivery;
    private final String method;
    private final ErrorCode code;
    private final int httpStatus;

    @Nullable
    private final Duration retryAfter;

    private final String detail;

    private final List<ErrorAction> actions;

    @Nullable
    private final String redirectTarget;

    @Nullable
    private final String redirectBase;

    private final boolean sentHtml;

    private GitpodException(Builder builder) {
        super(message(builder), builder.cause);
        kind = builder.kind;
        delivery = builder.delivery;
        method = builder.method;
        code = builder.code;
        httpStatus = builder.httpStatus;
        retryAfter = builder.retryAfter;
        detail = builder.detail;
        actions = builder.actions;
        redirectTarget = builder.redirectTarget;
        redirectBase = builder.redirectBase;
        sentHtml = builder.sentHtml;
    }

    private static String message(Builder builder) {
        StringBuilder message = new StringBuilder(builder.method).append(": ").append(builder.kind);
        if (builder.httpStatus != 0) {
            message.append(", HTTP ").append(builder.httpStatus);
        }
        message.append(", ").append(builder.code.wireName()).append(", ").append(builder.delivery);
        if (builder.redirectTarget != null) {
            message.append(", to ").append(builder.redirectTarget);
        }
        if (builder.retryAfter != null) {
            message.append(", retry after ").append(builder.retryAfter);
        }
        if (builder.contentType != null) {
            message.append(", ").append(builder.contentType);
        }
        String text = builder.technical.isEmpty() ? builder.detail : builder.technical;
        return text.isEmpty()
                ? message.toString()
                : message.append(": ").append(text).toString();
    }

    /**
     * Starts to describe a failed call. Every text given has to be free of tokens.
     *
     * @param kind how it failed
     * @param delivery whether the request may have reached the server
     * @param method the API method, for example {@code GetPrebuild}
     * @return a builder with the code UNKNOWN and nothing else set
     */
    @NonNull
    public static Builder of(@NonNull Kind kind, @NonNull Delivery delivery, @NonNull String method) {
        return new Builder(kind, delivery, method);
    }

    /**
     * How the call failed.
     *
     * @return the kind
     */
    @NonNull
    public Kind kind() {
        return kind;
    }

    /**
     * Whether the request may have reached the server.
     *
     * @return the delivery
     */
    @NonNull
    public Delivery delivery() {
        return delivery;
    }

    /**
     * The Connect code: the server's, else that of the HTTP status, else the one that fits best.
     *
     * @return the code
     */
    @NonNull
    public ErrorCode code() {
        return code;
    }

    /**
     * The HTTP status.
     *
     * @return the status, 0 if none arrived
     */
    public int httpStatus() {
        return httpStatus;
    }

    /**
     * How long the server asked to wait before the next try.
     *
     * @return zero to one day (more is cut to that), empty if it did not say
     */
    @NonNull
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /**
     * The API method called.
     *
     * @return for example {@code CreatePrebuild}
     */
    @NonNull
    public String method() {
        return method;
    }

    /**
     * The server's best text for a person, to be escaped wherever it is shown.
     *
     * @return one line of at most 500 characters, may be empty
     */
    @NonNull
    public String detail() {
        return detail;
    }

    /**
     * Where a redirect pointed.
     *
     * @return an absolute http(s) URL without user info, query and fragment; empty if there was none
     */
    @NonNull
    public Optional<String> redirectTarget() {
        return Optional.ofNullable(redirectTarget);
    }

    /**
     * The API URL that a redirect means: where it pointed to the same method of another API.
     *
     * @return an absolute http(s) URL without a slash at its end, such as an administrator would enter; empty if there was
     *     no redirect, or it pointed to something else, such as a login page
     */
    @NonNull
    public Optional<String> redirectBase() {
        return Optional.ofNullable(redirectBase);
    }

    /**
     * What Gitpod suggests to do about the error.
     *
     * @return at most three
     */
    @NonNull
    public List<ErrorAction> actions() {
        return actions;
    }

    /**
     * Whether a web page came where JSON was expected: usually a wrong URL, a log-in page or a proxy.
     *
     * @return whether the answer was HTML
     */
    public boolean sentHtml() {
        return sentHtml;
    }

    /** Collects the parts of a {@link GitpodException}. */
    public static final class Builder {

        private final Kind kind;
        private final Delivery delivery;
        private final String method;
        private ErrorCode code = ErrorCode.UNKNOWN;
        private int httpStatus;

        @Nullable
        private Duration retryAfter;

        private String detail = "";
        private List<ErrorAction> actions = List.of();

        @Nullable
        private String redirectTarget;

        @Nullable
        private String redirectBase;

        @Nullable
        private String contentType;

        private boolean sentHtml;
        private String technical = "";

        @Nullable
        private Throwable cause;

        private Builder(Kind kind, Delivery delivery, String method) {
            this.kind = kind;
            this.delivery = delivery;
            this.method = method;
        }

        /**
         * Sets the Connect code.
         *
         * @param value the code
         * @return this
         */
        @NonNull
        public Builder code(@NonNull ErrorCode value) {
            code = value;
            return this;
        }

        /**
         * Sets the HTTP status.
         *
         * @param value the status
         * @return this
         */
        @NonNull
        public Builder httpStatus(int value) {
            httpStatus = value;
            return this;
        }

        /**
         * Sets the wait that the server asked for.
         *
         * @param value zero or more, null for none
         * @return this
         */
        @NonNull
        public Builder retryAfter(@Nullable Duration value) {
            retryAfter = value;
            return this;
        }

        /**
         * Sets the server's text for people.
         *
         * @param value one clean line
         * @return this
         */
        @NonNull
        public Builder detail(@NonNull String value) {
            detail = value;
            return this;
        }

        /**
         * Ends the description.
         *
         * @return the exception
         */
        @NonNull
        public GitpodException build() {
            return new GitpodException(this);
        }

        /**
         * Sets what Gitpod suggests.
         *
         * @param value clean texts
         * @return this
         */
        @NonNull
        public Builder actions(@NonNull List<ErrorAction> value) {
            actions = List.copyOf(value);
            return this;
        }

        Builder redirectTarget(@Nullable String value) {
            redirectTarget = value;
            return this;
        }

        Builder redirectBase(@Nullable String value) {
            redirectBase = value;
            return this;
        }

        Builder contentType(@Nullable String value) {
            contentType = value;
            return this;
        }

        Builder sentHtml(boolean value) {
            sentHtml = value;
            return this;
        }

        /** Further text of the message for logs. */
        Builder technical(String value) {
            technical = value;
            return this;
        }

        Builder cause(@Nullable Throwable value) {
            cause = value;
            return this;
        }
    }
}
