package io.jenkins.plugins.gitpod.decision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One branch that several jobs build: the newest of their requests that still wants a prebuild gets it. */
@ExtendWith(EnglishTexts.class)
class DecisionWaitsTest {

    private static final Decision.WaitForEnd QUEUED =
            new Decision.WaitForEnd("queued", "running", Duration.ofMinutes(5));

    private final Waits.Timers timers = new Waits.Timers();
    private final Set<UUID> pending = new HashSet<>();
    private final List<PendingDecision> decidedAgain = new ArrayList<>();
    private final List<PendingDecision> skipped = new ArrayList<>();
    private final List<Boolean> missed = new ArrayList<>();
    private final DecisionWaits waits =
            new DecisionWaits(timers, Duration.ofMinutes(60), pending::contains, decidedAgain::add, this::skip);

    private void skip(
            PendingDecision decision, DecisionInputs inputs, Decision.Skip skip, Notifications notifications) {
        assertTrue(decision.end());
        skipped.add(decision);
        missed.add(skip.missedChange());
        waits.gotNone(decision);
    }

    private PendingDecision request(String job, String commit) {
        PendingDecision request = Waits.request(job + "#1", commit, timers.nanoTime());
        pending.add(request.requestId());
        return request;
    }

    private PendingDecision queued(String job, String commit) {
        PendingDecision request = request(job, commit);
        queue(request);
        return request;
    }

    private void queue(PendingDecision request) {
        waits.untilEnd(
                request, Waits.inputs("p", request), QUEUED, waits.forEnds().ends(), new Notifications());
    }

    private void create(PendingDecision decision) {
        assertTrue(decision.start());
        decision.finish(true);
        waits.covered(decision, new Notifications());
    }

    private void withdraw(PendingDecision decision) {
        assertTrue(decision.end());
        waits.withdrawn(decision);
    }

    @Test
    void anOlderCommitOfAnotherJobIsSkippedOnceTheNewerOneHasItsPrebuild() {
        PendingDecision older = queued("one", "0123");
        PendingDecision newer = queued("other", "4567");
        assertEquals(List.of(), skipped);
        assertThat(waits.line(older.requestId()), containsString("for commit 4567, waits"));
        assertEquals("queued", waits.line(newer.requestId()));
        waits.prebuildEnded(null);
        assertEquals(List.of(newer), decidedAgain);
        create(newer);
        assertEquals(List.of(older), skipped);
        assertEquals(List.of(false), missed, "its change is in the prebuild of the newer one");
        assertNull(waits.line(older.requestId()));
    }

    @Test
    void pagesShowWhatEachOneWaitsFor() {
        PendingDecision older = queued("one", "0123");
        PendingDecision newer = queued("other", "4567");
        PendingDecision undecided = request("third", "89ab");
        PendingDecision quiet = request("fourth", "cdef");
        timers.set(Duration.ofMinutes(3).toNanos());
        Decision.Wait morning = new Decision.Wait(ZonedDateTime.parse("2026-03-11T06:00:00Z[UTC]"));
        waits.untilQuietHoursEnd(quiet, Waits.inputs("p", quiet), morning, new Notifications());
        assertShown(older, "p", UndecidedRequest.Kind.NEWER_REQUEST, "4567");
        assertShown(newer, "p", UndecidedRequest.Kind.PREBUILD, "running");
        assertShown(undecided, "", UndecidedRequest.Kind.DECISION, "");
        assertShown(quiet, "p", UndecidedRequest.Kind.QUIET_HOURS, "2026-03-11 06:00 UTC");
        waits.prebuildEnded(null);
        assertShown(newer, "", UndecidedRequest.Kind.DECISION, "");
    }

    private void assertShown(PendingDecision decision, String projectId, UndecidedRequest.Kind kind, String what) {
        assertEquals(
                new UndecidedRequest(
                        decision.request(),
                        projectId,
                        new UndecidedRequest.WaitsFor(kind, what),
                        Duration.ofMinutes(3)),
                waits.shown(decision));
    }

    @Test
    void ifTheNewerOneGetsNoneTheOlderOneIsDecidedAgain() {
        PendingDecision older = queued("one", "0123");
        PendingDecision newer = queued("other", "4567");
        waits.prebuildEnded(null);
        assertTrue(newer.end());
        waits.gotNone(newer);
        assertEquals(List.of(newer, older), decidedAgain);
        assertTrue(older.hasWaited());
        assertEquals(List.of(), skipped);
        create(older);
        assertEquals(List.of(), skipped);
    }

