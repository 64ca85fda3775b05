package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.LogLine;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.LogEnd;
import io.jenkins.plugins.gitpod.engine.LogSink;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildLogs;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.Update;
import io.jenkins.plugins.gitpod.options.Logs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Prints the log of one prebuild in the logs of the builds that wait for it, as each of them wants. Gitpod keeps the log only as
 * long as the prebuild's environment. So the last lines are read when the environment stops, in case the prebuild fails later.
 */
final class LogOutput {

    /** How many lines are printed after a failure. */
    static final int LAST_LINES = 50;

    /** How many lines of a full log are printed; further lines are counted only. */
    static final int MAX_LINES = 20_000;

    /** How many lines may be printed before their number is saved. */
    private static final int LINES_PER_SAVE = 50;

    /** A build that waits for the prebuild. */
    interface Reader {

        /** What the build prints. */
        @NonNull
        Logs logs();

        /** Prints a line. */
        void line(@NonNull String line);
    }

    /** Reads logs: {@link PrebuildLogs#follow}. */
    @FunctionalInterface
    interface Follower {
        PrebuildLogs.Reading follow(PrebuildLogs.Source source, long skip, LogSink sink);
    }

    private final Follower follower;
    private final Connection connection;
    private final TokenSource tokens;
    private final Supplier<? extends Collection<? extends Reader>> readers;
    private final LongConsumer savePosition;

    /** How many lines were printed before a restart. */
    private final long printedBefore;

    @CheckForNull
    private Reading reading;

    @CheckForNull
    private Prebuild lastSeen;

    /**
     * @param readers the builds that wait at present
     * @param printedBefore how many lines of the full log were printed before a restart
     * @param savePosition saves how many lines of the full log may have been printed
     */
    LogOutput(
            @NonNull Follower follower,
            @NonNull Connection connection,
            @NonNull TokenSource tokens,
            @NonNull Supplier<? extends Collection<? extends Reader>> readers,
            long printedBefore,
            @NonNull LongConsumer savePosition) {
        this.follower = follower;
        this.connection = connection;
        this.tokens = tokens;
        this.readers = readers;
        this.printedBefore = printedBefore;
        this.savePosition = savePosition;
    }

    private boolean anyWants(Logs level) {
        return readers.get().stream().anyMatch(reader -> reader.logs() == level);
    }

    /** What the builds are told as well. */
    void update(@NonNull Update update) {
        if (update instanceof Update.PhaseChanged changed) {
            read(changed.prebuild());
        } else if (update instanceof Update.Cancelling cancelling
                && (cancelling.reason() == CancelReason.OVER_TIME
                        || cancelling.reason() == CancelReason.SNAPSHOT_STALLED)) {
            cancelling();
        }
    }

    /** The prebuild was read. */
    void read(@NonNull Prebuild prebuild) {
        synchronized (this) {
            lastSeen = prebuild;
        }
        PrebuildPhase phase = prebuild.status().phase();
        boolean stops = phase == PrebuildPhase.STOPPING || phase == PrebuildPhase.SNAPSHOTTING;
        if (phase == PrebuildPhase.RUNNING || stops) {
            if (anyWants(Logs.FULL)) {
                start(prebuild, printedBefore);
            } else if (stops && anyWants(Logs.ON_FAILURE)) {
                startLast(prebuild);
            }
        }
    }

    private void startLast(Prebuild prebuild) {
        Reading started = start(prebuild, 0);
        if (started != null) {
            started.finish();
        }
    }

    /** The prebuild is cancelled because it takes too long, which is a failure. Its log goes away with its environment. */
    void cancelling() {
        Prebuild prebuild;
        synchronized (this) {
            prebuild = lastSeen;
        }
        if (prebuild != null && anyWants(Logs.ON_FAILURE)) {
            startLast(prebuild);
        }
    }

    /** @return the new reading, or null if there was one already, or the prebuild has no log */
    @CheckForNull
    private Reading start(Prebuild prebuild, long skip) {
        String logUrl = prebuild.status().logUrl();
        Reading started;
        synchronized (this) {
            if (reading != null || logUrl == null) {
                return null;
            }
            started = new Reading(prebuild.id(), skip);
            reading = started;
        }
        started.start(new PrebuildLogs.Source(connection, tokens, prebuild.id(), logUrl));
        return started;
    }

    /** As {@link #ended}, and the task runs even if that fails. It may run twice. */
    void endedOrFailed(@NonNull Outcome outcome, @NonNull Runnable whenPrinted) {
        try {
            ended(outcome, whenPrinted);
        } catch (RuntimeException | Error e) {
            whenPrinted.run();
            throw e;
        }
    }

    /**
     * The request has ended. Prints what is left to print.
     *
     * @param whenPrinted runs once, after that; at once if nothing is left to print
     */
    void ended(@NonNull Outcome outcome, @NonNull Runnable whenPrinted) {
        boolean isFailure = isFailure(outcome);
        if (isFailure && outcome instanceof Outcome.Ended ended && anyWants(Logs.ON_FAILURE)) {
            start(ended.prebuild(), printedBefore);
        }
        Reading current;
        synchronized (this) {
            current = reading;
        }
        if (current == null) {
            whenPrinted.run();
        } else if (isFailure || outcome instanceof Outcome.Ended ended && ended.cancelReason() == null) {
            current.whenEnded(() -> {
                try {
                    if (isFailure) {
                        current.printLast();
                    }
                } finally {
                    whenPrinted.run();
                }
            });
        } else {
            current.stop();
            whenPrinted.run();
        }
    }

