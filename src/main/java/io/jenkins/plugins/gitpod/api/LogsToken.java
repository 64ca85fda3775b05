package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * The short-lived token that reads one prebuild's log, and nothing else. Gitpod lets it live for one hour.
 * Like {@link BearerToken} it does not print itself and is not serializable.
 */
public final class LogsToken {

    private final String text;

    LogsToken(@NonNull String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    @Override
    public String toString() {
        return "[logs token]";
    }
}
