package io.jenkins.plugins.gitpod.benchmark;

/** What is measured in a run of a case: a column of the table each, except the fixed heap. */
enum Figure {
    THREADS("threads", 0),
    MOST("most", 0),
    WATCHING("watching calls/s", 2),
    CALLS("calls/prebuild", 1),
    HEAP("kB/wait", 1),
    CPU("CPU ms/wait", 1),
    BUSY("busy %", 0),
    MEDIAN("median s", 1),
    P99("p99 s", 1),
    FAILED("failed", 0),
    OPEN("open", 0),
    REFUSED("refused", 0),
    /** Heap that the first waits take and keep, mostly classes; not part of {@link #HEAP}. */
    FIXED_HEAP("fixed kB", 0);

    final String title;

    /** Digits after the point. */
    final int digits;

    Figure(String title, int digits) {
        this.title = title;
        this.digits = digits;
    }
}
