package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.gitpod.engine.SimulatedEvents.Manner;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.Records;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a good event stream is good for, over the whole engine in simulated time. */
class EventSubscriptionTest {

    private SimulatedEvents events;
    private EngineFixture fixture = fixture(PhasePlan.typical());

    private EngineFixture fixture(PhasePlan plan) {
        return fixture(plan, Manner.HONEST);
    }

    private EngineFixture fixture(PhasePlan plan, Manner manner) {
        return EngineFixture.with()
                .plan(plan)
                .events(of -> {
                    events = new SimulatedEvents(of, manner);
                    return client -> events.source();
                })
                .begin();
    }

    @AfterEach
    void end() {
        fixture.close();
    }

    private void begin(PhasePlan plan) {
        fixture.close();
        fixture = fixture(plan);
    }

    private Records records() {
        return fixture.gitpod.records();
    }

    private int calls() {
        return records().calls().size();
    }

    /** Waits that have been told of by the stream already, and their prebuilds. */
    private List<EngineFixture.Wait> running(int number) {
        List<EngineFixture.Wait> waits = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            waits.add(fixture.submit());
        }
        fixture.runtime.advance(Duration.ofMinutes(3));
        return waits;
    }

    @Test
    void aLoneWaitCostsAHandfulOfCallsAndItsEndIsNoticedAtOnce() {
        EngineFixture.Wait wait = fixture.submit();
        Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(12));
        assertThat(calls() + events.asked(), is(lessThanOrEqualTo(16)));
        assertThat(took.minusMinutes(11), is(lessThanOrEqualTo(Duration.ofSeconds(2))));
    }

    /** Six minutes of snapshotting are silent, and load balancers cut what is silent. */
    @ParameterizedTest
    @EnumSource(names = {"CUT_WHEN_QUIET", "BREAKS_EVERY_MINUTE", "ENDS_EVERY_MINUTE"})
    void theEndIsNoticedAtOnceThoughTheQuietStreamWasCut(Manner manner) {
        fixture.close();
        fixture = fixture(PhasePlan.typical(), manner);
        EngineFixture.Wait wait = fixture.submit();
        Duration took = fixture.untilConcluded(wait, Duration.ofMinutes(12));
        assertThat(took.minusMinutes(11), is(lessThanOrEqualTo(Duration.ofSeconds(2))));
        // No more than polling alone would cost.
        assertThat(calls() + events.asked(), is(lessThanOrEqualTo(54)));
    }

    /** Minutes may pass before the first event, and before it such a server does not even send a status. */
    @Test
    void aStreamThatBeginsItsAnswerWithTheFirstEventIsWaitedFor() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        EngineFixture.Wait wait = running(1).get(0);
        events.become(Manner.OPENS_WITH_FIRST_EVENT);
        events.breakAll();
        fixture.runtime.advance(Duration.ofMinutes(6));
        assertThat(events.asked(), is(2));
        fixture.gitpod.prebuild(wait.prebuildId()).failWith("no");
        fixture.untilConcluded(wait, Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @EnumSource(names = {"ENDS_AT_ONCE", "TELLS_AND_ENDS", "UNAVAILABLE", "CONNECTION_LOST"})
    void aServerThatEndsEachStreamAtOnceIsAskedLessAndLess(Manner manner) {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        events.become(manner);
        fixture.submit();
        fixture.runtime.advance(Duration.ofSeconds(30));
        assertThat(events.asked(), is(lessThanOrEqualTo(5)));
        assertThat(events.asked(), is(greaterThanOrEqualTo(3)));
        int before = events.asked();
        fixture.runtime.advance(Duration.ofHours(1));
        assertThat(events.asked() - before, is(lessThanOrEqualTo(10)));
    }

    @Test
    void aBlipIsForgottenOnceAStreamHasLasted() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        events.become(Manner.UNAVAILABLE);
        running(1);
        events.become(Manner.HONEST);
        fixture.runtime.advance(Duration.ofMinutes(10));
        assertThat(events.open(), is(1));
        int before = events.asked();
        events.become(Manner.UNAVAILABLE);
        events.breakAll(); // opened again at once, which fails, and then after a second and after five
        fixture.runtime.advance(Duration.ofMillis(8_500));
        assertThat(events.asked(), is(before + 3));
    }

    @Test
    void whatHappenedWhileTheStreamWasAwayIsReadWhenItIsBack() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        EngineFixture.Wait wait = running(1).get(0);
        SimPrebuild prebuild = fixture.gitpod.prebuild(wait.prebuildId());
        events.breakAll();
        prebuild.failWith("no"); // before the next stream is open, which says nothing of it
        fixture.untilConcluded(wait, Duration.ofSeconds(2));
    }

    @Test
    void whereNothingHappensReadingIsASafetyNetOnly() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        running(1);
        records().clear();
        fixture.runtime.advance(Duration.ofMinutes(20));
        assertThat(calls(), is(lessThanOrEqualTo(13)));
        assertThat(calls(), is(greaterThanOrEqualTo(8)));
    }

    @Test
    void eventsOfOneMomentAreReadTogether() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        List<String> ids =
                running(200).stream().map(EngineFixture.Wait::prebuildId).toList();
        fixture.runtime.advance(Duration.ofMinutes(2)); // the commit of each has been read by then
        records().clear();
        events.tell(ids);
        events.tell(ids);
        fixture.runtime.advance(Duration.ofSeconds(2));
        assertThat(calls(), is(lessThanOrEqualTo(2)));
    }

    @Test
    void oneEventAmongManyWaitsCostsOneRead() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        List<EngineFixture.Wait> waits = running(200);
        records().clear();
        fixture.gitpod.prebuild(waits.get(77).prebuildId()).failWith("no");
        fixture.untilConcluded(waits.get(77), Duration.ofSeconds(2));
        assertThat(records().count("GetPrebuild"), is(1));
        assertThat(records().count("ListPrebuilds"), is(0));
    }

    /** Of many prebuilds, some are read after they changed and before their events come. */
    @Test
    void aStreamWhoseEventsComeALittleLateIsKept() {
        fixture.close();
        fixture = fixture(PhasePlan.typical(), Manner.A_LITTLE_LATE);
        List<EngineFixture.Wait> waits = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            waits.add(fixture.submit());
            fixture.runtime.advance(Duration.ofMillis(100));
        }
        waits.forEach(wait -> fixture.untilConcluded(wait, Duration.ofMinutes(12)));
        assertThat(events.asked(), is(1));
    }

    @Test
    void aStreamThatChattersIsNotFollowedBlindly() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        events.become(Manner.CHATTERS);
        running(1);
        records().clear();
        fixture.runtime.advance(Duration.ofMinutes(10));
        assertThat(calls(), is(lessThanOrEqualTo(52)));
    }

    @Test
    void manyWaitsWithEventsCostNoMoreCallsThanWithout() {
        List<EngineFixture.Wait> waits = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            waits.add(fixture.submit());
            fixture.runtime.advance(Duration.ofSeconds(1));
        }
        waits.forEach(wait -> fixture.untilConcluded(wait, Duration.ofMinutes(12)));
        // One create and one last read for each, and at most a call a second beside.
        assertThat(calls(), is(lessThanOrEqualTo(2 * 300 + 16 * 60)));
    }

    @Test
    void thereIsOneStreamForAllWaitsOfASecretAndNoneWithoutWaits() {
        List<EngineFixture.Wait> waits = running(20);
        assertThat(events.open(), is(1));
        assertThat(events.asked(), is(1));
        waits.forEach(EngineFixture.Wait::abort);
        fixture.untilAllClosed(Duration.ofMinutes(2));
        assertThat(events.open(), is(0));
    }

    @Test
    void secretsShareTheStreamsThatMayBeOpenAndAFreePermitIsUsed() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        List<EngineFixture.Wait> waits = new ArrayList<>();
        for (int i = 0; i < SessionPool.MAX_STREAMS + 6; i++) {
            Account account = fixture.gitpod.account("account " + i);
            waits.add(fixture.submit(
                    fixture.request(), () -> io.jenkins.plugins.gitpod.api.BearerToken.of(account.token())));
        }
        fixture.runtime.advance(Duration.ofMinutes(2));
        assertThat(events.open(), is(SessionPool.MAX_STREAMS));
        assertThat(fixture.engine().context().sessions().size(), is(SessionPool.MAX_STREAMS + 6));
        waits.subList(0, SessionPool.MAX_STREAMS + 4).forEach(EngineFixture.Wait::abort);
        fixture.runtime.advance(Duration.ofMinutes(2));
        assertThat(events.open(), is(2));
        assertThat(events.mostOpen(), is(SessionPool.MAX_STREAMS));
    }

    @Test
    void aRotatedTokenTakesItsStreamAlong() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        running(2);
        fixture.account.rotate();
        fixture.runtime.advance(Duration.ofMinutes(5));
        assertThat(events.asked(), is(2));
        assertThat(events.open(), is(1));
    }

    @Test
    void theEndOfTheEngineClosesTheStream() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        running(2);
        fixture.engine().close();
        assertThat(events.open(), is(0));
    }

    @Test
    void aStreamThatBreaksIsOpenedAgainAndWhatHappenedMeanwhileIsRead() {
        begin(PhasePlan.stuckIn(SimPhase.RUNNING));
        EngineFixture.Wait wait = running(1).get(0);
        SimPrebuild prebuild = fixture.gitpod.prebuild(wait.prebuildId());
        events.breakAll();
        prebuild.failWith("no");
        fixture.untilConcluded(wait, Duration.ofSeconds(15));
    }
}
