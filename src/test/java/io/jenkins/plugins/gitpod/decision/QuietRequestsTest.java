package io.jenkins.plugins.gitpod.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests that wait for the end of the quiet hours, in simulated time. */
@ExtendWith(EnglishTexts.class)
class QuietRequestsTest {

    private static final ZonedDateTime EVENING = ZonedDateTime.parse("2026-03-10T22:00:00Z[UTC]");
    private static final ZonedDateTime MORNING = ZonedDateTime.parse("2026-03-11T06:00:00Z[UTC]");
    private static final CommitHistory.Key MAIN = new CommitHistory.Key("api", "project", "", "main");
    private static final CommitHistory.Key LARGE = new CommitHistory.Key("api", "project", "large", "main");

    private record Task(Duration delay, Runnable work) {}

    /** Keeps what is scheduled. The wall clock is set by the test. */
    private final class Runtime implements EngineRuntime {
        private Instant wallClock = EVENING.toInstant();
        private final List<Task> scheduled = new ArrayList<>();

        @Override
        public Instant now() {
            return wallClock;
        }

        @Override
        public long nanoTime() {
            return Duration.between(EVENING.toInstant(), wallClock).toNanos();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            scheduled.add(new Task(delay, task));
            return () -> {};
        }

        @Override
        public Executor executor(WorkQueue queue) {
            return Runnable::run;
        }

        @Override
        public double random() {
            return 0;
        }

        /** Runs what is scheduled now, as if its time had come. */
        private void wake(ZonedDateTime at) {
            wallClock = at.toInstant();
            List<Task> due = List.copyOf(scheduled);
            scheduled.clear();
            due.forEach(each -> each.work().run());
        }
    }

    private record Console(List<String> lines) implements RequestListener {
        @Override
        public boolean isFor(UUID requestId) {
            return false;
        }

        @Override
        public void line(String line) {
            lines.add(line);
        }

        @Override
        public void created(PrebuildResult result) {
            throw new AssertionError("created");
        }

        @Override
        public void concluded(PrebuildRecord record) {
            throw new AssertionError("concluded");
        }
    }

    private final Runtime runtime = new Runtime();
    private final Set<UUID> pending = new HashSet<>();
    private final List<PendingDecision> decidedAgain = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final QuietRequests quiet = new QuietRequests(runtime, pending::contains, decidedAgain::add);

    private PendingDecision request() {
        UUID requestId = UUID.randomUUID();
        pending.add(requestId);
        StepRequest request =
                new StepRequest(requestId, null, null, null, new PrebuildOptions(), null, new Console(lines));
        return new PendingDecision(request, null, runtime.nanoTime());
    }

    private PendingDecision add(PendingDecision decision, CommitHistory.Key key) {
        Notifications notifications = new Notifications();
        QuietRequests.Unneeded unneeded = quiet.add(decision, key, MORNING, notifications);
        notifications.run();
        return unneeded == null ? null : unneeded.older();
    }

    @Test
    void aRequestIsDecidedAgainAtTheEndAndItsAgeStartsAgain() {
        PendingDecision request = request();
        assertNull(add(request, MAIN));
        assertEquals(List.of("The prebuild waits until the quiet hours are over (2026-03-11 06:00 UTC)."), lines);
        runtime.wake(MORNING.minusSeconds(1));
        assertEquals(List.of(), decidedAgain);
        assertEquals(Duration.ofSeconds(1), runtime.scheduled.get(0).delay());
        runtime.wake(MORNING);
        assertEquals(List.of(request), decidedAgain);
        assertEquals(Duration.ZERO, request.age(runtime.nanoTime()));
    }

    @Test
    void theWallClockIsReadAgainAtLeastEveryTenMinutes() {
        add(request(), MAIN);
        assertEquals(Duration.ofMinutes(10), runtime.scheduled.get(0).delay());
        // The machine slept.
        runtime.wake(MORNING.plusHours(2));
        assertEquals(1, decidedAgain.size());
        assertEquals(List.of(), runtime.scheduled);
    }

    @Test
    void onlyTheNewestOfABranchAndClassWaits() {
        PendingDecision first = request();
        PendingDecision second = request();
        PendingDecision third = request();
        assertNull(add(first, MAIN));
        assertNull(add(third, LARGE));
        assertSame(first, add(second, MAIN));
        runtime.wake(MORNING);
        assertEquals(Set.of(second, third), Set.copyOf(decidedAgain));
    }

    @Test
    void anOlderOneThatIsDecidedLaterIsNotNeeded() {
        PendingDecision older = request();
        PendingDecision newer = request();
        assertNull(add(newer, MAIN));
        assertSame(older, add(older, MAIN));
        runtime.wake(MORNING);
        assertEquals(List.of(newer), decidedAgain);
    }

    @Test
    void aRequestThatIsWithdrawnIsForgotten() {
        PendingDecision withdrawn = request();
        PendingDecision next = request();
        add(next, MAIN);
        pending.remove(next.requestId());
        assertNull(add(withdrawn, MAIN), "the newer one is not there any longer");
        pending.remove(withdrawn.requestId());
        runtime.wake(MORNING);
        assertTrue(decidedAgain.isEmpty());
    }

    @Test
    void theSameRequestMayWaitAgain() {
        PendingDecision request = request();
        add(request, MAIN);
        runtime.wake(MORNING);
        assertNull(add(request, MAIN));
        assertEquals(1, lines.size());
    }

    @Test
    void aRequestOfAnUnknownBranchWaitsToo() {
        PendingDecision request = request();
        assertNull(add(request, null));
        assertNull(add(request(), null));
        runtime.wake(MORNING);
        assertEquals(2, decidedAgain.size());
    }
}
