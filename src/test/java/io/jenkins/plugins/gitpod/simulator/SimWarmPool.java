package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.UUID;

/**
 * A warm pool of a project and a class. When a prebuild of them completes, the pool has its snapshot at once, and its instances
 * are exchanged within some time.
 */
public final class SimWarmPool {
    private final String id;
    private final SimProject project;
    private final String environmentClassId;
    private final PrebuildStore prebuilds;
    private final Instant createdAt;
    private volatile Duration rotation = Duration.ofMinutes(2);
    private volatile int minSize = 2;
    private volatile boolean snapshotShown = true;
    private volatile boolean rotates = true;

    SimWarmPool(String id, SimProject project, String environmentClassId, PrebuildStore prebuilds, Instant createdAt) {
        this.id = id;
        this.project = project;
        this.environmentClassId = environmentClassId;
        this.prebuilds = prebuilds;
        this.createdAt = createdAt;
    }

    /**
     * Sets how long it takes until its instances are from a new snapshot.
     *
     * @param length two minutes if not set
     * @return this
     */
    @NonNull
    public SimWarmPool rotation(@NonNull Duration length) {
        rotation = length;
        return this;
    }

    /**
     * Keeps it at the snapshot that it has now.
     *
     * @return this
     */
    @NonNull
    public SimWarmPool neverRotates() {
        rotates = false;
        return this;
    }

    /**
     * Sets how many instances it should have.
     *
     * @param size 0 to 20; 2 if not set
     * @return this
     */
    @NonNull
    public SimWarmPool minSize(int size) {
        minSize = size;
        return this;
    }

    /**
     * Leaves its snapshot out on the wire.
     *
     * @return this
     */
    @NonNull
    public SimWarmPool withoutSnapshotId() {
        snapshotShown = false;
        return this;
    }

    String id() {
        return id;
    }

    SimProject project() {
        return project;
    }

    String environmentClassId() {
        return environmentClassId;
    }

    Instant createdAt() {
        return createdAt;
    }

    int minSize() {
        return minSize;
    }

    /** The snapshot at a moment; null without one. */
    @CheckForNull
    String snapshotId(Instant now) {
        SimPrebuild newest = newest(now);
        if (!snapshotShown || newest == null) {
            return null;
        }
        return UUID.nameUUIDFromBytes(newest.id().getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .toString();
    }

    /** Whether all instances are from the snapshot. */
    boolean isServing(Instant now) {
        SimPrebuild newest = newest(now);
        return newest != null && !now.isBefore(newest.at(now).since().plus(rotation));
    }

    /** The newest completed prebuild; of those before the pool, if it never rotates. */
    @CheckForNull
    private SimPrebuild newest(Instant now) {
        Iterator<SimPrebuild> all = prebuilds.newestFirst(java.util.Set.of(project.id()), Long.MAX_VALUE);
        while (all.hasNext()) {
            SimPrebuild next = all.next();
            if (next.environmentClassId().equals(environmentClassId)
                    && next.at(now).phase() == SimPhase.COMPLETED
                    && (rotates || next.createdAt().isBefore(createdAt))) {
                return next;
            }
        }
        return null;
    }
}
