package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;

/** One prebuild that a {@link Watcher} reads. Its fields are guarded by the {@link WatchList}. */
final class WatchedPrebuild {

    final String prebuildId;
    final String projectId;
    final Watcher.Reader reader;

    /** When it was first watched; this and all other times are those of {@link EngineRuntime#nanoTime()}. */
    final long since;

    /** When it has to be read next. */
    long due;

    /** The number of the latest try to read it, for the order. */
    long lastTry;

    /** When it was last read, or first watched. */
    long lastRead;

    /** The phase that was read last, or null. */
    @CheckForNull
    PrebuildPhase phase;

    /** Whether an event told of it since it was last read. */
    boolean eventReceived;

    /** Whether the event of its creation was received. */
    boolean creationReceived;

    /** Whether an event asks for a read, which is due. */
    boolean readRequested;

    /** How many such reads in a row found no change. */
    int idleReads;

    /** Whether the last read failed; no event tells when another one would succeed. */
    boolean readFailed;

    WatchedPrebuild(String prebuildId, String projectId, Watcher.Reader reader, long now) {
        this.prebuildId = prebuildId;
        this.projectId = projectId;
        this.reader = reader;
        this.since = now;
        this.lastRead = now;
    }
}
