package io.jenkins.plugins.gitpod.engine;

/** A kind of work, each with threads of its own, so that one that hangs holds up no other. */
public enum WorkQueue {
    /** Steps of the state machines and their saves: short. */
    STATE(2),
    /** Look-ups of tokens: a credentials provider may hang. */
    CREDENTIALS(4),
    /** What is to be known before a request is made: which project, what is under way. */
    LOOK_UP(4),
    /** Create calls and the look-ups of lost ones. */
    CREATE(8),
    /** Reading calls of the watchers. */
    WATCH(8),
    /** Cancel calls: never behind creates or reads. */
    CANCEL(8),
    /** Reading event streams, each for as long as it is open. */
    STREAM(4),
    /** What observers do: console writes, saved results, ends of steps. */
    DELIVERY(4);

    private final int threads;

    WorkQueue(int threads) {
        this.threads = threads;
    }

    /** The most threads that this queue may have; idle ones end. */
    public int threads() {
        return threads;
    }
}
