package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;

/** A prebuild's log could not be read. The message is one line without tokens. */
public final class LogFailure extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why the log could not be read. */
    public enum Kind {
        /** The log does not exist yet, or no longer. */
        NOT_THERE,
        /** A passing problem: a later attempt may succeed. */
        TEMPORARY,
        /** The log's host does not accept the log token. */
        REFUSED,
        /** Gitpod named no URL that can be read, or it answered with something else than a log. */
        UNREADABLE
    }

    private final Kind kind;

    LogFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Gitpod names no log of a prebuild. */
    @NonNull
    public static LogFailure noLog() {
        return new LogFailure(Kind.NOT_THERE, "Gitpod names no log of the prebuild");
    }

    /**
     * Why the log could not be read.
     *
     * @return the kind of failure
     */
    @NonNull
    public Kind kind() {
        return kind;
    }
}
