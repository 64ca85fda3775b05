package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One watcher's ear for Gitpod's events. It is never needed: whatever goes wrong with it costs a line in the log at FINE
 * and some time until the next try, while the watcher reads as if there were no stream. It is trusted only once it has
 * spoken of a prebuild that is watched, and no longer if it keeps silent about what reading finds out.
 */
final class EventSubscription {

    private static final Logger LOGGER = Logger.getLogger(EventSubscription.class.getName());

    /**
     * From this age on, a stream that is not open yet is held to what it does not say. It is not closed for that alone:
     * standard Connect servers send the head of their answer only with the first event.
     */
    private static final Duration OPENING = Duration.ofSeconds(30);

    /** After this time without an answer, the stream is closed; about the limit of the connection's silence. */
    private static final Duration MAX_OPENING = Duration.ofMinutes(15);

    private static final Duration NO_PLACE = Duration.ofSeconds(30);

    /** After an error: 1 s, 5 s, 25 s, and then minutes, up to the longest pause. A good life begins anew. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final int PAUSE_GROWTH = 5;

    /** After a stream that kept silent about a change; doubled with each one. */
    private static final Duration FIRST_MISTRUST = Duration.ofMinutes(1);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    /** Where Gitpod offers no stream, it will hardly offer one soon. */
    private static final Duration REFUSED_PAUSE = Duration.ofMinutes(30);

    /**
     * A stream that lasted so long has worked, whatever it said: the next one is opened at once, and errors before it are
     * forgotten. Load balancers cut quiet connections after 30 seconds or more. A server that ends each stream at once,
     * perhaps after an event, is asked less and less often.
     */
    private static final Duration GOOD_LIFE = Duration.ofSeconds(20);

    /** A change may be read just before its event comes: so many are forgiven. */
    private static final int FORGIVEN = 1;

    /** Who is told. Called with no lock of this class held. */
    interface Ear {
        void hint(PrebuildEvent event);

        /** Whether this prebuild is watched, so that hearing of it proves something. */
        boolean isWatched(String prebuildId);

        /** What was trusted has ended: from now on only reading tells. */
        void deaf();

        /** A stream is open again that was good before: what happened in between has to be read. */
        void hearsAgain();
    }

    private final EventSource source;
    private final StreamPlaces places;
    private final EngineRuntime runtime;
    private final Ear ear;
    private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, PAUSE_GROWTH);
    private final Backoff mistrust = new Backoff(FIRST_MISTRUST, LONGEST_PAUSE);

    private boolean wanted;
    private boolean closed;

    /** The stream being opened or open, or null. */
    @CheckForNull
    private Listening current;

    @CheckForNull
    private EngineRuntime.Timer nextTry;

    private boolean spokeBefore;
    private volatile boolean trusted;

    EventSubscription(EventSource source, StreamPlaces places, EngineRuntime runtime, Ear ear) {
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
        boolean wasTrusted;
        synchronized (this) {
            Listening now = current;
            if (now == null || now.tellsSince() - since > 0) {
                return;
            }
            now.misses++;
            if (now.spoke && now.misses <= FORGIVEN) {
                return;
            }
            LOGGER.log(Level.FINE, "The Gitpod event stream keeps silent about changes; reading continues without it");
            wasTrusted = trusted;
            ends = end();
            spokeBefore = false;
            tryAgainAfter(mistrust.next(runtime.random()));
        }
        if (ends != null) {
            ends.close();
            if (wasTrusted) {
                ear.deaf();
            }
        }
    }

    /** Takes the stream out of use. Under the lock; the caller closes it. */
    @CheckForNull
    private Listening end() {
        Listening ends = current;
        if (ends != null) {
            current = null;
            trusted = false;
            ends.cancelOpening();
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
            runtime.lane(WorkQueue.WATCH).execute(() -> next.ended(UnexpectedFailures.failedCall("WatchEvents", e)));
            return;
        }
        next.opening = runtime.schedule(MAX_OPENING, next::giveUpOpening);
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
        if (lived.compareTo(GOOD_LIFE) >= 0) {
            backoff.reset();
            if (e == null || isCut(e)) {
                return Duration.ZERO;
            }
        }
        Duration pause = backoff.next(runtime.random());
        Duration asked = e == null ? pause : e.retryAfter().orElse(pause);
        return asked.compareTo(pause) > 0 ? spread(asked) : pause;
    }

    /** Whether the connection ended without a word, as quiet ones do. */
    private static boolean isCut(GitpodException e) {
        return e.delivery() == Delivery.UNCLEAR && (e.kind() == Kind.CONNECTION_LOST || e.kind() == Kind.CALL_TIMEOUT);
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

        @CheckForNull
        private EngineRuntime.Timer opening;

        private boolean open;
        private long openedAt;
        private boolean spoke;
        private int misses;

        /** What happens from then on should be heard. */
        private long tellsSince() {
            return open ? openedAt : begun + OPENING.toNanos();
        }

        @Override
        public void opened() {
            boolean again;
            synchronized (EventSubscription.this) {
                if (current != this) {
                    return;
                }
                open = true;
                cancelOpening();
                openedAt = runtime.nanoTime();
                again = spokeBefore;
                trusted = spokeBefore;
                LOGGER.log(Level.FINE, "Listening to Gitpod''s events");
            }
            if (again) {
                ear.hearsAgain();
            }
        }

        @Override
        public void event(PrebuildEvent event) {
            boolean watched = ear.isWatched(event.prebuildId());
            synchronized (EventSubscription.this) {
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
            boolean wasTrusted;
            synchronized (EventSubscription.this) {
                if (current != this) {
                    return;
                }
                wasTrusted = trusted;
                end();
                Duration pause = pauseAfter(this, e);
                LOGGER.log(Level.FINE, "No Gitpod event stream, next try in " + pause, e);
                tryAgainAfter(pause);
            }
            if (wasTrusted) {
                ear.deaf();
            }
        }

        private void cancelOpening() {
            if (opening != null) {
                opening.cancel();
                opening = null;
            }
        }

        private void giveUpOpening() {
            synchronized (EventSubscription.this) {
                if (current != this || open) {
                    return;
                }
                end();
                LOGGER.log(Level.FINE, "No Gitpod event stream within {0}", MAX_OPENING);
                tryAgainAfter(mistrust.next(runtime.random()));
            }
            close();
        }

        private void close() {
            AutoCloseable ends = stream;
            if (ends != null) {
                try {
                    ends.close();
                } catch (Exception e) {
                    LOGGER.log(
                            Level.FINE, "Could not close a Gitpod event stream", UnexpectedFailures.withoutMessage(e));
                }
            }
        }
    }
}
