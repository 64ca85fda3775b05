package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Times of the day at which no automatic prebuild is created, such as {@code 22:00-06:00, 12:00-13:00}. */
@Restricted(NoExternalUse.class)
public final class QuietHours {

    private static final int MINUTES = 24 * 60;
    private static final Pattern SEPARATORS = Pattern.compile("[,;\\n\\r]+");
    private static final Pattern RANGE = Pattern.compile("\\s*(\\d{1,2}):(\\d{2})\\s*-\\s*(\\d{1,2}):(\\d{2})\\s*");

    /** The minutes of the day. */
    private final BitSet quiet;

    private QuietHours(BitSet quiet) {
        this.quiet = quiet;
    }

    /**
     * Reads ranges that are separated by commas. A range may cross midnight; its end is not part of it.
     *
     * @return null if there is none, if one is invalid, or if they leave no time of the day
     */
    @CheckForNull
    public static QuietHours parse(@Nullable String text) {
        BitSet quiet = new BitSet(MINUTES);
        for (String each : SEPARATORS.split(Util.fixNull(text), -1)) {
            Matcher range = RANGE.matcher(each);
            int start = range.matches() ? minute(range.group(1), range.group(2)) : -1;
            int end = range.matches() ? minute(range.group(3), range.group(4)) : -1;
            if (start < 0 || end < 0 || start == MINUTES || start == end) {
                return null;
            } else if (start < end) {
                quiet.set(start, end);
            } else {
                quiet.set(start, MINUTES);
                quiet.set(0, end);
            }
        }
        return quiet.cardinality() == MINUTES ? null : new QuietHours(quiet);
    }

    /** The minute of the day, up to 24:00, or -1 if there is no such time. */
    private static int minute(String hours, String minutes) {
        int hour = Integer.parseInt(hours);
        int minute = Integer.parseInt(minutes);
        int ofDay = hour * 60 + minute;
        return minute > 59 || ofDay > MINUTES ? -1 : ofDay;
    }

    /** When the quiet hours that it is now are over, or null if it is none. */
    @CheckForNull
    public ZonedDateTime end(@NonNull ZonedDateTime now) {
        int minute = now.getHour() * 60 + now.getMinute();
        if (!quiet.get(minute)) {
            return null;
        }
        int end = quiet.nextClearBit(minute);
        boolean isTomorrow = end >= MINUTES;
        if (isTomorrow) {
            end = quiet.nextClearBit(0);
        }
        ZonedDateTime day = now.truncatedTo(ChronoUnit.DAYS).plusDays(isTomorrow ? 1 : 0);
        ZonedDateTime over = day.withHour(end / 60).withMinute(end % 60);
        // Where the clock is set back, the same time comes twice.
        return over.isAfter(now) ? over : over.withLaterOffsetAtOverlap();
    }
}
