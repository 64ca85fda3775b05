package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.startsWith;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads; what is waited for always comes, so that the limits are never reached. */
class ThreadedRuntimeTest {

    private static final long LONG = 60;

    private final ThreadedRuntime runtime = new ThreadedRuntime();

    @AfterEach
    void end() {
        runtime.close();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(LONG, TimeUnit.SECONDS), is(true));
    }

    @Test
    void aQueueRunsAllItsTasksAndNeverMoreAtOnceThanItMay() throws InterruptedException {
        int tasks = 500;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger maximum = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            runtime.executor(WorkQueue.STATE).execute(() -> {
                maximum.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.yield();
                inside.decrementAndGet();
                done.countDown();
            });
        }
        await(done);
        assertThat(maximum.get(), is(lessThanOrEqualTo(WorkQueue.STATE.threads())));
    }

    @Test
    void aQueueThatHangsHoldsUpNoOther() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        try {
            for (int i = 0; i < 100; i++) {
                runtime.executor(WorkQueue.CREATE).execute(() -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            for (WorkQueue queue : WorkQueue.values()) {
                if (queue != WorkQueue.CREATE) {
                    CountDownLatch done = new CountDownLatch(1);
                    runtime.executor(queue).execute(done::countDown);
                    await(done);
                }
            }
        } finally {
            release.countDown();
        }
    }

    @Test
    void tasksThatGetOnNeedFewThreadsWhateverTheirNumber() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(20_000);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger maximum = new AtomicInteger();
        WorkQueue[] queues = {WorkQueue.CREATE, WorkQueue.WATCH, WorkQueue.CANCEL};
        for (int i = 0; i < 20_000; i++) {
            runtime.executor(queues[i % queues.length]).execute(() -> {
                maximum.accumulateAndGet(inside.incrementAndGet(), Math::max);
                inside.decrementAndGet();
                done.countDown();
            });
        }
        await(done);
        int enoughAndOneForEachQueue = 2 + queues.length;
        assertThat(maximum.get(), is(lessThanOrEqualTo(enoughAndOneForEachQueue)));
    }

    @Test
    void theQueuesTakeTurnsSoThatALongOneCostsTheOthersNoFurtherThread() throws Exception {
        // Nothing else than a turn brings a queue to a thread within this test.
        try (ThreadedRuntime patient = new ThreadedRuntime(Duration.ofHours(1))) {
            Executor creates = patient.executor(WorkQueue.CREATE);
            CyclicBarrier allSharedInUse = new CyclicBarrier(2);
            CompletableFuture<String> other = new CompletableFuture<>();
            for (int i = 0; i < 2; i++) {
                creates.execute(() -> {
                    await(allSharedInUse);
                    patient.executor(WorkQueue.STATE)
                            .execute(() -> other.complete(Thread.currentThread().getName()));
                });
            }
            for (int i = 0; i < 100; i++) {
                creates.execute(() -> other.orTimeout(LONG, TimeUnit.SECONDS).join());
            }
            assertThat(other.get(LONG, TimeUnit.SECONDS), startsWith("gitpod-prebuild-shared-"));
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(LONG, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aQueueWhoseTasksHangGetsAllItsThreads() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(WorkQueue.CANCEL.threads());
        CountDownLatch release = new CountDownLatch(1);
        try {
            for (int i = 0; i < WorkQueue.CANCEL.threads(); i++) {
                runtime.executor(WorkQueue.CANCEL).execute(() -> {
                    inside.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            await(inside);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aQueueWhoseTasksEndSlowlyGetsMoreThreadsThanItShares() throws InterruptedException {
        CountDownLatch moreThanShared = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        Semaphore answers = new Semaphore(0);
        ScheduledExecutorService network = Executors.newSingleThreadScheduledExecutor();
        try {
            for (int i = 0; i < 1000; i++) {
                runtime.executor(WorkQueue.CREATE).execute(() -> {
                    if (inside.incrementAndGet() > 3) {
                        moreThanShared.countDown();
                    }
                    answers.acquireUninterruptibly();
                    inside.decrementAndGet();
                });
            }
            network.scheduleAtFixedRate(answers::release, 150, 150, TimeUnit.MILLISECONDS);
            await(moreThanShared);
        } finally {
            network.shutdownNow();
            answers.release(1000);
        }
    }

    @Test
    void manyCallsOfATenthOfASecondGetMoreThreadsThanAreShared() throws InterruptedException {
        assertMoreAtATime(WorkQueue.CREATE, 100, 1000);
    }

    @Test
    void aQueueWithTasksForManySecondsGetsMoreThreadsThanAreShared() throws InterruptedException {
        assertMoreAtATime(WorkQueue.DELIVERY, 20, 5000);
    }

    private void assertMoreAtATime(WorkQueue queue, int millis, int tasks) throws InterruptedException {
        CountDownLatch sixAtATime = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        ScheduledExecutorService answers = Executors.newSingleThreadScheduledExecutor();
        try {
            for (int i = 0; i < tasks; i++) {
                runtime.executor(queue).execute(() -> {
                    if (inside.incrementAndGet() == 6) {
                        sixAtATime.countDown();
                    }
                    answerAfter(millis, answers);
                    inside.decrementAndGet();
                });
            }
            await(sixAtATime);
        } finally {
            answers.shutdown();
        }
    }

    private static void answerAfter(int millis, ScheduledExecutorService answers) {
        CountDownLatch answer = new CountDownLatch(1);
        try {
            answers.schedule(answer::countDown, millis, TimeUnit.MILLISECONDS);
            answer.await();
        } catch (RejectedExecutionException | InterruptedException e) {
            // The test has ended.
        }
    }

    @Test
    void buildsWhoseConsoleHangsDelayNoOtherBuild() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        try {
            for (int i = 0; i < 20; i++) {
                Executor ofOneBuild = new SerialExecutor(runtime.executor(WorkQueue.DELIVERY), 1);
                for (int line = 0; line < 10; line++) {
                    ofOneBuild.execute(() -> {
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
                }
            }
            CountDownLatch ended = new CountDownLatch(1);
            new SerialExecutor(runtime.executor(WorkQueue.DELIVERY), 1).execute(ended::countDown);
            await(ended);
        } finally {
            release.countDown();
        }
    }

    @Test
    void whateverTasksThrowTheirPlacesAreFreeAgain() throws InterruptedException {
        try (LogLines quiet = new LogLines()) {
            for (int i = 0; i < 50; i++) {
                int number = i;
                runtime.executor(WorkQueue.STATE).execute(() -> {
                    if (number % 2 == 0) {
                        throw new StackOverflowError("on purpose");
                    }
                    throw new IllegalStateException("on purpose");
                });
            }
            CountDownLatch done = new CountDownLatch(1);
            runtime.executor(WorkQueue.STATE).execute(done::countDown);
            await(done);
            assertThat(quiet.text().contains("on purpose"), is(true));
        }
    }

    @Test
    void anInterruptedTaskLeavesNothingToTheNext() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        for (int i = 0; i < WorkQueue.STATE.threads() * 2; i++) {
            runtime.executor(WorkQueue.STATE)
                    .execute(() -> Thread.currentThread().interrupt());
        }
        runtime.executor(WorkQueue.STATE).execute(() -> {
            interrupted.set(Thread.currentThread().isInterrupted() ? 1 : 0);
            done.countDown();
        });
        await(done);
        assertThat(interrupted.get(), is(0));
    }

    @Test
    void threadsKeepNothingOfTheThreadThatStartsThem() throws Exception {
        InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        CompletableFuture<String> local = new CompletableFuture<>();
        CompletableFuture<ClassLoader> loader = new CompletableFuture<>();
        CompletableFuture<ClassLoader> timerLoader = new CompletableFuture<>();
        try (URLClassLoader other = new URLClassLoader(new URL[0], before)) {
            inherited.set("of the starter");
            Thread.currentThread().setContextClassLoader(other);
            runtime.executor(WorkQueue.STATE).execute(() -> {
                local.complete(String.valueOf(inherited.get()));
                loader.complete(Thread.currentThread().getContextClassLoader());
            });
            runtime.schedule(
                    Duration.ZERO,
                    () -> timerLoader.complete(Thread.currentThread().getContextClassLoader()));
            assertThat(local.get(LONG, TimeUnit.SECONDS), is("null"));
            assertThat(loader.get(LONG, TimeUnit.SECONDS), is(ThreadedRuntime.class.getClassLoader()));
            assertThat(timerLoader.get(LONG, TimeUnit.SECONDS), is(ThreadedRuntime.class.getClassLoader()));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
            inherited.remove();
        }
    }

    @Test
    void aTimerRunsItsTaskAndACancelledOneDoesNot() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        runtime.schedule(Duration.ofDays(1), ran::incrementAndGet).cancel();
        runtime.schedule(Duration.ZERO, done::countDown);
        await(done);
        assertThat(ran.get(), is(0));
    }

    @Test
    void afterTheEndTasksAreDroppedQuietly() {
        runtime.close();
        AtomicInteger ran = new AtomicInteger();
        runtime.executor(WorkQueue.STATE).execute(ran::incrementAndGet);
        runtime.schedule(Duration.ZERO, ran::incrementAndGet);
        assertThat(ran.get(), is(0));
    }
}