    private static boolean isFailure(Outcome outcome) {
        return outcome instanceof Outcome.Ended ended
                        && (ended.prebuild().status().phase() == PrebuildPhase.FAILED
                                || ended.prebuild().status().phase() == PrebuildPhase.COMPLETED
                                        && ended.prebuild().status().warningMessage() != null)
                || outcome instanceof Outcome.OverLimit;
    }

    private void print(Logs level, String line) {
        for (Reader reader : readers.get()) {
            if (reader.logs() == level) {
                reader.line(line);
            }
        }
    }

    /** A line as it is printed. */
    @NonNull
    static String text(@NonNull LogLine line) {
        return switch (line.kind()) {
            case SECTION_START -> Messages.LogOutput_section(line.text());
            case SECTION_END -> Messages.LogOutput_sectionEnd(line.text());
            case TEXT -> Messages.LogOutput_line(line.text());
        };
    }

    /** Why no more lines come. */
    @NonNull
    static String reason(@NonNull LogEnd how) {
        return switch (how) {
            case TOO_SLOW, STOPPED -> Messages.LogOutput_tooSlow();
            case TOO_LONG -> Messages.LogOutput_tooLong();
            case NO_TOKEN -> Messages.LogOutput_noToken();
            case REFUSED -> Messages.LogOutput_refused();
            case UNREACHABLE -> Messages.LogOutput_unreachable();
            case UNREADABLE -> Messages.LogOutput_unreadable();
            default -> Messages.LogOutput_notThere();
        };
    }

    /** The one read of the log, and its last lines. */
    private final class Reading implements LogSink {

        private final String prebuildId;
        private final long skip;
        private final Deque<LogLine> last = new ArrayDeque<>();
        private final List<Runnable> whenEnded = new ArrayList<>();
        private long seen;
        private long saved;
        private boolean finishes;

        @CheckForNull
        private LogEnd end;

        @CheckForNull
        private PrebuildLogs.Reading handle;

        Reading(String prebuildId, long skip) {
            this.prebuildId = prebuildId;
            this.skip = skip;
            this.seen = skip;
            this.saved = skip;
        }

        void start(PrebuildLogs.Source source) {
            PrebuildLogs.Reading started = follower.follow(source, skip, this);
            boolean isFinishing;
            synchronized (this) {
                handle = started;
                isFinishing = finishes;
            }
            if (isFinishing) {
                started.finish();
            }
        }

        void finish() {
            PrebuildLogs.Reading current;
            synchronized (this) {
                finishes = true;
                current = handle;
            }
            if (current != null) {
                current.finish();
            }
        }

        void stop() {
            PrebuildLogs.Reading current;
            synchronized (this) {
                current = handle;
            }
            if (current != null) {
                current.stop();
            }
        }

        void whenEnded(Runnable task) {
            synchronized (this) {
                if (end == null) {
                    whenEnded.add(task);
                    task = this::finish;
                }
            }
            task.run();
        }

        @Override
        public void line(LogLine line) {
            synchronized (last) {
                last.add(line);
                if (last.size() > LAST_LINES) {
                    last.remove();
                }
            }
            seen++;
            if (seen <= MAX_LINES && anyWants(Logs.FULL)) {
                // Saved before the lines are printed: after a crash some may be missing, but none is printed twice.
                if (seen > saved) {
                    saved = seen + LINES_PER_SAVE - 1;
                    savePosition.accept(saved);
                }
                print(Logs.FULL, text(line));
            }
        }

        @Override
        public void ended(LogEnd how) {
            if (how != LogEnd.STOPPED) {
                if (seen > MAX_LINES) {
                    print(Logs.FULL, Messages.LogOutput_more(String.valueOf(seen - MAX_LINES)));
                }
                if (how != LogEnd.COMPLETE) {
                    print(Logs.FULL, Messages.LogOutput_incomplete(prebuildId, reason(how)));
                }
            }
            List<Runnable> tasks;
            synchronized (this) {
                end = how;
                tasks = List.copyOf(whenEnded);
            }
            tasks.forEach(Runnable::run);
        }

        /** Prints the last lines in the logs of the builds that want them after a failure. */
        void printLast() {
            List<LogLine> lines;
            synchronized (last) {
                lines = List.copyOf(last);
            }
            LogEnd how;
            synchronized (this) {
                how = end == null ? LogEnd.TOO_SLOW : end;
            }
            if (lines.isEmpty()) {
                print(Logs.ON_FAILURE, Messages.LogOutput_none(prebuildId, reason(how)));
            } else {
                print(Logs.ON_FAILURE, Messages.LogOutput_last(prebuildId, String.valueOf(lines.size())));
                lines.forEach(line -> print(Logs.ON_FAILURE, text(line)));
            }
        }
    }
}
