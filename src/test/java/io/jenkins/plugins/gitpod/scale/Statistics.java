package io.jenkins.plugins.gitpod.scale;

import java.time.Duration;
import java.time.Instant;

/** Figures of tables. */
final class Statistics {

    private Statistics() {}

    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    static double at(long[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, (int) Math.ceil(sorted.length * share) - 1)];
    }

    /** The median and the value that one in a hundred exceeds. */
    static String medianAnd99(long[] sorted, double divisor, String unit) {
        return TargetTable.number(at(sorted, 0.5) / divisor) + unit + ", "
                + TargetTable.number(at(sorted, 0.99) / divisor) + unit;
    }
}
