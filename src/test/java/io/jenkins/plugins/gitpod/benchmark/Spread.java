package io.jenkins.plugins.gitpod.benchmark;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** One figure over all runs of a case. */
public final class Spread {

    private final double[] sorted;

    /** @param values one for each run in which the figure was measured, maybe none */
    public Spread(Collection<Double> values) {
        sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    boolean isEmpty() {
        return sorted.length == 0;
    }

    double min() {
        return sorted[0];
    }

    /** The highest. */
    public double max() {
        return sorted[sorted.length - 1];
    }

    /** The middle one; of an even number the mean of the two in the middle. */
    double median() {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    int runs() {
        return sorted.length;
    }

    /** In how many runs the figure was at most this. */
    int runsUpTo(double limit) {
        return (int) Arrays.stream(sorted).filter(each -> each <= limit).count();
    }

    /** The median, and in brackets the range of all runs if it is wider than the digits show. */
    public String text(int digits) {
        if (isEmpty()) {
            return "-";
        }
        String min = number(min(), digits);
        String max = number(max(), digits);
        String median = number(median(), digits);
        return min.equals(max) ? median : median + " (" + min + "-" + max + ")";
    }

    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
