package io.jenkins.plugins.gitpod.api;

/** Failures of a log, for tests of other packages. */
public final class LogFailures {

    private LogFailures() {}

    public static LogFailure of(LogFailure.Kind kind) {
        return new LogFailure(kind, "the log failed");
    }
}
