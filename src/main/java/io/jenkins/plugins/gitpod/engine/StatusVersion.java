package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Recognizes answers of stale replicas by {@code status.statusVersion}, an increasing number (an int64 as text). An answer
 * whose version is missing or not a number is never stale.
 */
final class StatusVersion {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");

    private final Duration longest;
    private final ObservedTime older = new ObservedTime();

    @CheckForNull
    private BigInteger newest;

    /** @param longest after this time with only older versions, they are believed, since no replica is that late */
    StatusVersion(Duration longest) {
        this.longest = longest;
    }

    /**
     * Whether this answer is older than one before and must be ignored. An end is always believed.
     *
     * @param nanos the time of the read
     */
    boolean isOld(Prebuild prebuild, long nanos) {
        String text = prebuild.status().statusVersion();
        BigInteger version = text != null && NUMBER.matcher(text).matches() ? new BigInteger(text) : null;
        if (version == null) {
            return false;
        }
        boolean old = newest != null
                && version.compareTo(newest) < 0
                && !prebuild.status().phase().isEnd();
        if (old) {
            older.look(nanos);
            if (!older.reached(longest)) {
                return true;
            }
        }
        older.reset();
        newest = version;
        return false;
    }
}
