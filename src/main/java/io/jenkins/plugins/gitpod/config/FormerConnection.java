package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection that was renamed, deleted or given another URL in the last two days. Its credential is still used for the open
 * requests of that connection. Saved with the configuration: fields may be added but not renamed.
 */
final class FormerConnection {

    /** Longer than any request stays open. */
    private static final Duration RETENTION = Duration.ofDays(2);

    private static final int MAX_KEPT = 50;

    private final GitpodConnection connection;
    private final long removedAtMillis;

    private FormerConnection(GitpodConnection connection, Instant removedAt) {
        this.connection = connection;
        this.removedAtMillis = removedAt.toEpochMilli();
    }

    /** Null only if a person edited the file. */
    @Nullable
    GitpodConnection connection() {
        return connection;
    }

    private boolean isWorthKeeping(List<GitpodConnection> now, Instant instant) {
        return connection != null
                && now.stream().noneMatch(connection::isSameTarget)
                && Duration.between(Instant.ofEpochMilli(removedAtMillis), instant)
                                .compareTo(RETENTION)
                        < 0;
    }

    /** The former connections after the list of connections is replaced, the latest first. */
    @NonNull
    static List<FormerConnection> after(
            @NonNull List<FormerConnection> former,
            @NonNull List<GitpodConnection> before,
            @NonNull List<GitpodConnection> now,
            @NonNull Instant instant) {
        List<FormerConnection> all = new ArrayList<>();
        before.forEach(each -> all.add(new FormerConnection(each, instant)));
        former.stream()
                .filter(each -> each.connection != null && before.stream().noneMatch(each.connection::isSameTarget))
                .forEach(all::add);
        return all.stream()
                .filter(each -> each.isWorthKeeping(now, instant))
                .limit(MAX_KEPT)
                .toList();
    }
}
