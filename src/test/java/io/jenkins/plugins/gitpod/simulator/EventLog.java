package io.jenkins.plugins.gitpod.simulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What has happened to prebuilds, found by looking many times a second, once for all streams. Thread-safe. */
final class EventLog {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long GONE = -1;

    /** A change of a prebuild. */
    record Change(SimPrebuild prebuild, String operation, boolean gone) {}

    private final SimulatorState state;
    private final Map<String, Long> versions = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private long lookedAt = System.nanoTime() - LOOK_NANOS;

    EventLog(SimulatorState state) {
        this.state = state;
    }

    /** How many changes there have been up to now. */
    synchronized int position() {
        look();
        return changes.size();
    }

    /** The changes after a position. */
    synchronized List<Change> since(int position) {
        if (System.nanoTime() - lookedAt >= LOOK_NANOS) {
            look();
        }
        return position == changes.size() ? List.of() : List.copyOf(changes.subList(position, changes.size()));
    }

    private void look() {
        Instant now = state.now();
        for (SimPrebuild prebuild : state.prebuilds().oldestFirst()) {
            PrebuildStatus status = prebuild.at(now);
            long version = status.gone() ? GONE : status.statusVersion();
            Long before = versions.put(prebuild.id(), version);
            if (before == null || before != version) {
                changes.add(new Change(prebuild, operation(before, version), version == GONE));
            }
        }
        lookedAt = System.nanoTime();
    }

    private static String operation(Long before, long version) {
        if (version == GONE) {
            return "RESOURCE_OPERATION_DELETE";
        }
        return before == null ? "RESOURCE_OPERATION_CREATE" : "RESOURCE_OPERATION_UPDATE_STATUS";
    }
}
