package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;

import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.FaultTable.Calls;
import io.jenkins.plugins.gitpod.engine.FaultTable.Cell;
import io.jenkins.plugins.gitpod.engine.FaultTable.Result;
import io.jenkins.plugins.gitpod.engine.FaultTable.Times;
import io.jenkins.plugins.gitpod.engine.SimulatedEvents.Manner;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each call with each fault: once, twice, five times and permanently. The expectations are checked in the simulator's
 * records: in the end there is exactly one prebuild for each request that ended well, no active prebuild without an owner,
 * all surplus ones are cancelled and no foreign one is, each request has one outcome of the kind and within the bound that
 * the table gives, and no token is in anything that is told or logged.
 */
class FaultMatrixTest {

    /** How long a permanent fault lasts after the outcome. */
    private static final Duration LASTS = Duration.ofMinutes(5);

    /** How long after the end of the fault the last thing may have to be cleaned up. */
    private static final Duration CLEAN_UP = Duration.ofMinutes(20);

    private static int cells;
    private static int violations;

    static Stream<Cell> cells() {
        return new FaultTable().cells().stream();
    }

    @AfterAll
    static void summary() {
        System.out.println(cells + " cells, " + violations + " violations");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void endsAsTheTableSays(Cell cell) {
        cells++;
        try (Run run = new Run(cell)) {
            run.play();
        } catch (AssertionError | RuntimeException e) {
            violations++;
            throw e;
        }
    }

    private static Function<GitpodClient, EventSource> honestEvents(EngineFixture fixture) {
        SimulatedEvents events = new SimulatedEvents(fixture, Manner.HONEST);
        return client -> events.source();
    }

    /** One cell's run. */
    private static final class Run implements AutoCloseable {

        private final Cell cell;
        private final EngineFixture fixture;
        private final List<EngineFixture.Wait> waits = new ArrayList<>();
        private final List<SimPrebuild> foreign = new ArrayList<>();
        private final List<PrebuildRequest> parts = new ArrayList<>();
        private final Struck struck;
        private boolean crashed;

        @Nullable
        private EngineFixture.Wait neighbour;

        Run(Cell cell) {
            this.cell = cell;
            // What should end by our doing must not end by itself.
            boolean endsByItself = cell.result() == Result.COMPLETED;
            fixture = EngineFixture.with()
                    .plan(endsByItself ? PhasePlan.typical() : PhasePlan.stuckIn(SimPhase.RUNNING))
                    .readLag(isLookUp() ? Duration.ofSeconds(5) : Duration.ZERO)
                    .events(hasEvents() ? FaultMatrixTest::honestEvents : null)
                    .begin();
            struck = cell.fault().equals(FaultTable.REFUSED_CONNECTION) ? new RefusedConnections() : new FromBooks();
        }

        private boolean hasEvents() {
            return cell.calls() == Calls.GET_WITH_EVENTS || cell.calls() == Calls.LIST_WITH_EVENTS;
        }

        private boolean isList() {
            return cell.calls() == Calls.LIST_OF_WATCHER || cell.calls() == Calls.LIST_WITH_EVENTS;
        }

        private boolean isLookUp() {
            return cell.calls() == Calls.LIST_OF_LOOK_UP || cell.calls() == Calls.IDENTITY;
        }

        private boolean isOfParts() {
            return cell.calls().name().startsWith("CREATE_OF_PARTS");
        }

        private boolean isCreate() {
            return cell.calls().name().startsWith("CREATE");
        }

        /** Whether it matters what others have made meanwhile. */
        private boolean isAdopting() {
            return isLookUp() || isCreate();
        }

        void play() {
            switch (cell.calls()) {
                case CREATE_WITH_CLOCK_AHEAD -> fixture.runtime.setClockAhead(Duration.ofMinutes(10));
                case CREATE_WITH_CLOCK_BEHIND -> fixture.runtime.setClockAhead(Duration.ofMinutes(-10));
                default -> {}
            }
            if (isAdopting()) {
                bringOthers();
            }
            if (isOfParts()) {
                List.of("Small", "Regular", "Large").forEach(name -> parts.add(fixture.requestForClass(name)));
            }
            if (isLookUp()) {
                fixture.fault("CreatePrebuild", Fault.resetAfterActing());
            }
            fixture.runtime.frame(this::around);
            struck.begin();
            int requests = isList() ? 5 : 1;
            for (int i = 0; i < requests && !isOfParts(); i++) {
                waits.add(fixture.submit());
            }
            parts.forEach(part -> waits.add(fixture.submit(part)));
            crashAndRestart();
            if (isCreate()) {
                struck.carryOutLate();
            }
            if (cell.calls() == Calls.CANCEL) {
                fixture.runtime.advance(Duration.ofMinutes(1));
                waits.get(0).abort();
            }
            conclude();
            checkLastWords();
            assertThat("strikes", struck.times(), is(greaterThanOrEqualTo(1)));
            if (cell.times() == Times.FOR_EVER) {
                fixture.runtime.advance(LASTS);
            }
            struck.end();
            EngineFixture.Wait other = neighbour;
            if (other != null) {
                other.abort();
            }
            fixture.untilAllClosed(CLEAN_UP);
            fixture.runtime.advance(Duration.ofMinutes(1));
            checkBooks();
            checkSecrecy();
        }

        /** A person with the same account a short while ago, another account now, and a build that waits already. */
        private void bringOthers() {
            foreign.add(fixture.createAsPerson());
            fixture.runtime.advance(Duration.ofSeconds(45));
            foreign.add(fixture.createAs(fixture.gitpod.account("somebody")));
            neighbour = fixture.submit();
            fixture.runtime.settle();
        }

        private void around(WorkQueue queue, Runnable task) {
            struck.around(queue, task);
            if (queue == WorkQueue.CREATE && !crashed && isCrashDue()) {
                crashed = true;
                fixture.engine().close();
            }
        }

        /** After a create or a look-up, before its answer is heard. */
        private boolean isCrashDue() {
            int sent = fixture.gitpod.records().count("CreatePrebuild") - foreign.size() - 1;
            return switch (cell.calls()) {
                case CREATE_AND_CRASH -> waits.get(0).handle().view().stage() == Stage.CREATING;
                case CREATE_AND_CRASH_IN_LOOK_UP -> fixture.gitpod.records().count("ListPrebuilds") == 2;
                case CREATE_AND_CRASH_AT_SECOND ->
                    sent == 2 && waits.get(0).handle().view().stage() == Stage.LOOKING_UP;
                case CREATE_OF_PARTS_AND_CRASH -> isSaved(parts.get(1)) && !isSaved(parts.get(2));
                default -> false;
            };
        }

        private boolean isSaved(PrebuildRequest request) {
            return fixture.store.open().stream()
                    .anyMatch(saved -> saved.request().requestId().equals(request.requestId()));
        }

        private void crashAndRestart() {
            Duration within =
                    switch (cell.calls()) {
                        case CREATE_AND_CRASH -> Duration.ZERO;
                        case CREATE_OF_PARTS_AND_CRASH -> Duration.ofSeconds(10);
                        case CREATE_AND_CRASH_IN_LOOK_UP, CREATE_AND_CRASH_AT_SECOND -> Duration.ofSeconds(70);
                        default -> null;
                    };
            if (within == null) {
                return;
            }
            List<UUID> requestIds =
                    waits.stream().map(wait -> wait.handle().requestId()).toList();
            fixture.runtime.advance(within);
            if (!crashed) {
                return;
            }
            List<PrebuildRequest> neverSaved =
                    parts.stream().filter(part -> !isSaved(part)).toList();
            waits.clear();
            for (EngineFixture.Wait resumed : fixture.crashAndRestart()) {
                if (requestIds.contains(resumed.handle().requestId())) {
                    waits.add(resumed);
                } else {
                    neighbour = resumed;
                }
            }
            assertThat("requests in the store", waits, hasSize(isOfParts() ? 2 : 1));
            neverSaved.forEach(part -> waits.add(fixture.submit(part)));
        }

        private void conclude() {
            if (cell.result() == Result.CANCELLED_AFTERWARDS) {
                fixture.runtime.advance(Duration.ofMinutes(30));
                assertThat(
                        "told although not cancelled", waits.get(0).observer().outcomes(), is(empty()));
                struck.end();
            }
            long begin = fixture.runtime.nanoTime();
            waits.forEach(wait -> fixture.untilConcluded(wait, cell.bound()));
            Duration took = Duration.ofNanos(fixture.runtime.nanoTime() - begin);
            assertThat("time to the outcome", took, is(lessThanOrEqualTo(cell.bound())));
        }

        private void checkLastWords() {
            for (EngineFixture.Wait wait : waits) {
                switch (cell.result()) {
                    case COMPLETED -> assertThat(phase(wait), is(PrebuildPhase.COMPLETED));
                    case REFUSED -> wait.outcome(Outcome.CreateRefused.class);
                    case NOT_SENT -> wait.outcome(Outcome.NotSent.class);
                    case UNCLEAR -> wait.outcome(Outcome.CreateUnclear.class);
                    case LOST -> wait.outcome(Outcome.WatchLost.class);
                    case GONE -> wait.outcome(Outcome.Gone.class);
                    case OVER_LIMIT -> wait.outcome(Outcome.OverLimit.class);
                    case CANCELLED, CANCELLED_AFTERWARDS -> {
                        if (wait.observer().outcomes().get(0) instanceof Outcome.Ended) {
                            assertThat(phase(wait), is(PrebuildPhase.CANCELLED));
                        } else {
                            wait.outcome(Outcome.CancelAccepted.class);
                        }
                    }
                }
            }
        }

        private static PrebuildPhase phase(EngineFixture.Wait wait) {
            return wait.outcome(Outcome.Ended.class).prebuild().status().phase();
        }

        /** Each part has the prebuild of its own class. */
        private void checkClasses() {
            for (EngineFixture.Wait wait : waits) {
                String wanted = wait.handle().view().request().environmentClassId();
                if (wait.prebuildId() != null && wanted != null) {
                    assertThat(fixture.gitpod.prebuild(wait.prebuildId()).environmentClassId(), is(wanted));
                }
            }
        }

        private void checkBooks() {
            checkClasses();
            List<SimPrebuild> ours = new ArrayList<>(fixture.gitpod.records().prebuilds());
            ours.removeAll(foreign);
            int requests = waits.size() + (neighbour == null ? 0 : 1);
            if (cell.result() == Result.COMPLETED) {
                waits.forEach(wait -> assertThat(
                        "left by its end",
                        fixture.gitpod.prebuild(wait.prebuildId()).phase(),
                        is(SimPhase.COMPLETED)));
            }
            List<SimPrebuild> surplus = ours.stream()
                    .filter(one -> waits.stream().noneMatch(wait -> one.id().equals(wait.prebuildId())))
                    .filter(one -> neighbour == null || !one.id().equals(neighbour.prebuildId()))
                    .toList();
            surplus.forEach(one -> assertThat("surplus", one.phase(), is(SimPhase.CANCELLED)));
            assertThat(
                    "creates that acted",
                    surplus.size(),
                    is(lessThanOrEqualTo(isCreate() || isLookUp() ? requests * CreateAttempts.MAX_RESENDS : 0)));
            if (!isCreate()) {
                assertThat("prebuilds made", ours.size(), is(lessThanOrEqualTo(requests)));
            }
            assertThat(
                    "left running", ours.stream().filter(SimPrebuild::isActive).toList(), is(empty()));
            assertThat(
                    "others' prebuilds cancelled",
                    foreign.stream().filter(SimPrebuild::isCancelRequested).toList(),
                    is(empty()));
            List<String> owned = new ArrayList<>();
            waits.forEach(wait -> owned.add(wait.prebuildId()));
            foreign.forEach(one -> owned.add(one.id()));
            if (neighbour != null) {
                owned.add(neighbour.prebuildId());
            }
            owned.removeIf(Objects::isNull);
            assertThat("owned twice", owned.stream().distinct().toList(), hasSize(owned.size()));
            assertThat("left open", fixture.store.open(), is(empty()));
            waits.forEach(wait -> assertThat("last words", wait.observer().outcomes(), hasSize(1)));
            waits.forEach(wait -> assertThat(
                    "lines for a console: " + wait.observer().updates(),
                    wait.observer().updates(),
                    hasSize(lessThanOrEqualTo(12 + 1)))); // one of them for the commit
        }

        private void checkSecrecy() {
            StringBuilder told = new StringBuilder(fixture.log.text());
            for (EngineFixture.Wait wait : waits) {
                told.append(wait.handle().view());
                wait.observer().updates().forEach(update -> append(told, (Record) update));
                wait.observer().outcomes().forEach(outcome -> append(told, (Record) outcome));
            }
            fixture.store.saves().forEach(told::append);
            assertThat(told.toString(), not(containsString(fixture.account.token())));
        }

        private static void append(StringBuilder told, Record one) {
            told.append(one).append('\n');
            for (RecordComponent part : one.getClass().getRecordComponents()) {
                try {
                    if (part.getAccessor().invoke(one) instanceof Throwable thrown) {
                        told.append(LogLines.stackTrace(thrown));
                    }
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
        }

        @Override
        public void close() {
            struck.end();
            fixture.close();
        }

        private interface Struck {
            default void begin() {}

            default void around(WorkQueue queue, Runnable task) {
                task.run();
            }

            void end();

            int times();

            /** What hangs is carried out while it is looked for, or once another one was made in its place. */
            default void carryOutLate() {}
        }

        private final class FromBooks implements Struck {

            private final Fault fault = FaultTable.fault(cell.fault());

            @Override
            public void begin() {
                fixture.fault(FaultRule.on(method(), fault).times(cell.times().number), fault);
            }

            @Override
            public void end() {
                fixture.gitpod.faults().clear();
                if (fault instanceof Fault.Hang) {
                    release();
                }
            }

            @Override
            public void carryOutLate() {
                if (cell.fault().equals(FaultTable.HANG_FOR_A_WHILE)) {
                    fixture.runtime.advance(Duration.ofSeconds(5));
                    release();
                } else if (fault instanceof Fault.Hang && cell.result() == Result.COMPLETED) {
                    fixture.untilStage(waits.get(0), Stage.WATCHING, Duration.ofMinutes(6));
                    fixture.runtime.advance(Duration.ofMinutes(1));
                    release();
                }
            }

            private void release() {
                ((Fault.Hang) fault).release();
                fixture.awaitReal(() -> struck().allMatch(call -> call.status() != 0));
            }

            @Override
            public int times() {
                return (int) struck().count();
            }

            private Stream<Call> struck() {
                return fixture.gitpod.records().calls(method()).stream().filter(call -> call.fault() == fault);
            }

            private String method() {
                return switch (cell.calls()) {
                    case CREATE,
                            CREATE_WITH_CLOCK_AHEAD,
                            CREATE_WITH_CLOCK_BEHIND,
                            CREATE_AND_CRASH,
                            CREATE_AND_CRASH_IN_LOOK_UP,
                            CREATE_AND_CRASH_AT_SECOND,
                            CREATE_OF_PARTS,
                            CREATE_OF_PARTS_AND_CRASH -> "CreatePrebuild";
                    case GET, GET_WITH_EVENTS -> "GetPrebuild";
                    case LIST_OF_WATCHER, LIST_WITH_EVENTS, LIST_OF_LOOK_UP -> "ListPrebuilds";
                    case IDENTITY -> "GetAuthenticatedIdentity";
                    case CANCEL -> "CancelPrebuild";
                    case ENVIRONMENT -> "GetEnvironment";
                };
            }
        }

        /** The API is down while a task of the call's queue runs. */
        private final class RefusedConnections implements Struck {

            private int left = cell.times().number;
            private int times;

            @Override
            public void around(WorkQueue queue, Runnable task) {
                if (left > 0 && isConcerned(queue)) {
                    left--;
                    times++;
                    fixture.gitpod.stopListening();
                    task.run();
                    fixture.gitpod.listen();
                } else {
                    task.run();
                }
            }

            private boolean isConcerned(WorkQueue queue) {
                return switch (cell.calls()) {
                    case CREATE,
                            CREATE_WITH_CLOCK_AHEAD,
                            CREATE_WITH_CLOCK_BEHIND,
                            CREATE_AND_CRASH_IN_LOOK_UP,
                            CREATE_AND_CRASH_AT_SECOND,
                            CREATE_OF_PARTS -> queue == WorkQueue.CREATE;
                    case CREATE_AND_CRASH -> queue == WorkQueue.CREATE && times == 0;
                    case CREATE_OF_PARTS_AND_CRASH -> queue == WorkQueue.CREATE && !crashed;
                    case GET, LIST_OF_WATCHER, GET_WITH_EVENTS, LIST_WITH_EVENTS -> queue == WorkQueue.WATCH;
                    case IDENTITY -> queue == WorkQueue.CREATE && isLookingUp();
                    case LIST_OF_LOOK_UP -> queue == WorkQueue.CREATE && answered("GetAuthenticatedIdentity");
                    case CANCEL -> queue == WorkQueue.CANCEL;
                    case ENVIRONMENT -> false; // shares its queue with the reads, so the table has no such row
                };
            }

            private boolean isLookingUp() {
                return waits.get(0).handle().view().stage() == Stage.LOOKING_UP;
            }

            private boolean answered(String method) {
                return fixture.gitpod.records().count(method) > 0;
            }

            @Override
            public void end() {
                left = 0;
            }

            @Override
            public int times() {
                return times;
            }
        }
    }
}
