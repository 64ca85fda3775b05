package io.jenkins.plugins.gitpod.simulator;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes version 7 uuids from a given time and a counter, so that the order of ids is the order of creation. */
final class UuidV7 {
    private static final int COUNTER_LOW_BITS = 62;

    private final AtomicLong counter = new AtomicLong();

    String next(Instant at) {
        long count = counter.incrementAndGet();
        long high = at.toEpochMilli() << 16 | 0x7000L | (count >>> COUNTER_LOW_BITS);
        long low = 1L << 63 | (count & (1L << COUNTER_LOW_BITS) - 1);
        return new UUID(high, low).toString();
    }
}
