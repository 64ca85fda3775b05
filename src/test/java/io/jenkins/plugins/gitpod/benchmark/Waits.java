package io.jenkins.plugins.gitpod.benchmark;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What became of the waits of a case. Thread-safe; holds little, for the heap is measured. */
final class Waits {

    private final int number;
    private final long[] madeMicros;
    private final long[] endedMicros;
    private int made;
    private int ended;
    private int failed;

    Waits(int number) {
        this.number = number;
        madeMicros = new long[number];
        endedMicros = new long[number];
    }

    int number() {
        return number;
    }

    private static long micros(Instant instant) {
        return Duration.between(Instant.EPOCH, instant).toNanos() / 1000;
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(Duration.ofNanos(micros * 1000));
    }

    /** Its prebuild was made, at a time of Gitpod's. */
    synchronized void made(int wait, Instant createdAt) {
        madeMicros[wait] = micros(createdAt);
        made++;
    }

    /** The wait has heard of the good end. */
    synchronized void ended(int wait, Instant at) {
        endedMicros[wait] = micros(at);
        ended++;
    }

    synchronized void fail() {
        failed++;
    }

    synchronized int open() {
        return number - ended - failed;
    }

    synchronized int over() {
        return ended + failed;
    }

    synchronized int ended() {
        return ended;
    }

    synchronized int failed() {
        return failed;
    }

    synchronized boolean allMadeOrOver() {
        return made + failed >= number;
    }

    synchronized Instant lastEnd(Instant otherwise) {
        long last = 0;
        for (long each : endedMicros) {
            last = Math.max(last, each);
        }
        return last == 0 ? otherwise.plusSeconds(1) : instant(last);
    }

    /** How many seconds after its prebuild's end each wait has ended. */
    synchronized List<Double> late(Duration life) {
        List<Double> late = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            if (endedMicros[i] != 0) {
                late.add((endedMicros[i] - madeMicros[i]) / 1e6 - life.toSeconds());
            }
        }
        return late;
    }
}
