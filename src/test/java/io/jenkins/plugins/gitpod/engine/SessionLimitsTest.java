package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an administrator wants of a connection is what its sessions do. */
class SessionLimitsTest {

    private static final String CREATE = "CreatePrebuild";
    private static final String GET = "GetPrebuild";
    private static final String CANCEL = "CancelPrebuild";

    private final EngineFixture fixture =
            EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin();

    @AfterEach
    void end() {
        fixture.close();
    }

    private static UnaryOperator<SessionLimits> poll(int shortest, int longest) {
        return usual -> new SessionLimits(
                Duration.ofSeconds(shortest), Duration.ofSeconds(longest), usual.maxConcurrentCalls(), usual.call());
    }

    private static UnaryOperator<SessionLimits> atOnce(int calls) {
        return usual -> new SessionLimits(usual.shortestPoll(), usual.longestPoll(), calls, usual.call());
    }

    private EngineFixture.Wait watched() {
        EngineFixture.Wait wait = fixture.submit();
        fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(1));
        return wait;
    }

    private int readsWithin(Duration span) {
        int before = fixture.gitpod.records().count(GET);
        fixture.runtime.advance(span);
        return fixture.gitpod.records().count(GET) - before;
    }

    private void trouble() {
        Fault fault = Fault.htmlStatus(503);
        fixture.fault(FaultRule.on(GET, fault).forever(), fault);
    }

    @Test
    void readsComeAsOftenAsWanted() {
        watched();
        assertThat(
                readsWithin(Duration.ofMinutes(10)),
                is(allOf(greaterThanOrEqualTo(44), lessThanOrEqualTo(56)))); // every 12 s
        fixture.limits(poll(5, 60));
        watched();
        // The first is still read as before: 50 and 120.
        assertThat(readsWithin(Duration.ofMinutes(10)), is(allOf(greaterThanOrEqualTo(150), lessThanOrEqualTo(190))));
    }

    @Test
    void readsComeAsSeldomAsWanted() {
        fixture.limits(poll(100, 120));
        watched();
        assertThat(readsWithin(Duration.ofMinutes(10)), is(allOf(greaterThanOrEqualTo(5), lessThanOrEqualTo(7))));
    }

    @Test
    void theLongestPauseInTroubleIsTheOneWanted() {
        fixture.limits(poll(5, 10));
        watched();
        trouble();
        assertThat(readsWithin(Duration.ofMinutes(10)), is(greaterThan(50)));
    }

    @Test
    void theUsualLongestPauseInTroubleIsAMinute() {
        watched();
        trouble();
        assertThat(readsWithin(Duration.ofMinutes(10)), is(allOf(greaterThan(8), lessThan(16))));
    }

    @Test
    void aLongestPauseBelowTheShortestIsAsLongAsThat() {
        fixture.limits(poll(60, 5));
        watched();
        trouble();
        assertThat(readsWithin(Duration.ofMinutes(10)), is(lessThanOrEqualTo(12)));
    }

    @Test
    void withOneCallAtOnceNothingIsReadWhileACreateIsOut() {
        fixture.limits(atOnce(1));
        watched();
        fixture.runtime.hold(WorkQueue.CREATE);
        fixture.submit();
        fixture.runtime.advance(Duration.ofSeconds(1));
        assertThat(readsWithin(Duration.ofMinutes(2)), is(0));
        fixture.runtime.release(WorkQueue.CREATE);
        assertThat(readsWithin(Duration.ofMinutes(2)), is(greaterThan(5)));
    }

    @Test
    void usuallyACreateThatIsOutHoldsUpNoRead() {
        watched();
        fixture.runtime.hold(WorkQueue.CREATE);
        for (int i = 0; i < 20; i++) {
            fixture.submit();
        }
        fixture.runtime.advance(Duration.ofSeconds(1));
        assertThat(readsWithin(Duration.ofMinutes(2)), is(greaterThan(5)));
    }

    /** A thousand ends are read, and each call takes a second, while builds start. */
    private void assertCreatesAreSentWhileEndsAreRead(int calls, int within) {
        fixture.limits(atOnce(calls));
        fixture.runtime.callsTake(Duration.ofSeconds(1));
        List<EngineFixture.Wait> waits = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            waits.add(fixture.submit());
        }
        waits.forEach(wait -> fixture.untilStage(wait, Stage.WATCHING, Duration.ofMinutes(5)));
        fixture.runtime.advance(Duration.ofMinutes(2));
        // Lists do not tell these ends.
        waits.forEach(wait -> fixture.gitpod.prebuild(wait.prebuildId()).forcePhase(SimPhase.FAILED));
        int before = fixture.gitpod.records().count(GET);
        fixture.runtime.runUntil(() -> fixture.gitpod.records().count(GET) > before + 5, Duration.ofMinutes(1));
        int creates = fixture.gitpod.records().count(CREATE);
        for (int i = 0; i < 6; i++) {
            fixture.submit();
        }
        fixture.runtime.advance(Duration.ofSeconds(within));
        assertThat(fixture.gitpod.records().count(CREATE) - creates, is(6));
        assertThat("ends are still being read", fixture.gitpod.records().count(GET) - before, is(lessThan(90)));
    }

    @Test
    void createsAreSentWhileManyEndsAreRead() {
        assertCreatesAreSentWhileEndsAreRead(7, 4);
    }

    @Test
    void createsAreSentWhileManyEndsAreReadWithFourCallsAtOnce() {
        assertCreatesAreSentWhileEndsAreRead(4, 4);
    }

    @Test
    void createsAreSentWhileManyEndsAreReadWithOneCallAtOnce() {
        assertCreatesAreSentWhileEndsAreRead(1, 15);
    }

    @Test
    void everyWaitingCallGetsItsTurn() {
        fixture.limits(atOnce(1));
        List<EngineFixture.Wait> waits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            waits.add(fixture.submit());
        }
        fixture.runtime.advance(Duration.ofMinutes(1));
        assertThat(fixture.gitpod.records().count(CREATE), is(12));
        waits.forEach(EngineFixture.Wait::abort);
        fixture.untilAllClosed(Duration.ofMinutes(10));
        assertThat(fixture.gitpod.records().count(CANCEL), is(greaterThanOrEqualTo(12)));
        assertThat(fixture.engine().context().sessions().size(), is(0));
    }

    @Test
    void cancelsGoFirstThenReadsThenCreates() {
        SimulatedRuntime runtime = new SimulatedRuntime();
        EngineRuntime gated = new CallLimiter(2).limit(runtime);
        List<String> done = new ArrayList<>();
        runtime.hold(WorkQueue.CREATE);
        gated.executor(WorkQueue.CREATE).execute(() -> done.add("create 1"));
        gated.executor(WorkQueue.CREATE).execute(() -> done.add("create 2"));
        gated.executor(WorkQueue.CREATE).execute(() -> done.add("create 3"));
        gated.executor(WorkQueue.WATCH).execute(() -> done.add("read"));
        gated.executor(WorkQueue.CANCEL).execute(() -> done.add("cancel"));
        gated.executor(WorkQueue.DELIVERY).execute(() -> done.add("no call"));
        runtime.settle();
        assertThat(done, contains("no call"));
        runtime.release(WorkQueue.CREATE);
        runtime.settle();
        assertThat(done, contains("no call", "create 1", "create 2", "cancel", "read", "create 3"));
    }

    @Test
    void aCallThatFailsGivesItsPlaceBack() {
        SimulatedRuntime runtime = new SimulatedRuntime();
        EngineRuntime gated = new CallLimiter(1).limit(runtime);
        List<String> done = new ArrayList<>();
        gated.executor(WorkQueue.WATCH).execute(() -> {
            throw new IllegalStateException("a defect");
        });
        gated.executor(WorkQueue.WATCH).execute(() -> done.add("next"));
        assertThrows(IllegalStateException.class, runtime::settle);
        runtime.settle();
        assertThat(done, contains("next"));
    }

    @Test
    void aChangeIsForNewRequestsAndBreaksNoWait() {
        EngineFixture.Wait before = watched();
        fixture.limits(poll(100, 100));
        assertThat(readsWithin(Duration.ofMinutes(4)), is(greaterThan(15)));
        EngineFixture.Wait after = watched();
        assertThat(fixture.engine().context().sessions().size(), is(2));
        fixture.gitpod.prebuild(before.prebuildId()).failWith("no");
        fixture.untilConcluded(before, Duration.ofSeconds(15));
        before.outcome(Outcome.Ended.class);
        assertThat(fixture.engine().context().sessions().size(), is(1));
        assertThat(readsWithin(Duration.ofMinutes(5)), is(lessThanOrEqualTo(4)));
        after.abort();
        fixture.untilAllClosed(Duration.ofMinutes(5));
        assertThat(fixture.engine().context().sessions().size(), is(0));
    }

    @Test
    void whatACallMayCostReachesTheClient() {
        ClientLimits dear = new ClientLimits(
                Duration.ofSeconds(10), Duration.ofSeconds(90), Duration.ofSeconds(90), 4L * 1024 * 1024);
        watched();
        fixture.limits(usual ->
                new SessionLimits(usual.shortestPoll(), usual.longestPoll(), usual.maxConcurrentCalls(), dear));
        watched();
        watched();
        assertThat(fixture.callLimits, contains(ClientLimits.defaults(), dear));
    }

    @Test
    void zeroIsNoLimit() {
        SessionLimits usual = SessionLimits.usual(EngineSettings.defaults());
        for (UnaryOperator<SessionLimits> bad : List.of(poll(0, 10), poll(10, 0), atOnce(0))) {
            assertThrows(IllegalArgumentException.class, () -> bad.apply(usual));
        }
    }
}
