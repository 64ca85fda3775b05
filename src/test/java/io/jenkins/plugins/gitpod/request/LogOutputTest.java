package io.jenkins.plugins.gitpod.request;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.LogLine;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Trigger;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.LogEnd;
import io.jenkins.plugins.gitpod.engine.LogSink;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildLogs;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which lines of a prebuild's log which builds print, without Jenkins and without Gitpod. */
@ExtendWith(EnglishTexts.class)
class LogOutputTest {

    private static final class Build implements LogOutput.Reader {
        final Logs logs;
        final List<String> lines = new ArrayList<>();

        Build(Logs logs) {
            this.logs = logs;
        }

        @Override
        public Logs logs() {
            return logs;
        }

        @Override
        public void line(String line) {
            lines.add(line);
        }
    }

    private final List<String> calls = new ArrayList<>();
    private final List<Long> positions = new ArrayList<>();
    private final List<Build> builds = new ArrayList<>();
    private int told;

    private Connection connection;

    private LogSink sink;

    @BeforeEach
    void connect() throws Exception {
        connection = new Connection("main", GitpodEndpoint.parse("https://gitpod.example/api"), false);
    }

    private LogOutput output(long printedBefore, Logs... levels) {
        for (Logs level : levels) {
            builds.add(new Build(level));
        }
        LogOutput.Follower follower = (source, skip, to) -> {
            calls.add("follow " + source.logUrl() + " from " + skip);
            sink = to;
            return new PrebuildLogs.Reading() {
                @Override
                public void finish() {
                    calls.add("finish");
                }

                @Override
                public void stop() {
                    calls.add("stop");
                }
            };
        };
        return new LogOutput(
                follower,
                connection,
                () -> BearerToken.of("secret-token"),
                () -> builds,
                printedBefore,
                positions::add);
    }

    private static Prebuild prebuild(PrebuildPhase phase, @Nullable String warning) {
        return new Prebuild(
                "p1",
                new Prebuild.Metadata("project", "class", "me", Instant.EPOCH, Trigger.MANUAL),
                new Prebuild.Spec(PrebuildPhase.COMPLETED, null),
                new Prebuild.Status(
                        phase,
                        "PREBUILD_PHASE_" + phase,
                        null,
                        null,
                        null,
                        warning,
                        phase == PrebuildPhase.PENDING ? null : "https://logs.example/1",
                        0,
                        0,
                        "1"));
    }

    private static Outcome ended(PrebuildPhase phase, @Nullable String warning) {
        return new Outcome.Ended(prebuild(phase, warning), null);
    }

    private void lines(int from, int to) {
        for (int i = from; i <= to; i++) {
            sink.line(new LogLine(LogLine.Kind.TEXT, "line " + i));
        }
    }

    private void whenPrinted() {
        told++;
    }

    @Test
    void aBuildThatWantsNoLogCostsNoCall() {
        LogOutput output = output(0, Logs.NONE);
        output.read(prebuild(PrebuildPhase.RUNNING, null));
        output.read(prebuild(PrebuildPhase.SNAPSHOTTING, null));
        output.ended(ended(PrebuildPhase.FAILED, null), this::whenPrinted);
        assertThat(calls, empty());
        assertThat(told, is(1));
    }

    @Test
    void theLastLinesAreReadWhenTheEnvironmentStopsAndPrintedIfThePrebuildHasAWarning() {
        LogOutput output = output(0, Logs.ON_FAILURE, Logs.NONE);
        output.read(prebuild(PrebuildPhase.PENDING, null));
        output.read(prebuild(PrebuildPhase.RUNNING, null));
        assertThat(calls, empty());
        output.read(prebuild(PrebuildPhase.STOPPING, null));
        output.read(prebuild(PrebuildPhase.SNAPSHOTTING, null));
        assertThat(calls, contains("follow https://logs.example/1 from 0", "finish"));
        lines(1, 60);
        sink.ended(LogEnd.COMPLETE);
        assertThat(builds.get(0).lines, empty());

        output.ended(ended(PrebuildPhase.COMPLETED, "a task failed"), this::whenPrinted);

        List<String> printed = builds.get(0).lines;
        assertThat(printed, hasSize(LogOutput.LAST_LINES + 1));
        assertThat(printed.get(0), containsString("50"));
        assertThat(printed.get(1), is("| line 11"));
        assertThat(printed.get(50), is("| line 60"));
        assertThat(builds.get(1).lines, empty());
        assertThat(told, is(1));
    }

