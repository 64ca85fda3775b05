package io.jenkins.plugins.gitpod.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which of the running prebuilds are later than a request, and which are of a row that is too old. */
class QueueStateTest {

    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");

    private static RunningPrebuild running(long order, boolean isForeign, Duration rowAge) {
        return new RunningPrebuild(
                UUID.randomUUID(), "shop#1", "one", "RUNNING", "", null, isForeign, true, order, NOW.minus(rowAge));
    }

    @Test
    void onlyWhatWasRequestedAfterTheRequestIsLater() {
        RunningPrebuild before = running(6, false, Duration.ZERO);
        RunningPrebuild after = running(8, false, Duration.ZERO);
        RunningPrebuild foreign = running(9, true, Duration.ZERO);
        assertEquals(Set.of(after.requestId()), QueueState.later(List.of(before, after, foreign), 7));
    }

    @Test
    void aRowAsOldAsTheLimitIsOverdue() {
        RunningPrebuild young = running(1, false, Duration.ofMinutes(60).minusMillis(1));
        RunningPrebuild old = running(2, false, Duration.ofMinutes(60));
        RunningPrebuild ofAClockThatWasSetBack = running(3, false, Duration.ofMinutes(-90));
        assertEquals(
                Map.of(old.requestId(), Duration.ofMinutes(60)),
                QueueState.overdue(List.of(young, old, ofAClockThatWasSetBack), NOW, Duration.ofMinutes(60)));
    }

    @Test
    void theOrderGrows() {
        long first = RequestOrder.next();
        assertTrue(RequestOrder.next() > first);
    }
}
