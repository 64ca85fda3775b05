package io.jenkins.plugins.gitpod.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects what is measured in one run of a case, and calculates its figures. Not thread-safe. */
final class Figures {

    /** How long each prebuild takes. */
    static final Duration LIFE = Duration.ofMinutes(11);

    /** With fewer waits, what does not depend on their number is most of the heap. */
    private static final int FEWEST_FOR_HEAP = 300;

    private final Case of;
    private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    private final List<Double> settled = new ArrayList<>();

    Figures(Case of) {
        this.of = of;
    }

    /** @param settles whether it is the time of waiting alone, without creates and ends */
    void threads(int more, boolean settles) {
        figures.merge(Figure.MOST, (double) more, Math::max);
        if (settles) {
            settled.add((double) more);
        }
    }

    /** Bytes of all waits. */
    void heap(long more) {
        if (of.waits() >= FEWEST_FOR_HEAP) {
            figures.put(Figure.HEAP, Math.max(0, more) / 1024.0 / of.waits());
        }
    }

    /** Bytes that the first waits left. */
    void fixedHeap(long more) {
        figures.put(Figure.FIXED_HEAP, more / 1024.0);
    }

    /** Nanoseconds of all waits. */
    void cpu(long nanos) {
        figures.put(Figure.CPU, nanos / 1e6 / of.waits());
    }

    /** @param load of the whole machine, 0 to 1; negative or no number if it is not known */
    void busy(double load) {
        if (load >= 0) {
            figures.put(Figure.BUSY, load * 100);
        }
    }

    /** When the waits heard of the ends. */
    void ends(Waits waits) {
        List<Double> late = waits.late(LIFE);
        Collections.sort(late);
        if (!late.isEmpty()) {
            figures.put(Figure.MEDIAN, quantile(late, 0.5));
            figures.put(Figure.P99, quantile(late, 0.99));
        }
    }

    /**
     * All figures.
     *
     * @param calls of these waits
     * @param seconds in which they were made
     */
    Result result(Waits waits, Calls calls, double seconds) {
        boolean window = of.window() > 0;
        int reads = calls.withoutCreates();
        figures.put(Figure.WATCHING, calls.watching() / seconds);
        figures.put(
                Figure.CALLS,
                window
                        ? 1 + reads / seconds * LIFE.toSeconds() / of.waits()
                        : (double) (calls.creates() + reads) / of.waits());
        if (!settled.isEmpty()) {
            Collections.sort(settled);
            figures.put(Figure.THREADS, quantile(settled, 0.5));
        }
        figures.put(Figure.FAILED, (double) waits.failed());
        figures.put(Figure.OPEN, window ? 0.0 : waits.open());
        figures.put(Figure.REFUSED, (double) calls.refused());
        return new Result(figures);
    }

    static double quantile(List<Double> sorted, double quantile) {
        int index = (int) Math.ceil(quantile * sorted.size()) - 1;
        return sorted.get(Math.max(0, index));
    }
}
