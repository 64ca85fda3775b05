package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class CreateQueueTest {

    private static final int MAXIMUM = 6;

    private final SimulatedRuntime runtime = new SimulatedRuntime();
    private final CreateQueue queue = new CreateQueue(runtime, MAXIMUM);
    private final List<String> done = new ArrayList<>();

    private void add(String project, String name) {
        add(project, queue.nextTurn(), name);
    }

    private void add(String project, long turn, String name) {
        queue.add(project, "", turn, () -> done.add(name));
    }

    @Test
    void withinAProjectTheFirstToComeIsTheFirstToGo() {
        for (int i = 0; i < 6; i++) {
            add("a", "a" + i);
        }
        runtime.settle();
        assertThat(done, contains("a0", "a1", "a2", "a3", "a4", "a5"));
    }

    @Test
    void projectsTakeTurns() {
        for (int i = 0; i < 1000; i++) {
            add("busy", "busy" + i);
        }
        add("small", "small");
        runtime.settle();
        assertThat(done, hasSize(1001));
        assertThat(done.indexOf("small"), is(lessThan(6)));
    }

    @Test
    void theJobsOfAProjectTakeTurns() {
        for (int i = 0; i < 1000; i++) {
            queue.add("a", "busy", queue.nextTurn(), () -> done.add("busy"));
        }
        queue.add("a", "small", queue.nextTurn(), () -> done.add("small"));
        queue.add("a", "small", queue.nextTurn(), () -> done.add("small"));
        runtime.settle();
        assertThat(done, hasSize(1002));
        assertThat(done.lastIndexOf("small"), is(lessThan(6)));
    }

    @Test
    void aProjectWithManyJobsHoldsUpNoOther() {
        for (int i = 0; i < 1000; i++) {
            queue.add("busy", "job" + i, queue.nextTurn(), () -> done.add("busy"));
        }
        add("small", "small0");
        add("small", "small1");
        runtime.settle();
        assertThat(done, hasSize(1002));
        assertThat(done.indexOf("small1"), is(lessThan(8)));
    }

    @Test
    void aRepeatedCreateComesBeforeLaterOnes() {
        long first = queue.nextTurn();
        hold(Duration.ofSeconds(1));
        for (int i = 0; i < 10; i++) {
            add("a", "later" + i);
        }
        add("a", first, "first");
        runtime.advance(Duration.ofSeconds(1));
        assertThat(done.get(0), is("first"));
    }

    @Test
    void atFirstNoMoreThanThreeAreOutAtOnce() {
        List<Runnable> out = new ArrayList<>();
        CreateQueue slow = new CreateQueue(new RuntimeWithExecutor(runtime, out::add), MAXIMUM);
        for (int i = 0; i < 1000; i++) {
            slow.add("project" + i % 20, "", slow.nextTurn(), () -> true);
        }
        assertThat(out, hasSize(3));
        out.get(0).run();
        assertThat(out, hasSize(4));
    }

    @Test
    void aBurstGetsMoreWhileAllSucceedAndFewAgainAfterAFailure() {
        List<Runnable> out = new ArrayList<>();
        CreateQueue slow = new CreateQueue(new RuntimeWithExecutor(runtime, out::add), MAXIMUM);
        for (int i = 0; i < 1000; i++) {
            slow.add("project", "", slow.nextTurn(), () -> {
                if (done.isEmpty()) {
                    slow.succeeded();
                }
                return true;
            });
        }
        int begun = 0;
        while (begun < 50) {
            out.get(begun++).run();
        }
        assertThat(out.size() - begun, is(MAXIMUM));
        slow.failed();
        done.add("slow");
        while (out.size() - begun > 3) {
            out.get(begun++).run();
        }
        out.get(begun++).run();
        assertThat(out.size() - begun, is(3));
    }

    @Test
    void whatWasWithdrawnLeavesItsPlaceInTimeToTheNext() {
        hold(Duration.ofSeconds(5));
        runtime.advance(Duration.ofSeconds(6));
        for (int i = 0; i < 1000; i++) {
            queue.add("a", "", queue.nextTurn(), () -> false);
        }
        add("a", "a");
        runtime.settle();
        assertThat(done, contains("a"));
    }

    private void hold(Duration asked) {
        queue.hold(runtime.nanoTime(), asked);
    }

    @Test
    void whenGitpodAsksToWaitAllWait() {
        hold(Duration.ofSeconds(5));
        hold(Duration.ofSeconds(2));
        add("a", "a");
        runtime.advance(Duration.ofMillis(4900));
        assertThat(done, is(empty()));
        hold(Duration.ofSeconds(3));
        runtime.advance(Duration.ofMillis(2900));
        assertThat(done, is(empty()));
        runtime.advance(Duration.ofMillis(200));
        assertThat(done, contains("a"));
    }

    @Test
    void whatHasComeWhileAllWaitDoesNotLeaveAllAtOnce() {
        for (int i = 0; i < 10; i++) {
            add("a", "early" + i);
            queue.succeeded();
        }
        runtime.settle();
        hold(Duration.ofSeconds(5));
        for (int i = 0; i < 10; i++) {
            add("a", "late" + i);
        }
        done.clear();
        runtime.advance(Duration.ofSeconds(5));
        assertThat(done, hasSize(1));
        runtime.advance(Duration.ofMillis(900)); // ten creates in five seconds, so one every half second
        assertThat(done, hasSize(2));
        runtime.advance(Duration.ofSeconds(5));
        assertThat(done, hasSize(10));
    }

    @Test
    void aServerThatAsksForADayHoldsUpTheOthersForAMinute() {
        hold(Duration.ofDays(1));
        add("a", "a");
        runtime.advance(Duration.ofSeconds(61));
        assertThat(done, contains("a"));
    }

    @Test
    void aTaskThatThrowsKeepsNoPlace() {
        SimulatedRuntime quiet = new SimulatedRuntime();
        quiet.frame((queue, task) -> {
            try {
                task.run();
            } catch (IllegalStateException expected) {
                done.add("thrown");
            }
        });
        CreateQueue throwing = new CreateQueue(quiet, MAXIMUM);
        for (int i = 0; i < 5; i++) {
            throwing.add("a", "", throwing.nextTurn(), () -> {
                throw new IllegalStateException("on purpose");
            });
        }
        throwing.add("a", "", throwing.nextTurn(), () -> done.add("last"));
        quiet.settle();
        assertThat(done.get(done.size() - 1), is("last"));
    }

    /** Shows which tasks were handed to the executor. */
    private record RuntimeWithExecutor(EngineRuntime runtime, Executor executor) implements EngineRuntime {
        @Override
        public java.time.Instant now() {
            return runtime.now();
        }

        @Override
        public long nanoTime() {
            return runtime.nanoTime();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return runtime.schedule(delay, task);
        }

        @Override
        public Executor executor(WorkQueue queue) {
            return executor;
        }

        @Override
        public double random() {
            return runtime.random();
        }
    }
}
