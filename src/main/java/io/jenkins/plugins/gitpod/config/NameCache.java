package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentClass;
import io.jenkins.plugins.gitpod.api.Project;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The names of projects and environment classes that Gitpod's responses contained, for pages that show a name instead of an
 * id and must not call Gitpod. Ids are unique, so one map serves all connections. The oldest names are forgotten.
 */
final class NameCache {

    private static final int MAXIMUM = 5000;

    private static final long LOOK_UP_AGAIN = Duration.ofHours(1).toNanos();

    private final Map<String, String> names = new LinkedHashMap<>();

    /** Ids without a name that were looked up, and when they may be looked up again. */
    private final Map<String, Long> lookedUp = new HashMap<>();

    @CheckForNull
    synchronized String of(@NonNull String id) {
        return names.get(id.toLowerCase(Locale.ROOT));
    }

    /** Remembers the names in a response. Other objects have none. */
    void learn(@NonNull Object response) {
        if (response instanceof Project project) {
            put(project.id(), project.name());
        } else if (response instanceof GitpodLookup.Found found) {
            found.projects().forEach(this::learn);
        } else if (response instanceof EnvironmentClass environmentClass) {
            put(environmentClass.id(), environmentClass.displayName());
        } else if (response instanceof List<?> list) {
            list.forEach(this::learn);
        }
    }

    /** Whether one of these ids has no name and was not looked up within the last hour. They count as looked up then. */
    synchronized boolean isLookUpDue(@NonNull Collection<String> ids, long nanoTime) {
        lookedUp.values().removeIf(again -> again - nanoTime <= 0);
        List<String> unknown = ids.stream()
                .map(id -> id.toLowerCase(Locale.ROOT))
                .filter(id -> !names.containsKey(id) && !lookedUp.containsKey(id))
                .toList();
        unknown.forEach(id -> lookedUp.put(id, nanoTime + LOOK_UP_AGAIN));
        return !unknown.isEmpty();
    }

    private synchronized void put(String id, @Nullable String name) {
        if (name == null || name.isBlank()) {
            return;
        }
        names.put(id.toLowerCase(Locale.ROOT), name);
        if (names.size() > MAXIMUM) {
            names.remove(names.keySet().iterator().next());
        }
    }
}