    @Test
    void ifTheNewerOneIsWithdrawnTheOlderOneTakesItsPlace() {
        PendingDecision older = queued("one", "0123");
        withdraw(queued("other", "4567"));
        assertEquals(List.of(older), decidedAgain);
        queue(older);
        assertEquals("queued", waits.line(older.requestId()));
    }

    /** Its options would decide the same about both. */
    @Test
    void ofOneJobOnlyTheNewestCommitIsKept() {
        PendingDecision first = queued("one", "0123");
        PendingDecision second = queued("one", "4567");
        assertEquals(List.of(first), skipped);
        assertEquals(List.of(true), missed, "until the newer one has its prebuild");
        PendingDecision other = queued("other", "89ab");
        PendingDecision third = queued("one", "cdef");
        assertEquals(List.of(first, second), skipped);
        withdraw(third);
        assertEquals(List.of(other), decidedAgain);
    }

    @Test
    void ofThreeJobsTheNewestThatIsLeftIsDecidedAgain() {
        PendingDecision first = queued("one", "0123");
        PendingDecision second = queued("two", "4567");
        PendingDecision third = queued("three", "89ab");
        withdraw(third);
        assertEquals(List.of(second), decidedAgain);
        assertThat(waits.line(first.requestId()), containsString("newer request"));
        create(second);
        assertEquals(List.of(first), skipped);
    }

    /** The one in the middle slept in quiet hours, so that an even older one of a third job was kept until it is decided. */
    @Test
    void ofOneJobOnlyTheNewestIsLeftWhenWhatTwoOfItsCommitsWaitedForIsWithdrawn() {
        PendingDecision first = request("one", "0123");
        PendingDecision second = request("one", "1234");
        PendingDecision slept = request("two", "4567");
        Decision.Wait morning = new Decision.Wait(
                ZonedDateTime.ofInstant(timers.now(), ZoneId.of("UTC")).plusHours(8));
        waits.untilQuietHoursEnd(slept, Waits.inputs("p", slept), morning, new Notifications());
        queue(slept);
        PendingDecision newest = queued("three", "89ab");
        waits.untilQuietHoursEnd(first, Waits.inputs("p", first), morning, new Notifications());
        Decision.Superseded how = new Decision.Superseded(QueueRules.newerWaits("89ab"));
        assertTrue(waits.superseded(second, Waits.inputs("p", second), how, new Notifications()));
        assertEquals(List.of(), skipped);
        withdraw(newest);
        assertEquals(List.of(slept), decidedAgain);
        assertEquals(List.of(first), skipped);
        assertEquals(List.of(true), missed, "until the newer one has its prebuild");
        create(slept);
        assertEquals(List.of(first, second), skipped);
    }

    @Test
    void nothingIsLeftOfAnOlderOneThatIsWithdrawn() {
        PendingDecision older = queued("one", "0123");
        PendingDecision newer = queued("other", "4567");
        withdraw(older);
        assertNull(waits.line(older.requestId()));
        withdraw(newer);
        assertEquals(List.of(), decidedAgain);
        assertEquals(List.of(), skipped);
    }

    /** After a restart, all are decided at the same time. */
    @Test
    void anOlderOneThatIsDecidedLaterIsKeptAsWell() {
        PendingDecision older = request("one", "0123");
        PendingDecision newer = queued("other", "4567");
        Decision.Superseded how = new Decision.Superseded(QueueRules.newerWaits("4567"));
        assertTrue(waits.superseded(older, Waits.inputs("p", older), how, new Notifications()));
        assertEquals(List.of(), skipped);
        withdraw(newer);
        assertEquals(List.of(older), decidedAgain);
        assertFalse(waits.superseded(older, Waits.inputs("p", older), how, new Notifications()));
    }

    @Test
    void quietHoursOfOneJobHoldUpNoOther() {
        PendingDecision older = queued("one", "0123");
        PendingDecision newer = queued("other", "4567");
        Decision.Wait morning = new Decision.Wait(
                ZonedDateTime.ofInstant(timers.now(), ZoneId.of("UTC")).plusHours(8));
        waits.untilQuietHoursEnd(newer, Waits.inputs("p", newer), morning, new Notifications());
        assertEquals(List.of(older), decidedAgain);
        // It has quiet hours too.
        waits.untilQuietHoursEnd(older, Waits.inputs("p", older), morning, new Notifications());
        assertThat(waits.line(older.requestId()), containsString("quiet hours"));
        assertEquals(List.of(), skipped);
        withdraw(newer);
        assertEquals(List.of(older, older), decidedAgain);
    }
}
