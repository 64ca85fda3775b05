package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One watcher's subscription to Gitpod's events. The watcher works without it: whatever goes wrong is logged at FINE and
 * leads to another try later, while the watcher reads as if there were no stream. A stream counts as reliable once it
 * has reported a watched prebuild, until a read finds a change that it did not report.
 */
final class EventSubscription {

    private static final Logger LOGGER = Logger.getLogger(EventSubscription.class.getName());

    /**
     * From this age on, a stream that is not open yet is expected to tell changes. It is not closed for that alone:
     * standard Connect servers send the head of their answer only with the first event.
     */
    private static final Duration OPEN_DEADLINE = Duration.ofSeconds(30);

    /** After this time without an answer, the stream is closed; about the limit of the connection's silence. */
    private static final Duration MAX_OPENING = Duration.ofMinutes(15);

    /** The wait for a permit when all streams are in use. */
    private static final Duration NO_PERMIT_PAUSE = Duration.ofSeconds(30);

    /** After errors: 1 s, 5 s, 25 s, and then minutes, up to the maximum. A stream that lasted begins anew. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final int PAUSE_GROWTH = 5;

    /** After a stream that did not tell a change; doubled with each one. */
    private static final Duration FIRST_UNRELIABLE_PAUSE = Duration.ofMinutes(1);

    private static final Duration MAX_PAUSE = Duration.ofMinutes(10);

    /** Where Gitpod offers no stream, it will hardly offer one soon. */
    private static final Duration REFUSED_PAUSE = Duration.ofMinutes(30);

    /**
     * A stream that lasted so long has worked, whatever it told: the next one is opened at once, and errors before it are
     * forgotten. Load balancers cut quiet connections after 30 seconds or more. A server that ends each stream at once,
     * perhaps after an event, is asked less and less often.
     */
    private static final Duration STABLE_AGE = Duration.ofSeconds(20);

    /** How many missed changes are tolerated. */
    private static final int MAX_MISSED = 1;

    /** Is told of events. Called without any lock of this class. */
    interface Listener {
        void onEvent(PrebuildEvent event);

        /** Whether this prebuild is watched, so that an event of it shows that the stream works. */
        boolean isWatched(String prebuildId);

        /** A reliable stream has ended: from now on only reading finds changes. */
        void onLost();

        /** A stream is open again after a reliable one: what happened in between has to be read. */
        void onReopened();
    }

