package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Changes that were read before their events came. Not thread-safe. */
final class ExpectedEvents {

    /** How long after the read the event may still come: reads do not wait for events. */
    static final Duration GRACE = Duration.ofSeconds(5);

    /** When the change of each prebuild was read, the first one first. */
    private final Map<String, Long> readAt = new LinkedHashMap<>();

    void add(String prebuildId, long now) {
        readAt.putIfAbsent(prebuildId, now);
    }

    void remove(String prebuildId) {
        readAt.remove(prebuildId);
    }

    /** Forgets the events that are overdue. @return how many they are */
    int takeOverdue(long now) {
        int before = readAt.size();
        readAt.values().removeIf(at -> now - at >= GRACE.toNanos());
        return before - readAt.size();
    }

    /** When the next one is overdue, or null if none is expected. */
    @CheckForNull
    Duration untilOverdue(long now) {
        return readAt.values().stream()
                .findFirst()
                .map(at -> GRACE.minusNanos(now - at))
                .orElse(null);
    }
}
