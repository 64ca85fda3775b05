package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.LogFailure;
import io.jenkins.plugins.gitpod.api.LogLine;
import io.jenkins.plugins.gitpod.api.PrebuildLog;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One log that is read, with as many attempts as it takes. */
final class LogReading implements PrebuildLogs.Reading {

    private static final Logger LOGGER = Logger.getLogger(LogReading.class.getName());

    /** How long the rest of the log may take after the prebuild has ended. */
    static final Duration REST = Duration.ofSeconds(10);

    /** How long no line may come during that time. A host that hangs holds up the end of a build no longer. */
    static final Duration NO_LINE = Duration.ofSeconds(4);

    /** How long the receiver of a last line may take after that. */
    static final Duration LAST_LINE = Duration.ofSeconds(2);

    /** Gitpod's own client tries three times after a second. */
    private static final int MAX_FAILURES_OF_REST = 3;

    private static final int MAX_REFUSALS = 2;
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** Opens the log. May block. */
    @FunctionalInterface
    interface Opener {
        Read open() throws TokenUnavailableException, GitpodException, LogFailure;
    }

    /** One attempt to read the log from its first line. */
    interface Read {
        PrebuildLog.End read(PrebuildLog.Lines lines) throws LogFailure;

        /** Ends the read, from any thread. */
        void close();
    }

    private final EngineRuntime runtime;
    private final WorkQueue queue;
    private final WorkQueue queueOfRest;
    private final Opener opener;
    private final LogSink sink;
    private final Backoff backoff = new Backoff(SHORTEST_PAUSE, LONGEST_PAUSE);

    /** How many lines were told. Used by the thread that reads only. */
    private long told;

    /** How many lines were read by all attempts. */
    private final AtomicLong linesRead = new AtomicLong();

    private int refusals;

    /** Whether an attempt waits for a thread. */
    private boolean waiting;

    private boolean attempting;

    private boolean finishing;
    private boolean over;
    private boolean telling;
    private int failuresOfRest;

    @CheckForNull
    private Read current;

    /** Until the next attempt, or null if one is running or waiting for a thread. */
    @CheckForNull
    private EngineRuntime.Timer pause;

    /** @param queueOfRest where it is read after {@link #finish} */
    LogReading(EngineRuntime runtime, WorkQueue queue, WorkQueue queueOfRest, Opener opener, long skip, LogSink sink) {
        this.runtime = runtime;
        this.queue = queue;
        this.queueOfRest = queueOfRest;
        this.opener = opener;
        this.told = skip;
        this.sink = sink;
    }

    void start() {
        boolean isRest;
        synchronized (this) {
            pause = null;
            waiting = true;
            isRest = finishing;
        }
        runtime.executor(isRest ? queueOfRest : queue).execute(this::attempt);
    }

    @Override
    public void finish() {
        boolean isWaiting;
        synchronized (this) {
            if (finishing || over) {
                return;
            }
            finishing = true;
            if (pause != null) {
                pause.cancel();
                pause = null;
                waiting = true;
            }
            isWaiting = waiting;
        }
        if (isWaiting) {
            // Whichever queue has a thread first: the other one then finds nothing to do.
            runtime.executor(queueOfRest).execute(this::attempt);
        }
        limit(REST);
    }

    /** Ends the read if no line comes, or after this time. */
    private void limit(Duration left) {
        long readBefore = linesRead.get();
        Duration next = left.compareTo(NO_LINE) < 0 ? left : NO_LINE;
        runtime.schedule(next, () -> {
            Duration later = left.minus(next);
            if (linesRead.get() == readBefore || later.isZero()) {
                giveUp();
            } else if (!isOver()) {
                limit(later);
            }
        });
    }

    private void giveUp() {
        close();
        // The receiver may hang: the timer's thread must not wait for it.
        Runnable end = () -> runtime.executor(WorkQueue.DELIVERY).execute(() -> end(LogEnd.TOO_SLOW));
        if (isTelling()) {
            runtime.schedule(LAST_LINE, end);
        } else {
            end.run();
        }
    }

    @Override
    public void stop() {
        close();
        end(LogEnd.STOPPED);
    }

    private synchronized boolean isTelling() {
        return telling;
    }

    private void close() {
        Read read;
        synchronized (this) {
            read = current;
        }
        if (read != null) {
            read.close();
        }
    }

    private void attempt() {
        synchronized (this) {
            if (over || attempting || !waiting) {
                return;
            }
            waiting = false;
            attempting = true;
        }
        try {
            Read read = opener.open();
            if (!use(read)) {
                read.close();
                return;
            }
            long[] seen = {0};
            PrebuildLog.End end = read.read(line -> {
                seen[0]++;
                linesRead.incrementAndGet();
                return seen[0] <= told || deliver(line);
            });
            backoff.reset();
            refusals = 0;
            switch (end) {
                case COMPLETE -> end(LogEnd.COMPLETE);
                case TOO_LONG -> end(LogEnd.TOO_LONG);
                default -> again(LogEnd.UNREACHABLE);
            }
        } catch (LogFailure e) {
            failed(e);
        } catch (TokenUnavailableException e) {
            end(LogEnd.NO_TOKEN);
        } catch (GitpodException e) {
            if (RetryPolicy.read(e) == RetryPolicy.Decision.FINAL) {
                end(LogEnd.NO_TOKEN);
            } else {
                again(LogEnd.UNREACHABLE);
            }
        } catch (RuntimeException | Error e) {
            LOGGER.log(
                    Level.WARNING, "Reading the log of a Gitpod prebuild failed", UnexpectedFailures.withoutMessage(e));
            end(LogEnd.UNREADABLE);
        } finally {
            synchronized (this) {
                current = null;
                attempting = false;
            }
        }
    }

    private void failed(LogFailure e) {
        switch (e.kind()) {
            case UNREADABLE -> end(LogEnd.UNREADABLE);
            case REFUSED -> {
                refusals++;
                if (refusals >= MAX_REFUSALS) {
                    end(LogEnd.REFUSED);
                } else {
                    again(LogEnd.REFUSED);
                }
            }
            case NOT_THERE -> {
                if (isFinishing()) {
                    // What was told is all there was, unless it was nothing.
                    end(told > 0 ? LogEnd.COMPLETE : LogEnd.NOT_THERE);
                } else {
                    again(LogEnd.NOT_THERE);
                }
            }
            default -> again(LogEnd.UNREACHABLE);
        }
    }

    private void again(LogEnd otherwise) {
        boolean isGivenUp;
        synchronized (this) {
            isGivenUp = finishing && ++failuresOfRest >= MAX_FAILURES_OF_REST;
        }
        if (isGivenUp) {
            end(otherwise);
        } else {
            Duration length = isFinishing() ? SHORTEST_PAUSE : backoff.next(runtime.random());
            synchronized (this) {
                pause = runtime.schedule(length, this::start);
            }
        }
    }

    private boolean deliver(String line) {
        synchronized (this) {
            if (over) {
                return false;
            }
            telling = true;
        }
        try {
            sink.line(LogLine.parse(line));
            told++;
        } finally {
            synchronized (this) {
                telling = false;
            }
        }
        return !isOver();
    }

    private synchronized boolean isOver() {
        return over;
    }

    private synchronized boolean isFinishing() {
        return finishing;
    }

    /** @return false if the reading is over */
    private synchronized boolean use(Read attempt) {
        current = attempt;
        return !over;
    }

    private void end(LogEnd how) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        sink.ended(how);
    }
}
