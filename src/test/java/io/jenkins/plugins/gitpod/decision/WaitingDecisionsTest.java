package io.jenkins.plugins.gitpod.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.store.NewCommit;
import io.jenkins.plugins.gitpod.store.RunTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** The waits of undecided requests: what ends them, and that nothing else does and nothing is left of them. */
class WaitingDecisionsTest {

    private static final Decision.WaitForEnd HOW = new Decision.WaitForEnd("waiting for one", Duration.ofSeconds(30));

    private final Timers timers = new Timers();
    private final List<PendingDecision> decidedAgain = new ArrayList<>();
    private final WaitingDecisions waiting = new WaitingDecisions(timers, Duration.ofMinutes(60), decidedAgain::add);

    /** Counts what is scheduled, and does it when it is told to. */
    private static final class Timers implements EngineRuntime {
        private final List<Runnable> scheduled = new ArrayList<>();
        private Duration last;
        private long nanos;

        @NonNull
        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @NonNull
        @Override
        public Timer schedule(@NonNull Duration delay, @NonNull Runnable task) {
            last = delay;
            scheduled.add(task);
            return () -> scheduled.remove(task);
        }

        @NonNull
        @Override
        public Executor executor(@NonNull WorkQueue queue) {
            return Runnable::run;
        }

        @Override
        public double random() {
            return 0;
        }
    }

    private static Connection connection(String host) {
        try {
            return new Connection(host, GitpodEndpoint.parse("https://" + host + "/api"), false);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Checkout checkout(String revision) {
        CheckedOut found = new CheckedOut(
                List.of("https://github.com/acme/shop"),
                List.of("main"),
                List.of(),
                revision,
                CheckedOut.Kind.BRANCH,
                false);
        return new Checkout(found, Checkout.From.OWN_SCM, null);
    }

    private PendingDecision decision(NewCommit commit) {
        PrebuildOptions options = new PrebuildOptions();
        options.setWhenActive(WhenActive.QUEUE);
        StepRequest request = new StepRequest(
                UUID.randomUUID(),
                null,
                () -> null,
                new ConfiguredConnection(null, connection("gitpod.example.com")),
                options,
                commit,
                null);
        return new PendingDecision(request, null, timers.nanoTime());
    }

    private PendingDecision step() {
        return decision(null);
    }

    private PendingDecision automatic(String revision) {
        return decision(new NewCommit(checkout(revision), ChangedPaths.MATCH, false, null, CommitConditions.NONE));
    }

    private static DecisionInputs inputs(String projectId, PendingDecision decision) {
        Project project = new Project(
                projectId,
                "shop",
                "https://github.com/acme/shop",
                ProjectTarget.branch("main"),
                List.of(),
                new Project.PrebuildConfiguration(true, List.of()),
                false);
        NewCommit commit = decision.request().newCommit();
        return new DecisionInputs(
                project,
                commit == null ? checkout("0123") : commit.checkout(),
                ChangedPaths.MATCH,
                List.of(),
                List.of());
    }

    private List<WaitingDecisions.Superseded> add(PendingDecision decision, String projectId) {
        return waiting.add(decision, inputs(projectId, decision), HOW, waiting.ends());
    }

    private static PrebuildRequest ended(String host, String projectId) {
        return new PrebuildRequest(UUID.randomUUID(), connection(host), projectId, null, null, false, true);
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
        assertEquals(List.of(), timers.scheduled, "timers left");
    }

    @Test
    void aWaitIsOverAfterItsTimeAndOnlyOnce() {
        PendingDecision one = step();
        add(one, "p");
        assertEquals(Duration.ofSeconds(30), timers.last);
        Runnable early = timers.scheduled.get(0);
        waiting.prebuildEnded(ended("gitpod.example.com", "p"));
        add(one, "p");
        early.run();
        assertEquals(List.of(one), decidedAgain, "the time of an earlier wait");
        assertEquals(1, timers.scheduled.size());
        timers.scheduled.get(0).run();
        assertEquals(List.of(one, one), decidedAgain);
        assertEquals(List.of(), timers.scheduled);
    }

    /** What runs is read before the request waits. */
    @Test
    void anEndBetweenTheDecisionAndTheWaitIsNotMissed() {
        PendingDecision one = step();
        long before = waiting.ends();
        waiting.prebuildEnded(ended("gitpod.example.com", "p"));
        waiting.add(one, inputs("p", one), HOW, before);
        assertEquals(List.of(one), decidedAgain);
        assertEquals(0, waiting.size());
        assertEquals(List.of(), timers.scheduled);
    }

    @Test
    void thePatienceOfARequestBeginsAnewWithEachWait() {
        PendingDecision one = step();
        add(one, "p");
        timers.nanos = Duration.ofHours(5).toNanos();
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
        assertEquals(List.of(), timers.scheduled);
        waiting.prebuildEnded(null);
        assertEquals(List.of(), decidedAgain);
        add(one, "p"); // decided just before it was withdrawn
        assertEquals(0, waiting.size());
        assertEquals(List.of(), timers.scheduled);
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
        assertEquals(3, timers.scheduled.size());
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
                waiting.state(older, inputs("p", older), List.of(), new NothingRuns())
                        .newerCommit());
        assertNull(waiting.state(newer, inputs("p", newer), List.of(), new NothingRuns())
                .newerCommit());
        assertNull(waiting.state(older, inputs("q", older), List.of(), new NothingRuns())
                .newerCommit());
        add(older, "p");
        assertEquals(2, waiting.size(), "an older one takes no place");
    }

    private static final class NothingRuns implements RunningPrebuilds {
        @NonNull
        @Override
        public List<RunningPrebuild> like(@NonNull StepRequest request, @NonNull Project project) {
            return List.of();
        }

        @NonNull
        @Override
        public List<RunTimes.Run> runs(@NonNull StepRequest request, @NonNull Project project, @NonNull Instant now) {
            return List.of();
        }

        @Override
        public String ending(@NonNull StepRequest request, @NonNull Project project) {
            return null;
        }

        @Override
        public boolean isOwn(@NonNull String prebuildId) {
            return false;
        }

        @Override
        public boolean isGivenUp(@NonNull String prebuildId) {
            return false;
        }

        @Override
        public boolean mayBeOwn(@NonNull StepRequest request, @NonNull Prebuild prebuild) {
            return false;
        }

        @Override
        public boolean anyWithoutId(@NonNull StepRequest request, @NonNull Project project) {
            return false;
        }
    }
}
