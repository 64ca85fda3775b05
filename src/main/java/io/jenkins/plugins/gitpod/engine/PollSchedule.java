package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;

/** How long a prebuild is left alone after it was read: by its phase, by how long it has been waited for, and by luck. */
final class PollSchedule {

    private static final Duration OLD = Duration.ofMinutes(45);
    private static final Duration VERY_OLD = Duration.ofHours(3);
    private static final Duration ANCIENT = Duration.ofHours(24);

    /** Events tell what changes: reading is but a safety net, and often enough for {@link ObservedTime} to count it all. */
    private static final double WITH_EVENTS = 9;

    private final Duration base;

    PollSchedule(Duration base) {
        this.base = base;
    }

    /** The interval that all others are made of. */
    Duration base() {
        return base;
    }

    /** The longest interval of a prebuild that has not been waited for long. */
    Duration longest() {
        return base.multipliedBy(6).dividedBy(5);
    }

    /**
     * The next interval.
     *
     * @param phase as it was read, null if it never was
     * @param age how long it has been watched
     * @param events whether events would tell
     * @param luck in [0, 1): a tenth less or more, so that many do not come together
     */
    Duration next(@CheckForNull PrebuildPhase phase, Duration age, boolean events, double luck) {
        double factor = ofPhase(phase);
        if (events) {
            factor = WITH_EVENTS;
        } else if (age.compareTo(OLD) > 0) {
            factor *= age.compareTo(ANCIENT) > 0 ? 5 : age.compareTo(VERY_OLD) > 0 ? 2.5 : 1.5;
        }
        return Duration.ofNanos((long) (base.toNanos() * factor * (0.9 + 0.2 * luck)));
    }

    private static double ofPhase(@CheckForNull PrebuildPhase phase) {
        if (phase == null) {
            return 1;
        }
        return switch (phase) {
            case PENDING, STARTING, RUNNING, STOPPING ->
                1.1; // far from a good end; a bad one may wait two seconds more
            default -> 1;
        };
    }
}
