package io.jenkins.plugins.gitpod.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The waits of undecided requests: what ends them, and that nothing else does and nothing is left of them. */
class WaitingDecisionsTest {

    private static final Decision.WaitForEnd HOW =
            new Decision.WaitForEnd("waiting for one", "running", Duration.ofSeconds(30));

    private final Waits.Timers timers = new Waits.Timers();
    private final List<PendingDecision> decidedAgain = new ArrayList<>();
    private final WaitingDecisions waiting = new WaitingDecisions(timers, Duration.ofMinutes(60), decidedAgain::add);

    private PendingDecision step() {
        return Waits.request("shop#1", null, timers.nanoTime());
    }

    private PendingDecision automatic(String revision) {
        return Waits.request("shop#1", revision, timers.nanoTime());
    }

    private List<WaitingDecisions.Superseded> add(PendingDecision decision, String projectId) {
        return waiting.add(decision, Waits.inputs(projectId, decision), HOW, waiting.ends());
    }

    private static PrebuildRequest ended(String host, String projectId) {
        return new PrebuildRequest(UUID.randomUUID(), Waits.connection(host), projectId, null, null, false, true);
    }

    @Test
    void aWaitEndsWithAPrebuildOfItsProjectOnly() {
        PendingDecision one = step();
        PendingDecision other = step();
        add(one, "P");
        add(other, "q");
        waiting.prebuildEnded(ended("gitpod.example.com", "r"));
        waiting.prebuildEnded(ended("other.example.com", "p"));
        assertEquals(List.of(), decidedAgain);
        assertFalse(one.hasWaited());
        waiting.prebuildEnded(ended("gitpod.example.com", "p"));
        assertEquals(List.of(one), decidedAgain);
        assertTrue(one.hasWaited());
        assertNull(waiting.line(one.requestId()));
        assertEquals("waiting for one", waiting.line(other.requestId()));
        waiting.prebuildEnded(null);
        assertEquals(List.of(one, other), decidedAgain);
        assertEquals(List.of(), timers.scheduled(), "timers left");
    }

    @Test
    void aWaitIsOverAfterItsTimeAndOnlyOnce() {
        PendingDecision one = step();
        add(one, "p");
        assertEquals(Duration.ofSeconds(30), timers.last());
        Runnable early = timers.scheduled().get(0);
        waiting.prebuildEnded(ended("gitpod.example.com", "p"));
        add(one, "p");
        early.run();
        assertEquals(List.of(one), decidedAgain, "the time of an earlier wait");
        assertEquals(1, timers.scheduled().size());
        timers.scheduled().get(0).run();
        assertEquals(List.of(one, one), decidedAgain);
        assertEquals(List.of(), timers.scheduled());
    }

    /** What runs is read before the request waits. */
    @Test
    void anEndBetweenTheDecisionAndTheWaitIsNotMissed() {
        PendingDecision one = step();
        long before = waiting.ends();
        waiting.prebuildEnded(ended("gitpod.example.com", "p"));
        waiting.add(one, Waits.inputs("p", one), HOW, before);
        assertEquals(List.of(one), decidedAgain);
        assertEquals(0, waiting.size());
        assertEquals(List.of(), timers.scheduled());
    }

    @Test
    void thePatienceOfARequestBeginsAnewWithEachWait() {
        PendingDecision one = step();
        add(one, "p");
        timers.set(Duration.ofHours(5).toNanos());
        assertEquals(Duration.ofHours(5), one.age(timers.nanoTime()));
        waiting.prebuildEnded(null);
        assertEquals(Duration.ZERO, one.age(timers.nanoTime()));
    }

    @Test
    void nothingIsLeftOfARequestThatIsWithdrawn() {
        PendingDecision one = step();
        add(one, "p");
        assertTrue(one.end());
        waiting.withdrawn(one.requestId());
        assertEquals(0, waiting.size());
        assertEquals(List.of(), timers.scheduled());
        waiting.prebuildEnded(null);
        assertEquals(List.of(), decidedAgain);
        add(one, "p"); // decided just before it was withdrawn
        assertEquals(0, waiting.size());
        assertEquals(List.of(), timers.scheduled());
    }

    @Test
    void theNewestCommitOfABranchTakesThePlaceOfTheOlderOnes() {
        PendingDecision older = automatic("0123");
        PendingDecision step = step();
        PendingDecision newer = automatic("4567");
        PendingDecision elsewhere = automatic("89ab");
        assertEquals(List.of(), add(older, "p"));
        assertEquals(List.of(), add(step, "p"));
        assertEquals(List.of(), add(elsewhere, "q"));
        List<WaitingDecisions.Superseded> superseded = add(newer, "p");
        assertEquals(
                List.of(older),
                superseded.stream().map(WaitingDecisions.Superseded::decision).toList());
        assertEquals(3, waiting.size());
        assertEquals(3, timers.scheduled().size());
        assertEquals(List.of(), decidedAgain);
    }

    /** After a restart, all are decided at the same time. */
    @Test
    void anOlderCommitThatIsDecidedLaterFindsTheNewerOne() {
        PendingDecision older = automatic("0123");
        PendingDecision newer = automatic("4567");
        add(newer, "p");
        assertEquals(
                "4567",
                waiting.state(older, Waits.inputs("p", older), List.of(), new Waits.NothingRuns())
                        .newerCommit());
        assertNull(waiting.state(newer, Waits.inputs("p", newer), List.of(), new Waits.NothingRuns())
                .newerCommit());
        assertNull(waiting.state(older, Waits.inputs("q", older), List.of(), new Waits.NothingRuns())
                .newerCommit());
        add(older, "p");
        assertEquals(2, waiting.size(), "an older one takes no place");
    }
}
