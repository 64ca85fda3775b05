package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.LogFailure;
import io.jenkins.plugins.gitpod.api.LogFailures;
import io.jenkins.plugins.gitpod.api.LogLine;
import io.jenkins.plugins.gitpod.api.PrebuildLog.End;
import io.jenkins.plugins.gitpod.api.PrebuildLog.Lines;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** The attempts to read one log, in simulated time. */
class LogReadingTest {

    private final SimulatedRuntime runtime = new SimulatedRuntime();
    private final Queue<LogReading.Opener> attempts = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final List<LogEnd> ends = new ArrayList<>();
    private int opened;

    private final LogSink sink = new LogSink() {
        @Override
        public void line(LogLine line) {
            told.add(line.text());
        }

        @Override
        public void ended(LogEnd how) {
            ends.add(how);
        }
    };

    private LogReading follow(long skip) {
        LogReading reading = new LogReading(runtime, WorkQueue.LOG, WorkQueue.LOG_REST, this::next, skip, sink);
        reading.start();
        return reading;
    }

    private LogReading.Read next() throws TokenUnavailableException, GitpodException, LogFailure {
        opened++;
        LogReading.Opener attempt = attempts.poll();
        return attempt == null ? failing(LogFailure.Kind.TEMPORARY).open() : attempt.open();
    }

    private static LogReading.Opener log(End end, String... lines) {
        return () -> new LogReading.Read() {
            @Override
            public End read(Lines to) {
                for (String line : lines) {
                    if (!to.line(line)) {
                        return End.ENOUGH;
                    }
                }
                return end;
            }

            @Override
            public void close() {}
        };
    }

    private static LogReading.Opener failing(LogFailure.Kind kind) {
        return () -> {
            throw LogFailures.of(kind);
        };
    }

    @Test
    void aLogIsReadToItsEnd() {
        attempts.add(log(End.COMPLETE, "one", "two"));
        follow(0);
        runtime.settle();
        assertThat(told, contains("one", "two"));
        assertThat(ends, contains(LogEnd.COMPLETE));
    }

    @Test
    void linesThatWereToldAreSkippedAfterALostConnectionAndAfterARestart() {
        attempts.add(log(End.SILENT, "one", "two", "three"));
        attempts.add(failing(LogFailure.Kind.TEMPORARY));
        attempts.add(log(End.COMPLETE, "one", "two", "three", "four"));
        follow(1);
        runtime.advance(Duration.ofMinutes(1));
        assertThat(told, contains("two", "three", "four"));
        assertThat(ends, contains(LogEnd.COMPLETE));
    }

    @Test
    void aLogThatIsNotThereYetIsAskedForLessAndLessOften() {
        for (int i = 0; i < 100; i++) {
            attempts.add(failing(LogFailure.Kind.NOT_THERE));
        }
        follow(0);
        runtime.advance(Duration.ofMinutes(10));
        assertThat(ends, empty());
        assertThat(opened, greaterThan(15));
        assertThat(opened, lessThan(30));
    }

    @Test
    void theEndOfThePrebuildEndsThePauseAndTheRead() {
        for (int i = 0; i < 8; i++) {
            attempts.add(failing(LogFailure.Kind.TEMPORARY));
        }
        attempts.add(log(End.COMPLETE, "rest"));
        LogReading reading = follow(0);
        runtime.runUntil(() -> opened == 8, Duration.ofMinutes(5));

        reading.finish();
        runtime.settle();
        assertThat(told, contains("rest"));
        assertThat(ends, contains(LogEnd.COMPLETE));
    }

    @Test
    void afterTheEndOfThePrebuildThreeAttemptsAreEnough() {
        LogReading reading = follow(0);
        reading.finish();
        runtime.advance(Duration.ofSeconds(3));
        assertThat(ends, contains(LogEnd.UNREACHABLE));
        assertThat(opened, is(3));
    }

    @Test
    void aLogThatIsGoneAfterTheEndIsCompleteIfSomethingWasRead() {
        attempts.add(log(End.SILENT, "one"));
        attempts.add(failing(LogFailure.Kind.NOT_THERE));
        LogReading reading = follow(0);
        runtime.settle();
        reading.finish();
        runtime.advance(Duration.ofSeconds(1));
        assertThat(ends, contains(LogEnd.COMPLETE));
    }