    private final EventSource source;
    private final Semaphore permits;
    private final EngineRuntime runtime;
    private final Listener listener;
    private final Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE, PAUSE_GROWTH);
    private final Backoff unreliableBackoff = new Backoff(FIRST_UNRELIABLE_PAUSE, MAX_PAUSE);

    private boolean started;
    private boolean closed;

    /** The stream that is being opened or open, or null. */
    @CheckForNull
    private OpenStream current;

    @CheckForNull
    private EngineRuntime.Timer nextTry;

    /** Whether the stream before was reliable when it ended without a missed change. */
    private boolean wasReliable;

    private volatile boolean reliable;

    /** @param permits one for each event stream that may be open */
    EventSubscription(EventSource source, Semaphore permits, EngineRuntime runtime, Listener listener) {
        this.source = source;
        this.permits = permits;
        this.runtime = runtime;
        this.listener = listener;
    }

    /** Whether changes are told by events. */
    boolean isReliable() {
        return reliable;
    }

    /** At least one prebuild is watched. */
    synchronized void start() {
        if (!closed && !started) {
            started = true;
            if (nextTry == null) {
                open();
            }
        }
    }

    /** Nothing is watched. A try that is scheduled stays so, so that a bad stream is not tried more often. */
    void stop() {
        OpenStream ends;
        synchronized (this) {
            started = false;
            ends = end();
        }
        if (ends != null) {
            ends.close();
        }
    }

    void close() {
        OpenStream ends;
        synchronized (this) {
            closed = true;
            started = false;
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
     * Reading has found a change of which no event has told. Among many prebuilds some are always read just after they
     * change, so that says nothing of the stream unless the event does not come.
     *
     * @param since the time before which it had not happened yet
     */
    synchronized void changeMissed(String prebuildId, long since) {
        OpenStream now = current;
        if (now != null && now.tellsSince() - since <= 0) {
            now.expect(prebuildId);
        }
    }

    /** Takes the stream out of use. Under the lock; the caller closes it. */
    @CheckForNull
    private OpenStream end() {
        OpenStream ends = current;
        if (ends != null) {
            current = null;
            reliable = false;
            ends.cancelOpening();
            permits.release();
        }
        return ends;
    }

    private void open() {
        if (!started || closed || current != null) {
            return;
        }
        if (!permits.tryAcquire()) {
            tryAgainAfter(withJitter(NO_PERMIT_PAUSE));
            return;
        }
        OpenStream next = new OpenStream();
        current = next;
        try {
            next.stream = source.listen(next);
        } catch (RuntimeException | Error e) {
            runtime.executor(WorkQueue.WATCH)
                    .execute(() -> next.ended(UnexpectedFailures.failedCall("WatchEvents", e)));
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

    /** The pause and up to half of it more. */
    private Duration withJitter(Duration pause) {
        return pause.plus(Duration.ofNanos((long) (pause.toNanos() * 0.5 * runtime.random())));
    }

    private Duration pauseAfter(OpenStream ended, @Nullable GitpodException e) {
        if (e != null && isRefusal(e)) {
            return withJitter(REFUSED_PAUSE);
        }
        Duration lasted = Duration.ofNanos(runtime.nanoTime() - ended.begun);
        if (lasted.compareTo(STABLE_AGE) >= 0) {
            backoff.reset();
            if (e == null || isCut(e)) {
                return Duration.ZERO;
            }
        }
        Duration pause = backoff.next(runtime.random());
        Duration asked = e == null ? pause : e.retryAfter().orElse(pause);
        return asked.compareTo(pause) > 0 ? withJitter(asked) : pause;
    }

    /** Whether the connection ended without an answer, as quiet ones do. */
    private static boolean isCut(GitpodException e) {
        return e.delivery() == Delivery.UNCLEAR && (e.kind() == Kind.CONNECTION_LOST || e.kind() == Kind.CALL_TIMEOUT);
    }

    private static boolean isRefusal(GitpodException e) {
        return e.code() == ErrorCode.UNIMPLEMENTED
                || switch (RetryPolicy.read(e)) {
                    case FINAL, NOT_FOUND -> true;
                    case UNEXPECTED -> e.httpStatus() != 0; // a page instead of a stream, a redirect, an odd answer
                    default -> false;
                };
    }

    /** One stream. What it tells after it was taken out of use is ignored. */
    private final class OpenStream implements EventSource.Listener {

        private final long begun = runtime.nanoTime();

        @CheckForNull
        private volatile AutoCloseable stream;

        @CheckForNull
        private EngineRuntime.Timer opening;

        private boolean open;
        private long openedAt;

        /** Whether it has told of a prebuild that is watched. */
        private boolean reportedWatched;

        private final ExpectedEvents expected = new ExpectedEvents();
        private boolean checking;

        /** How many changes it did not tell since it last told of a prebuild that is watched. */
        private int missed;

        /** Changes after this time should be told. */
        private long tellsSince() {
            return open ? openedAt : begun + OPEN_DEADLINE.toNanos();
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
                again = wasReliable;
                reliable = wasReliable;
                LOGGER.log(Level.FINE, "Listening to Gitpod''s events");
            }
            if (again) {
                listener.onReopened();
            }
        }

        @Override
        public void event(PrebuildEvent event) {
            boolean watched = listener.isWatched(event.prebuildId());
            synchronized (EventSubscription.this) {
                if (current != this) {
                    return;
                }
                expected.remove(event.prebuildId()); // which is not watched any more if it was an end
                if (watched) {
                    reportedWatched = true;
                    wasReliable = true;
                    reliable = true;
                    missed = 0;
                }
            }
            if (watched) {
                listener.onEvent(event);
            }
        }

        @Override
        public void ended(@Nullable GitpodException e) {
            boolean lost;
            synchronized (EventSubscription.this) {
                if (current != this) {
                    return;
                }
                lost = reliable;
                end();
                Duration pause = pauseAfter(this, e);
                LOGGER.log(Level.FINE, "No Gitpod event stream, next try in " + pause, e);
                tryAgainAfter(pause);
            }
            if (lost) {
                listener.onLost();
            }
        }

        /** Under the lock. */
        private void expect(String prebuildId) {
            expected.add(prebuildId, runtime.nanoTime());
            checkWhenOverdue();
        }

        /** Under the lock. */
        private void checkWhenOverdue() {
            Duration wait = checking ? null : expected.untilOverdue(runtime.nanoTime());
            if (wait != null) {
                checking = true;
                runtime.schedule(wait, this::checkExpected);
            }
        }

        /** Gives the stream up if events have not come. */
        private void checkExpected() {
            boolean lost;
            synchronized (EventSubscription.this) {
                checking = false;
                if (current != this) {
                    return;
                }
                int overdue = expected.takeOverdue(runtime.nanoTime());
                missed += overdue;
                if (overdue == 0 || (reportedWatched && missed <= MAX_MISSED)) {
                    checkWhenOverdue();
                    return;
                }
                LOGGER.log(Level.FINE, "The Gitpod event stream does not tell changes; reading continues without it");
                lost = reliable;
                end();
                wasReliable = false;
                tryAgainAfter(unreliableBackoff.next(runtime.random()));
            }
            close();
            if (lost) {
                listener.onLost();
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
                tryAgainAfter(unreliableBackoff.next(runtime.random()));
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
