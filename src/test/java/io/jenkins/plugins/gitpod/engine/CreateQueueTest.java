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

    private final SimulatedRuntime runtime = new SimulatedRuntime();
    private final CreateQueue queue = new CreateQueue(runtime);
    private final List<String> done = new ArrayList<>();

    private void add(String project, String name) {
        add(project, queue.nextTurn(), name);
    }

    private void add(String project, long turn, String name) {
        queue.add(project, turn, () -> done.add(name));
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
    void aRepeatedCreateComesBeforeLaterOnes() {
        long first = queue.nextTurn();
        queue.hold(Duration.ofSeconds(1));
        for (int i = 0; i < 10; i++) {
            add("a", "later" + i);
        }
        add("a", first, "first");
        runtime.advance(Duration.ofSeconds(1));
        assertThat(done.get(0), is("first"));
    }

    @Test
    void noMoreThanThreeAreOutAtOnce() {
        List<Runnable> out = new ArrayList<>();
        CreateQueue slow = new CreateQueue(new RuntimeWithExecutor(runtime, out::add));
        for (int i = 0; i < 1000; i++) {
            slow.add("project" + i % 20, slow.nextTurn(), () -> {});
        }
        assertThat(out, hasSize(3));
        out.get(0).run();
        assertThat(out, hasSize(4));
    }

    @Test
    void whenGitpodAsksToWaitAllWait() {
        queue.hold(Duration.ofSeconds(5));
        queue.hold(Duration.ofSeconds(2));
        add("a", "a");
        add("b", "b");
        runtime.advance(Duration.ofMillis(4900));
        assertThat(done, is(empty()));
        queue.hold(Duration.ofSeconds(3));
        runtime.advance(Duration.ofMillis(2900));
        assertThat(done, is(empty()));
        runtime.advance(Duration.ofMillis(200));
        assertThat(done, hasSize(2));
    }

    @Test
    void aServerThatAsksForADayHoldsUpTheOthersForAMinute() {
        queue.hold(Duration.ofDays(1));
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
        CreateQueue throwing = new CreateQueue(quiet);
        for (int i = 0; i < 5; i++) {
            throwing.add("a", throwing.nextTurn(), () -> {
                throw new IllegalStateException("on purpose");
            });
        }
        throwing.add("a", throwing.nextTurn(), () -> done.add("last"));
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
