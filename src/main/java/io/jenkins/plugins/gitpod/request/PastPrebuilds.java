package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.LinkedHashSet;
import java.util.Set;

/** The ids of prebuilds that ended lately, because Gitpod's lists may lag behind. */
final class PastPrebuilds {

    private static final int MAXIMUM = 200;

    private final Set<String> ids = new LinkedHashSet<>();

    synchronized void add(@Nullable String prebuildId) {
        if (prebuildId != null) {
            ids.add(prebuildId);
            if (ids.size() > MAXIMUM) {
                ids.remove(ids.iterator().next());
            }
        }
    }

    synchronized boolean contains(@NonNull String prebuildId) {
        return ids.contains(prebuildId);
    }
}
