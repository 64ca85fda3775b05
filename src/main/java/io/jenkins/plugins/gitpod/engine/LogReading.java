package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.LogFailure;
import io.jenkins.plugins.gitpod.api.LogLine;
import io.jenkins.plugins.gitpod.api.PrebuildLog;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One log that is read, with as many attempts as it takes. */
final class LogReading implements PrebuildLogs.Reading {

    private static final Logger LOGGER = Logger.getLogger(LogReading.class.getName());

    /** How long the rest of the log may take after the prebuild has ended. */
    static final Duration REST = Duration.ofSeconds(10);

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
    private final Opener opener;
    private final PrebuildLogs.Sink sink;
    private final Backoff backoff = new Backoff(SHORTEST_PAUSE, LONGEST_PAUSE);

    /** How many lines were told. Used by the thread that reads only. */
    private long told;

    private int refusals;

    private boolean finishing;
    private boolean over;
    private boolean telling;
    private int failuresOfRest;

    @CheckForNull
    private Read current;

    /** Until the next attempt, or null if one is running or waiting for a thread. */
    @CheckForNull
    private EngineRuntime.Timer pause;

    LogReading(EngineRuntime runtime, Opener opener, long skip, PrebuildLogs.Sink sink) {
        this.runtime = runtime;
        this.opener = opener;
        this.told = skip;
        this.sink = sink;
    }

    void start() {
        synchronized (this) {
            pause = null;
        }
        runtime.executor(WorkQueue.LOG).execute(this::attempt);
    }

    @Override
    public void finish() {
        boolean isPausing;
        synchronized (this) {
            if (finishing || over) {
                return;
            }
            finishing = true;
            isPausing = pause != null;
            if (isPausing) {
                pause.cancel();
            }
        }
        if (isPausing) {
            start();
        }
        // The receiver may hang: the timer's thread must not wait for it.
        Runnable giveUp = () -> runtime.executor(WorkQueue.DELIVERY).execute(() -> end(LogEnd.TOO_SLOW));
        runtime.schedule(REST, () -> {
            close();
            if (isTelling()) {
                runtime.schedule(LAST_LINE, giveUp);
            } else {
                giveUp.run();
            }
        });
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
        if (isOver()) {
            return;
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
            use(null);
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
    private synchronized boolean use(@Nullable Read read) {
        current = read;
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
