package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection that was renamed, deleted or led elsewhere a short while ago: what is under way over it is still looked
 * after with its credential. Saved with the configuration: fields may be added but not renamed.
 */
final class FormerConnection {

    /** Longer than any request is looked after. */
    private static final Duration KEEP = Duration.ofDays(2);

    private static final int MOST = 50;

    private final GitpodConnection connection;
    private final long goneMillis;

    private FormerConnection(GitpodConnection connection, Instant gone) {
        this.connection = connection;
        this.goneMillis = gone.toEpochMilli();
    }

    /** Null only in a file edited by hand. */
    @Nullable
    GitpodConnection connection() {
        return connection;
    }

    private boolean isWorthKeeping(List<GitpodConnection> now, Instant instant) {
        return connection != null
                && now.stream().noneMatch(connection::isSameWay)
                && Duration.between(Instant.ofEpochMilli(goneMillis), instant).compareTo(KEEP) < 0;
    }

    /** What is to be kept when one list of connections takes the place of another. The latest come first. */
    @NonNull
    static List<FormerConnection> after(
            @NonNull List<FormerConnection> former,
            @NonNull List<GitpodConnection> before,
            @NonNull List<GitpodConnection> now,
            @NonNull Instant instant) {
        List<FormerConnection> all = new ArrayList<>();
        before.forEach(each -> all.add(new FormerConnection(each, instant)));
        former.stream()
                .filter(each -> each.connection != null && before.stream().noneMatch(each.connection::isSameWay))
                .forEach(all::add);
        return all.stream()
                .filter(each -> each.isWorthKeeping(now, instant))
                .limit(MOST)
                .toList();
    }
}