    @Test
    void aLogThatIsGoneBeforeItWasReadIsSaidToBe() {
        attempts.add(failing(LogFailure.Kind.NOT_THERE));
        LogReading reading = follow(0);
        reading.finish();
        runtime.settle();
        assertThat(ends, contains(LogEnd.NOT_THERE));
    }

    @Test
    void aReadThatGetsNoThreadEndsAfterTheLimit() {
        runtime.hold(WorkQueue.LOG);
        runtime.hold(WorkQueue.LOG_REST);
        LogReading reading = follow(0);
        reading.finish();
        runtime.advance(LogReading.NO_LINE.minusMillis(1));
        assertThat(ends, empty());
        runtime.hold(WorkQueue.DELIVERY);
        runtime.advance(Duration.ofMillis(1));
        assertThat("not told by the timer, which must not hang", ends, empty());
        runtime.release(WorkQueue.DELIVERY);
        runtime.settle();
        assertThat(ends, contains(LogEnd.TOO_SLOW));

        attempts.add(log(End.COMPLETE, "late"));
        runtime.release(WorkQueue.LOG);
        runtime.release(WorkQueue.LOG_REST);
        runtime.advance(Duration.ofMinutes(1));
        assertThat(told, empty());
        assertThat(ends, contains(LogEnd.TOO_SLOW));
    }

    @Test
    void aReadThatWaitsBehindThoseOfRunningPrebuildsIsNotHeldUpByThemAfterTheEnd() {
        runtime.hold(WorkQueue.LOG);
        attempts.add(log(End.COMPLETE, "one"));
        LogReading reading = follow(0);
        runtime.settle();
        assertThat(opened, is(0));
        reading.finish();
        runtime.settle();
        assertThat(told, contains("one"));
        assertThat(ends, contains(LogEnd.COMPLETE));
        runtime.release(WorkQueue.LOG);
        runtime.advance(Duration.ofMinutes(1));
        assertThat(opened, is(1));
    }

    @Test
    void nothingIsToldAfterTheReadWasStopped() {
        LogReading[] reading = new LogReading[1];
        attempts.add(() -> new LogReading.Read() {
            @Override
            public End read(Lines to) {
                to.line("one");
                reading[0].stop();
                assertThat(to.line("two"), is(false));
                return End.ENOUGH;
            }

            @Override
            public void close() {}
        });
        reading[0] = follow(0);
        runtime.advance(Duration.ofMinutes(1));
        assertThat(told, contains("one"));
        assertThat(ends, contains(LogEnd.STOPPED));
        assertThat(opened, is(1));
    }

    @Test
    void aRefusedTokenIsReplacedOnce() {
        attempts.add(failing(LogFailure.Kind.REFUSED));
        attempts.add(failing(LogFailure.Kind.REFUSED));
        follow(0);
        runtime.advance(Duration.ofMinutes(1));
        assertThat(ends, contains(LogEnd.REFUSED));
        assertThat(opened, is(2));
    }

    @Test
    void whatCannotBeReadIsNotTriedAgain() {
        attempts.add(failing(LogFailure.Kind.UNREADABLE));
        follow(0);
        runtime.advance(Duration.ofMinutes(1));
        assertThat(ends, contains(LogEnd.UNREADABLE));
        assertThat(opened, is(1));
    }

    @Test
    void aReceiverThatFailsEndsTheRead() {
        attempts.add(log(End.COMPLETE, "one"));
        List<LogEnd> how = new ArrayList<>();
        LogSink failing = new LogSink() {
            @Override
            public void line(LogLine line) {
                throw new IllegalStateException("console");
            }

            @Override
            public void ended(LogEnd end) {
                how.add(end);
            }
        };
        LogReading reading = new LogReading(runtime, WorkQueue.LOG, WorkQueue.LOG_REST, this::next, 0, failing);
        try (LogLines log = new LogLines()) {
            reading.start();
            runtime.advance(Duration.ofMinutes(1));
        }
        assertThat(how, contains(LogEnd.UNREADABLE));
    }
}
