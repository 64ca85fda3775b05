package io.jenkins.plugins.gitpod.engine;

/** A kind of work. Each has a limit of threads of its own, so that one kind that hangs does not hold up another. */
public enum WorkQueue {
    /** Steps of the state machines and their saves: short. */
    STATE(2),
    /** Look-ups of tokens, in which a credentials provider may hang. */
    CREDENTIALS(4),
    /** Calls that are needed before a request is made: which project, which prebuilds are running. */
    LOOK_UP(4),
    /** Create calls, and look-ups of lost ones. */
    CREATE(8),
    /** The read calls of the watchers. */
    WATCH(8),
    /** Cancel calls, which do not wait for creates or reads. */
    CANCEL(8),
    /** What arrives on the event streams of all tokens: short. A name look-up for a new stream may last. */
    STREAM(4),
    /** Reads of prebuilds' logs, each for as long as its prebuild runs. */
    LOG(20),
    /** Reads of the rest of a log after the prebuild has ended, for which a build waits. They take seconds. */
    LOG_REST(20),
    /** Reads of logs that a page shows. They take seconds, and no build waits for them. */
    LOG_PAGE(4),
    /** Calls of listeners from other plugins, at most one at a time for each listener. They may use a network of their own. */
    LISTENER(20),
    /**
     * Calls of observers: console output, saved results, ends of steps. Each build may have a log store or a disk of its
     * own that hangs, and then holds one thread. Only then are there more than a few.
     */
    DELIVERY(100);

    private final int threads;

    WorkQueue(int threads) {
        this.threads = threads;
    }

    /** The maximum number of threads of this queue; idle ones end. */
    public int threads() {
        return threads;
    }
}