    @Test
    void theLastLinesOfAPrebuildThatTakesTooLongAreReadBeforeItsCancellationEndsIt() {
        LogOutput output = output(0, Logs.ON_FAILURE);
        output.cancelling();
        assertThat("nothing is known of it", calls, empty());
        output.read(prebuild(PrebuildPhase.RUNNING, null));
        output.cancelling();
        assertThat(calls, contains("follow https://logs.example/1 from 0", "finish"));
        lines(1, 2);
        sink.ended(LogEnd.COMPLETE);
        output.ended(new Outcome.OverLimit("p1", CancelReason.OVER_TIME, Duration.ofHours(1), true), this::whenPrinted);
        assertThat(builds.get(0).lines.subList(1, 3), contains("| line 1", "| line 2"));
        assertThat(told, is(1));
    }

    @Test
    void aGoodEndPrintsNothing() {
        LogOutput output = output(0, Logs.ON_FAILURE);
        output.read(prebuild(PrebuildPhase.STOPPING, null));
        lines(1, 3);
        sink.ended(LogEnd.COMPLETE);
        output.ended(ended(PrebuildPhase.COMPLETED, null), this::whenPrinted);
        assertThat(builds.get(0).lines, empty());
        assertThat(told, is(1));
    }

    @Test
    void anEndThatComesBeforeTheLogWaitsForIt() {
        LogOutput output = output(0, Logs.ON_FAILURE);
        output.ended(ended(PrebuildPhase.FAILED, null), this::whenPrinted);
        assertThat(calls, contains("follow https://logs.example/1 from 0", "finish"));
        assertThat(told, is(0));
        lines(1, 2);
        sink.ended(LogEnd.COMPLETE);
        assertThat(builds.get(0).lines.subList(1, 3), contains("| line 1", "| line 2"));
        assertThat(told, is(1));
    }

    @Test
    void aLogThatIsGoneIsSaidToBeAndTheEndIsToldAllTheSame() {
        LogOutput output = output(0, Logs.ON_FAILURE);
        output.ended(ended(PrebuildPhase.FAILED, null), this::whenPrinted);
        sink.ended(LogEnd.NOT_THERE);
        assertThat(builds.get(0).lines, contains(containsString("p1")));
        assertThat(told, is(1));
    }

    @Test
    void aFullLogIsPrintedWhileThePrebuildRunsWithItsSections() {
        LogOutput output = output(0, Logs.FULL, Logs.ON_FAILURE);
        output.read(prebuild(PrebuildPhase.RUNNING, null));
        output.read(prebuild(PrebuildPhase.STOPPING, null));
        sink.line(new LogLine(LogLine.Kind.SECTION_START, "Install"));
        lines(1, 2);
        sink.line(new LogLine(LogLine.Kind.SECTION_END, "Install"));
        assertThat(calls, contains("follow https://logs.example/1 from 0"));
        assertThat(builds.get(0).lines, contains("|-- Install", "| line 1", "| line 2", "|-- end of Install"));
        assertThat(builds.get(1).lines, empty());

        output.ended(ended(PrebuildPhase.FAILED, null), this::whenPrinted);
        assertThat(calls, contains("follow https://logs.example/1 from 0", "finish"));
        assertThat(told, is(0));
        sink.ended(LogEnd.COMPLETE);
        assertThat(told, is(1));
        assertThat(builds.get(0).lines, hasSize(4));
        assertThat(builds.get(1).lines, hasSize(5));
    }

    @Test
    void afterARestartAFullLogContinuesBehindTheSavedLine() {
        LogOutput output = output(100, Logs.FULL);
        output.read(prebuild(PrebuildPhase.RUNNING, null));
        assertThat(calls, contains("follow https://logs.example/1 from 100"));
        lines(101, 180);
        assertThat(positions, contains(150L, 200L));
    }

    @Test
    void aVeryLongLogIsCutAndSaysSo() {
        LogOutput output = output(0, Logs.FULL);
        output.read(prebuild(PrebuildPhase.RUNNING, null));
        lines(1, LogOutput.MAX_LINES + 7);
        sink.ended(LogEnd.COMPLETE);
        List<String> printed = builds.get(0).lines;
        assertThat(printed, hasSize(LogOutput.MAX_LINES + 1));
        assertThat(printed.get(LogOutput.MAX_LINES), containsString("7"));
    }

    @Test
    void anAbortedBuildDoesNotWaitForTheLog() {
        LogOutput output = output(0, Logs.FULL);
        output.read(prebuild(PrebuildPhase.RUNNING, null));
        output.ended(
                new Outcome.Ended(prebuild(PrebuildPhase.CANCELLED, null), CancelReason.ABORTED), this::whenPrinted);
        assertThat(calls.get(1), is("stop"));
        assertThat(told, is(1));
    }
}
