package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Real time and a few daemon threads. As long as tasks end quickly, a few threads run the tasks of all queues, which take
 * turns. When tasks take long or hang, each queue gets further threads up to a limit of its own, so that one queue takes no
 * thread from another. Logs and listeners always have their own threads, because they may last. A pool for each
 * queue, or one pool with a limit for each queue, would be simpler. But a burst of short tasks would then start a thread for
 * each of them, up to all limits together.
 */
public final class ThreadedRuntime implements EngineRuntime, AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger(ThreadedRuntime.class.getName());
    private static final String NAME = "gitpod-prebuild-";

    /** A failure that a task should have handled costs neither a thread nor a place in the queue. */
    private static final String UNEXPECTED = "complete a task of the engine";

    private static final Duration IDLE = Duration.ofSeconds(5);
    /** How long closing waits for creates to be answered, which saves looking them up after the restart. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** The number of threads that all queues share. */
    private static final int SHARED_THREADS = 2;

    /** A queue hangs if it starts none of its tasks for this long, or fewer than it has threads. */
    private static final Duration HANGING_AFTER = Duration.ofMillis(250);

    /** The queues whose tasks wait for answers of Gitpod. */
    private static final Set<WorkQueue> CALLS =
            EnumSet.of(WorkQueue.LOOK_UP, WorkQueue.CREATE, WorkQueue.WATCH, WorkQueue.CANCEL);

    /** How many calls a thread makes in that time if it hardly waits for answers. If it makes fewer, more threads help. */
    private static final int QUICK_CALLS = 5;

    /** A queue that is behind for a second gets a further thread, and one more at each check from then on. */
    private static final int CHECKS_OF_A_SECOND = 4;

    /** The queues whose tasks may last and never use the shared threads. */
    private static final Set<WorkQueue> OWN_THREADS =
            EnumSet.of(WorkQueue.LOG, WorkQueue.LOG_REST, WorkQueue.LOG_PAGE, WorkQueue.LISTENER);

    /** How long a queue without any thread waits for a shared one. */
    private static final Duration MAX_WAIT_FOR_SHARED = Duration.ofMillis(100);

    /** The pause after the JVM could not start a thread. */
    private static final Duration NO_THREAD_PAUSE = Duration.ofSeconds(1);

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor shared;
    private final ThreadPoolExecutor further;
    private final Map<WorkQueue, QueueExecutor> executors = new EnumMap<>(WorkQueue.class);

    /** How many shared threads are in use. */
    private final AtomicInteger busy = new AtomicInteger();

    /** The queues that wait for a shared thread, the one that waits longest first. */
    private final Set<QueueExecutor> inLine = new LinkedHashSet<>();

    private final Duration maxWaitForShared;
    private volatile boolean closing;

    public ThreadedRuntime() {
        this(MAX_WAIT_FOR_SHARED);
    }

    /** @param maxWaitForShared how long a queue without any thread waits for a shared one */
    ThreadedRuntime(Duration maxWaitForShared) {
        this.maxWaitForShared = maxWaitForShared;
        timer = new ScheduledThreadPoolExecutor(1, threads("timer-"));
        timer.setRemoveOnCancelPolicy(true);
        shared = new ThreadPoolExecutor(
                SHARED_THREADS,
                SHARED_THREADS,
                IDLE.toSeconds(),
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                threads("shared-"));
        shared.allowCoreThreadTimeOut(true);
        further = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE.toSeconds(),
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                threads("further-"));
        for (WorkQueue queue : WorkQueue.values()) {
            executors.put(queue, new QueueExecutor(queue));
        }
    }

    private static ThreadFactory threads(String purpose) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            // A thread starts in the context of whatever build or request came first, and must keep nothing of it.
            Thread thread = new Thread(null, task, NAME + purpose + number.incrementAndGet(), 0, false);
            thread.setContextClassLoader(ThreadedRuntime.class.getClassLoader());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(@NonNull Duration delay, @NonNull Runnable task) {
        try {
            var future = timer.schedule(() -> Guarded.run(UNEXPECTED, task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    @Override
    public Executor executor(@NonNull WorkQueue queue) {
        return executors.get(queue);
    }

    @Override
    public double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /**
     * Ends all threads. Before that, waits a few seconds for creates that are out to be answered and for saves to end. The
     * next engine continues what is saved.
     */
    @Override
    public void close() {
        closing = true;
        timer.shutdownNow();
        long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
        for (WorkQueue queue : List.of(WorkQueue.CREATE, WorkQueue.STATE, WorkQueue.DELIVERY)) {
            executors.get(queue).awaitIdle(deadline);
        }
        shared.shutdownNow();
        further.shutdownNow();
    }

    /** Gives the shared threads that are free to the queues that wait for one. */
    private void startLine() {
        List<QueueExecutor> line;
        synchronized (inLine) {
            line = List.copyOf(inLine);
            inLine.clear();
        }
        line.forEach(each -> each.start(false));
    }

    /** Runs the tasks of one queue in their order, at most {@link WorkQueue#threads()} at a time. */
    private final class QueueExecutor implements Executor {

        private final WorkQueue queue;
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private final boolean ownThreads;
        private int running;
        private long started;
        private boolean checking;
        /** How many checks in a row have found this queue behind. */
        private int behind;

        QueueExecutor(WorkQueue queue) {
            this.queue = queue;
            this.ownThreads = OWN_THREADS.contains(queue);
        }

        @Override
        public void execute(Runnable task) {
            synchronized (this) {
                waiting.add(task);
            }
            start(false);
        }

        /** @param more whether the running tasks of this queue have made little progress for a while */
        private void start(boolean more) {
            boolean apart = ownThreads || more || closing;
            synchronized (this) {
                if (running == queue.threads() || waiting.isEmpty()) {
                    return;
                }
                if (!apart && busy.incrementAndGet() > SHARED_THREADS) {
                    busy.decrementAndGet();
                    waitInLine();
                    checkLater();
                    return;
                }
                running++;
            }
            try {
                (apart ? further : shared).execute(() -> work(apart));
            } catch (RejectedExecutionException closed) {
                LOGGER.log(Level.FINE, "Not run, because the engine is closed: queue {0}", queue);
                ended(apart);
                synchronized (this) {
                    waiting.clear();
                }
            } catch (OutOfMemoryError noThread) {
                LOGGER.log(Level.WARNING, "Cannot start a thread for Gitpod prebuilds, trying again", noThread);
                ended(apart);
                schedule(NO_THREAD_PAUSE, () -> start(false));
            }
        }

        private synchronized void ended(boolean apart) {
            running--;
            if (!apart) {
                busy.decrementAndGet();
            }
            notifyAll();
        }

        /** Under the lock. */
        private void checkLater() {
            if (!checking) {
                checking = true;
                long before = started;
                schedule(running == 0 ? maxWaitForShared : HANGING_AFTER, () -> check(before));
            }
        }

        private void check(long before) {
            boolean apart;
            int further;
            synchronized (this) {
                checking = false;
                // Also of tasks that wait for slow answers over a network, fewer begin than there are threads.
                boolean hanging = started - before < Math.max(1, running);
                behind = isBehind(started - before) ? behind + 1 : 0;
                // Twice as many threads each time, so that many tasks that hang delay the others only briefly.
                further = hanging ? Math.max(1, Math.min(running, waiting.size())) : 1;
                apart = hanging || behind >= CHECKS_OF_A_SECOND;
            }
            for (int i = 0; i < further; i++) {
                start(apart);
            }
            synchronized (this) {
                if (!waiting.isEmpty() && running < queue.threads()) {
                    checkLater();
                } else {
                    behind = 0;
                }
            }
        }

        /**
         * Whether further threads help: calls wait for answers, or the tasks need more than a second at this rate. Under the
         * lock.
         */
        private boolean isBehind(long startedSinceCheck) {
            return CALLS.contains(queue) && startedSinceCheck < (long) QUICK_CALLS * running
                    || waiting.size() > CHECKS_OF_A_SECOND * startedSinceCheck;
        }

        private void work(boolean apart) {
            for (Runnable task = next(apart); task != null; task = next(apart)) {
                Guarded.run(UNEXPECTED, task);
                // An interrupt, such as the one after a credentials provider's limit, must not reach the next task.
                if (!further.isShutdown()) {
                    Thread.interrupted();
                }
                // The queues take turns. Otherwise a long queue would keep all shared threads, and each other one would
                // need a further thread.
                if (!apart && isAnotherInLine()) {
                    ended(false);
                    break;
                }
            }
            startLine();
            start(false);
        }

        private void waitInLine() {
            synchronized (inLine) {
                inLine.add(this);
            }
        }

        private boolean isAnotherInLine() {
            synchronized (inLine) {
                return inLine.size() > (inLine.contains(this) ? 1 : 0);
            }
        }

        @CheckForNull
        private synchronized Runnable next(boolean apart) {
            Runnable task = waiting.poll();
            if (task == null) {
                ended(apart);
            } else {
                started++;
            }
            return task;
        }

        synchronized void awaitIdle(long deadline) {
            try {
                while (running > 0) {
                    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (millis <= 0) {
                        return;
                    }
                    wait(millis);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
