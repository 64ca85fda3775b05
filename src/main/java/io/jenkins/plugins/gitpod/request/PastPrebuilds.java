package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ids of prebuilds that this Jenkins no longer watches. Those that have ended are remembered because Gitpod's lists may lag
 * behind, the others because they may still be running.
 */
final class PastPrebuilds {

    private static final int MAXIMUM = 200;

    /** No prebuild runs longer: the longest timeout, and a snapshot. */
    private static final Duration LONGEST = Duration.ofHours(3);

    private final InstantSource clock;

    /** From when on each prebuild counts as ended, the one added first at the beginning. */
    private final Map<String, Instant> endedFrom = new LinkedHashMap<>();

    PastPrebuilds(@NonNull InstantSource clock) {
        this.clock = clock;
    }

    /** @param isOver whether it is known that the prebuild does not run any longer */
    synchronized void add(@Nullable String prebuildId, boolean isOver) {
        if (prebuildId != null) {
            endedFrom.put(prebuildId, isOver ? Instant.MIN : clock.instant().plus(LONGEST));
            if (endedFrom.size() > MAXIMUM) {
                endedFrom.remove(endedFrom.keySet().iterator().next());
            }
        }
    }

    /** Whether a prebuild has ended, or must have ended meanwhile. */
    synchronized boolean isOver(@NonNull String prebuildId) {
        Instant from = endedFrom.get(prebuildId);
        return from != null && !clock.instant().isBefore(from);
    }

    /** Whether the watch of a prebuild ended before the prebuild did, so that it may still be running. */
    synchronized boolean isGivenUp(@NonNull String prebuildId) {
        return endedFrom.containsKey(prebuildId) && !isOver(prebuildId);
    }
}
