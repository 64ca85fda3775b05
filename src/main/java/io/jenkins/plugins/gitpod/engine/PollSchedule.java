package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;

/** The time between two reads of a prebuild: by its phase, by how long it has been watched, and with jitter. */
final class PollSchedule {

    private static final Duration OLD = Duration.ofMinutes(45);
    private static final Duration VERY_OLD = Duration.ofHours(3);
    private static final Duration ANCIENT = Duration.ofHours(24);

    /** With events, reads are a safety net; often enough that {@link ObservedTime} counts the whole time. */
    private static final double WITH_EVENTS = 9;

    private final Duration base;

    PollSchedule(Duration base) {
        this.base = base;
    }

    /** The interval that all others are derived from. */
    Duration base() {
        return base;
    }

    /** The maximum interval of a prebuild that has not been watched for long. */
    Duration longest() {
        return base.multipliedBy(6).dividedBy(5);
    }

    /**
     * The first interval of a project: any part of the usual one, so that the lists of projects whose prebuilds are created
     * together are not read together.
     *
     * @param random in [0, 1)
     */
    Duration firstOfProject(double random) {
        return Duration.ofNanos((long) (base.toNanos() * (0.2 + 0.8 * random)));
    }

    /**
     * The next interval.
     *
     * @param phase as it was read last; null if it was never read
     * @param age how long it has been watched
     * @param events whether events tell changes
     * @param jitter in [0, 1): up to a twentieth less or more, so that many reads do not coincide
     */
    Duration next(@CheckForNull PrebuildPhase phase, Duration age, boolean events, double jitter) {
        double factor = ofPhase(phase);
        if (events) {
            factor = WITH_EVENTS;
        } else if (age.compareTo(OLD) > 0) {
            factor *= age.compareTo(ANCIENT) > 0 ? 5 : age.compareTo(VERY_OLD) > 0 ? 2.5 : 1.5;
        }
        return Duration.ofNanos((long) (base.toNanos() * factor * (0.95 + 0.1 * jitter)));
    }

    private static double ofPhase(@CheckForNull PrebuildPhase phase) {
        if (phase == null) {
            return 1;
        }
        return switch (phase) {
            case PENDING, STARTING, RUNNING, STOPPING ->
                1.1; // a successful end is not near, and an early failure may be noticed two seconds later
            default -> 1;
        };
    }
}
