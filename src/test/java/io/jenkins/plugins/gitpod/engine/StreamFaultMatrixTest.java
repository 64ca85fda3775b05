package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.SimulatedEvents.Manner;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each way in which an event stream can be bad: the prebuild's result is right and in time as without a stream, it costs no
 * more calls, and only the log at FINE tells of it.
 */
class StreamFaultMatrixTest {

    private static int cells;
    private static int violations;

    @AfterAll
    static void summary() {
        System.out.println(cells + " cells, " + violations + " violations");
    }

    private interface Play {
        void play(EngineFixture fixture, SimulatedEvents events);
    }

    private static void cell(Manner manner, Play play) {
        cells++;
        SimulatedEvents[] events = new SimulatedEvents[1];
        Loud loud = new Loud();
        try (EngineFixture fixture = EngineFixture.with()
                .events(of -> {
                    events[0] = new SimulatedEvents(of, manner);
                    return client -> events[0].source();
                })
                .begin()) {
            loud.listen();
            play.play(fixture, events[0]);
            fixture.untilAllClosed(Duration.ofMinutes(20));
            fixture.runtime.advance(Duration.ofHours(1));
            assertThat("open streams", events[0].open(), is(0));
            assertThat("streams at a time", events[0].mostOpen(), is(lessThanOrEqualTo(1)));
            assertThat("timers left", fixture.runtime.pending(), is(0));
            assertThat("sessions left", fixture.engine().context().sessions().size(), is(0));
            loud.lines.removeIf(line -> manner == Manner.THROWS && line.equals("Unexpected failure of a Gitpod call"));
            assertThat("said above FINE", loud.lines, is(empty()));
        } catch (AssertionError | RuntimeException e) {
            violations++;
            throw e;
        } finally {
            loud.close();
        }
    }

    /** What is logged above FINE. */
    private static final class Loud extends Handler {
        private static final Logger PLUGIN = Logger.getLogger("io.jenkins.plugins.gitpod");
        final List<String> lines = new ArrayList<>();

        void listen() {
            PLUGIN.addHandler(this);
        }

        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() > Level.FINE.intValue()) {
                lines.add(record.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            PLUGIN.removeHandler(this);
        }
    }

    private static PrebuildPhase phase(EngineFixture.Wait wait) {
        return wait.outcome(Outcome.Ended.class).prebuild().status().phase();
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void aLoneWaitEndsInTime(Manner manner) {
        cell(manner, (fixture, events) -> {
            EngineFixture.Wait wait = fixture.submit();
            Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(12));
            assertThat(phase(wait), is(PrebuildPhase.COMPLETED));
            boolean slow = manner == Manner.LATE || manner == Manner.FORGETS_HALF;
            // The safety net catches what a stream that has earned some trust keeps to itself.
            Duration late = slow ? Duration.ofMinutes(3) : Duration.ofSeconds(16);
            assertThat(took, is(lessThanOrEqualTo(Duration.ofMinutes(11).plus(late))));
            int calls = fixture.gitpod.records().calls().size() + events.asked();
            assertThat("calls", calls, is(lessThanOrEqualTo(mostCalls(manner))));
            assertThat("console lines", wait.observer().updates().size(), is(lessThanOrEqualTo(8)));
        });
    }

    private static int mostCalls(Manner manner) {
        return switch (manner) {
            case HONEST, OPENS_WITH_FIRST_EVENT -> 16;
            case TELLS_AND_ENDS -> 65; // each of its few streams tells of the prebuild, which is then read
            default -> 60;
        };
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void manyWaitsEndInTime(Manner manner) {
        cell(manner, (fixture, events) -> {
            List<EngineFixture.Wait> waits = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                waits.add(fixture.submit());
                fixture.runtime.advance(Duration.ofSeconds(3));
            }
            waits.forEach(wait -> fixture.untilConcluded(wait, Duration.ofMinutes(15)));
            waits.forEach(wait -> assertThat(phase(wait), is(PrebuildPhase.COMPLETED)));
            assertThat(
                    "calls",
                    fixture.gitpod.records().calls().size(),
                    is(lessThanOrEqualTo(14 * 60 + 2 * waits.size())));
        });
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void anAbortLeadsToItsEnd(Manner manner) {
        cell(manner, (fixture, events) -> {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(4));
            wait.abort();
            fixture.untilConcluded(wait, Duration.ofSeconds(10));
            fixture.untilAllClosed(Duration.ofMinutes(4));
            assertThat(
                    fixture.gitpod.records().prebuilds().stream()
                            .filter(SimPrebuild::isActive)
                            .toList(),
                    is(empty()));
        });
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void aRotatedTokenEndsNoWait(Manner manner) {
        cell(manner, (fixture, events) -> {
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(4));
            fixture.account.rotate();
            fixture.untilConcluded(wait, Duration.ofMinutes(11));
            assertThat(phase(wait), is(PrebuildPhase.COMPLETED));
        });
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void aStreamThatWasGoodAndTurnsBadEndsNoWait(Manner manner) {
        cell(manner, (fixture, events) -> {
            events.become(Manner.HONEST);
            EngineFixture.Wait wait = fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(4));
            events.become(manner);
            events.breakAll();
            Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(11));
            assertThat(phase(wait), is(PrebuildPhase.COMPLETED));
            assertThat(took, is(lessThanOrEqualTo(Duration.ofMinutes(7).plusSeconds(150))));
        });
    }

    @ParameterizedTest
    @EnumSource(Manner.class)
    void aRestartEndsNoWait(Manner manner) {
        cell(manner, (fixture, events) -> {
            fixture.submit();
            fixture.runtime.advance(Duration.ofMinutes(4));
            EngineFixture.Wait resumed = fixture.crashAndRestart().get(0);
            assertThat("open streams of a closed engine", events.open(), is(lessThanOrEqualTo(1)));
            fixture.untilConcluded(resumed, Duration.ofMinutes(11));
            assertThat(phase(resumed), is(PrebuildPhase.COMPLETED));
        });
    }
}
