package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The time of the night at which something is done for a job. It depends on the name, so that jobs do not act all at once. */
@Restricted(NoExternalUse.class)
record NightlyTime(@NonNull LocalTime time) {

    /** The night begins at midnight. */
    private static final int MINUTES = 5 * 60;

    private static final NightlyTime FIRST = new NightlyTime(LocalTime.MIDNIGHT);
    private static final LocalTime END = LocalTime.MIDNIGHT.plusMinutes(MINUTES);

    @NonNull
    static NightlyTime of(@NonNull String jobFullName) {
        return new NightlyTime(LocalTime.MIDNIGHT.plusMinutes(Math.floorMod(mixed(jobFullName.hashCode()), MINUTES)));
    }

    /** The names of jobs often differ in their last character only, and their hash codes by one then. */
    private static int mixed(int hash) {
        int mixed = (hash ^ hash >>> 16) * 0x45d9f3b;
        return mixed ^ mixed >>> 16;
    }

    /** The first such time after a moment, in the moment's time zone. */
    @NonNull
    Instant next(@NonNull ZonedDateTime after) {
        ZonedDateTime sameDay = after.with(time);
        ZonedDateTime next = sameDay.isAfter(after)
                ? sameDay
                : after.toLocalDate().plusDays(1).atTime(time).atZone(after.getZone());
        return next.toInstant();
    }

    /** Whether the time of any job may be in a period of less than a day. */
    static boolean isNightIn(@NonNull ZonedDateTime from, @NonNull ZonedDateTime to) {
        return from.toLocalTime().isBefore(END) || FIRST.isIn(from, to);
    }

    /** Whether it is such a time in a period of less than a day, the end included. */
    boolean isIn(@NonNull ZonedDateTime from, @NonNull ZonedDateTime to) {
        return !next(from).isAfter(to.toInstant());
    }
}
