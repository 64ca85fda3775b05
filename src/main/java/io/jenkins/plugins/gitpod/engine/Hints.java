package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One watcher's ear for Gitpod's events. It is never needed: whatever goes wrong with it costs a line in the log at FINE
 * and some time until the next try, while the watcher reads as if there were no stream. It is trusted only once it has
 * spoken of a prebuild that is watched, and no longer if it keeps silent about what reading finds out.
 */
final class Hints {

    private static final Logger LOGGER = Logger.getLogger(Hints.class.getName());

    /** For what a stream needs to be opened; it has no other limit. */
    private static final Duration OPENING = Duration.ofSeconds(30);

    /** When all places are taken, or the last stream ended well. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private static final Duration NO_PLACE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    /** Where there is no stream to be had, there will hardly be one soon. */
    private static final Duration REFUSED_PAUSE = Duration.ofMinutes(30);

    /** A stream that lasted so long and spoke has earned another one soon. */
    private static final Duration GOOD_LIFE = Duration.ofMinutes(1);

    /** A change may be read just before its event comes: so many are forgiven. */
    private static final int FORGIVEN = 1;

    /** Who is told. Called with no lock of this class held. */
    interface Ear {
        void hint(PrebuildEvent event);

        /** Whether this prebuild is watched, so that hearing of it proves something. */
        boolean isWatched(String prebuildId);

        /** From now on only reading tells. */
        void deaf();
    }

    private final EventSource source;
    private final StreamPlaces places;
    private final EngineRuntime runtime;
    private final Ear ear;
    private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);

    private boolean wanted;
    private boolean closed;

    /** The stream being opened or open, or null. */
    @CheckForNull
    private Listening current;

    @CheckForNull
    private EngineRuntime.Timer nextTry;

    private boolean spokeBefore;
    private volatile boolean trusted;

    Hints(EventSource source, StreamPlaces places, EngineRuntime runtime, Ear ear) {
        this.source = source;
        this.places = places;
        this.runtime = runtime;
        this.ear = ear;
    }

    /** Whether what happens is surely heard. */
    boolean trusted() {
        return trusted;
    }

    /** Something is watched. */
    synchronized void want() {
        if (!closed && !wanted) {
            wanted = true;
            if (nextTry == null) {
                open();
            }
        }
    }

    /** Nothing is watched any longer. A try that is due later stays due, so that a bad stream is not tried more often. */
    void unwant() {
        Listening ends;
        synchronized (this) {
            wanted = false;
            ends = end();
        }
        if (ends != null) {
            ends.close();
        }
    }

    void close() {
        Listening ends;
        synchronized (this) {
            closed = true;
            wanted = false;
            if (nextTry != null) {
                nextTry.cancel();
                nextTry = null;
            }
            ends = end();
        }
        if (ends != null) {
            ends.close();
        }
    }

    /**
     * Reading has found a change of which the stream has said nothing.
     *
     * @param since the time before which it had not happened yet
     */
    void missed(long since) {
        Listening ends;
        synchronized (this) {
            Listening now = current;
            if (now == null || !now.open || now.openedAt - since > 0) {
                return;
            }
            now.misses++;
            if (now.spoke && now.misses <= FORGIVEN) {
                return;
            }
            LOGGER.log(Level.FINE, "The Gitpod event stream keeps silent about changes; reading goes on without it");
            ends = end();
            spokeBefore = false;
            tryAgainAfter(backoff.next(runtime.random()));
        }
        if (ends != null) {
            ends.close();
            ear.deaf();
        }
    }

    /** Takes the stream out of use. Under the lock; the caller closes it. */
    @CheckForNull
    private Listening end() {
        Listening ends = current;
        if (ends != null) {
            current = null;
            trusted = false;
            places.giveBack();
        }
        return ends;
    }

    private void open() {
        if (!wanted || closed || current != null) {
            return;
        }
        if (!places.take()) {
            tryAgainAfter(spread(NO_PLACE));
            return;
        }
        Listening next = new Listening();
        current = next;
        try {
            next.stream = source.listen(next);
        } catch (RuntimeException | Error e) {
            runtime.lane(Lane.WATCH).execute(() -> next.ended(Defects.failedCall("WatchEvents", e)));
            return;
        }
        runtime.schedule(OPENING, next::giveUpOpening);
    }

    private void tryAgainAfter(Duration pause) {
        nextTry = runtime.schedule(pause, () -> {
            synchronized (this) {
                nextTry = null;
                open();
            }
        });
    }

    private Duration spread(Duration pause) {
        return pause.plus(Duration.ofNanos((long) (pause.toNanos() * 0.5 * runtime.random())));
    }

    private Duration pauseAfter(Listening ended, @Nullable GitpodException e) {
        if (e != null && isRefusal(e)) {
            return spread(REFUSED_PAUSE);
        }
        Duration lived = Duration.ofNanos(runtime.nanoTime() - ended.begun);
        if (ended.spoke && lived.compareTo(GOOD_LIFE) >= 0) {
            backoff.reset();
            return spread(SOON);
        }
        Duration pause = backoff.next(runtime.random());
        Duration asked = e == null ? pause : e.retryAfter().orElse(pause);
        return asked.compareTo(pause) > 0 ? spread(asked) : pause;
    }

    private static boolean isRefusal(GitpodException e) {
        return e.code() == ErrorCode.UNIMPLEMENTED
                || switch (RetryPolicy.read(e)) {
                    case FINAL, NOT_FOUND -> true;
                    case SUSPECT -> e.httpStatus() != 0; // a page instead of a stream, a redirect, an odd answer
                    default -> false;
                };
    }

    /** One stream's life. What it says after it was taken out of use is not heard. */
    private final class Listening implements EventSource.Listener {

        private final long begun = runtime.nanoTime();

        @CheckForNull
        private volatile AutoCloseable stream;

        private boolean open;
        private long openedAt;
        private boolean spoke;
        private int misses;

        @Override
        public void opened() {
            synchronized (Hints.this) {
                if (current == this) {
                    open = true;
                    openedAt = runtime.nanoTime();
                    trusted = spokeBefore;
                    LOGGER.log(Level.FINE, "Listening to Gitpod''s events");
                }
            }
        }

        @Override
        public void event(PrebuildEvent event) {
            boolean watched = ear.isWatched(event.prebuildId());
            synchronized (Hints.this) {
                if (current != this) {
                    return;
                }
                if (watched) {
                    spoke = true;
                    spokeBefore = true;
                    trusted = true;
                    misses = 0;
                }
            }
            if (watched) {
                ear.hint(event);
            }
        }

        @Override
        public void ended(@Nullable GitpodException e) {
            synchronized (Hints.this) {
                if (current != this) {
                    return;
                }
                end();
                Duration pause = pauseAfter(this, e);
                LOGGER.log(Level.FINE, "No Gitpod event stream, next try in " + pause, e);
                tryAgainAfter(pause);
            }
            ear.deaf();
        }

        private void giveUpOpening() {
            synchronized (Hints.this) {
                if (current != this || open) {
                    return;
                }
                end();
                LOGGER.log(Level.FINE, "No Gitpod event stream within {0}", OPENING);
                tryAgainAfter(backoff.next(runtime.random()));
            }
            close();
        }

        private void close() {
            AutoCloseable ends = stream;
            if (ends != null) {
                try {
                    ends.close();
                } catch (Exception e) {
                    LOGGER.log(Level.FINE, "Could not close a Gitpod event stream", Defects.withoutMessage(e));
                }
            }
        }
    }
}
