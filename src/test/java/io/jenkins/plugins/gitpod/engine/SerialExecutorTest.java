package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();

    private void runAll() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void tasksRunInTheOrderTheyCame() {
        SerialExecutor serial = new SerialExecutor(threads::add, 1);
        serial.execute(() -> ran.add("a"));
        serial.execute(() -> ran.add("b"));
        serial.execute(() -> ran.add("c"));
        runAll();
        assertThat(ran, contains("a", "b", "c"));
    }

    @Test
    void takesNoMoreThreadsThanAllowed() {
        SerialExecutor serial = new SerialExecutor(threads::add, 2);
        for (int i = 0; i < 10; i++) {
            serial.execute(() -> ran.add("x"));
        }
        assertThat(threads, hasSize(2));
        runAll();
        assertThat(ran, hasSize(10));
    }

    @Test
    void afterEachTaskOthersMayHaveTheThread() {
        SerialExecutor serial = new SerialExecutor(threads::add, 1);
        serial.execute(() -> ran.add("a"));
        serial.execute(() -> ran.add("b"));
        threads.add(() -> ran.add("of another user"));
        runAll();
        assertThat(ran, contains("a", "of another user", "b"));
    }

    @Test
    void aTaskThatThrowsStopsNoOther() {
        SerialExecutor serial = new SerialExecutor(threads::add, 1);
        serial.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        serial.execute(() -> ran.add("b"));
        assertThrows(IllegalStateException.class, () -> threads.remove().run());
        runAll();
        serial.execute(() -> ran.add("c"));
        runAll();
        assertThat(ran, contains("b", "c"));
    }

    @Test
    void aTaskMayAddTasks() {
        SerialExecutor serial = new SerialExecutor(threads::add, 1);
        serial.execute(() -> {
            ran.add("a");
            serial.execute(() -> ran.add("b"));
        });
        runAll();
        assertThat(ran, contains("a", "b"));
    }

    @Test
    void withManyThreadsNoTaskIsLostAndNeverTwoRunAtOnce() throws InterruptedException {
        int tasks = 10_000;
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            SerialExecutor serial = new SerialExecutor(pool, 1);
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger maximum = new AtomicInteger();
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch done = new CountDownLatch(tasks);
            for (int i = 0; i < tasks; i++) {
                int number = i;
                serial.execute(() -> {
                    maximum.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    order.add(number);
                    inside.decrementAndGet();
                    done.countDown();
                });
            }
            assertThat(done.await(60, TimeUnit.SECONDS), is(true));
            assertThat(maximum.get(), is(lessThanOrEqualTo(1)));
            assertThat(order, is(order.stream().sorted().toList()));
        } finally {
            pool.shutdownNow();
        }
    }
}
