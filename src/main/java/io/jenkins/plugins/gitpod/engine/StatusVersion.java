package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Tells a stale replica's answer from a newer one by {@code status.statusVersion}, which counts up (an int64 in text). A
 * version that is missing or no number says nothing.
 */
final class StatusVersion {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");

    private final Duration longest;
    private final ObservedTime older = new ObservedTime();

    @CheckForNull
    private BigInteger newest;

    /** @param longest after so long with nothing but older versions they are believed: no replica lags so far behind */
    StatusVersion(Duration longest) {
        this.longest = longest;
    }

    /**
     * Whether this reading is older than one before and is to be ignored. An end is final in any version.
     *
     * @param nanos the time of the look
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
