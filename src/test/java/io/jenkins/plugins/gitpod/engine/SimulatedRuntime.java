package io.jenkins.plugins.gitpod.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Simulated time and no threads: all tasks, those of every queue, run on the test's thread in {@link #advance} and
 * {@link #runUntil}, in the order of their times and then of their arrival. Time stands still while they run. Tasks may
 * come from any thread; the same seed gives the same run.
 */
final class SimulatedRuntime implements EngineRuntime {

    private record Task(long at, long number, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    /** What happens before and after each task of a queue. */
    interface Frame {
        void around(WorkQueue queue, Runnable task);
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Map<WorkQueue, List<Runnable>> held = new EnumMap<>(WorkQueue.class);
    private final Set<WorkQueue> atOnce = EnumSet.noneOf(WorkQueue.class);
    private final Map<WorkQueue, Duration> callTimes = new EnumMap<>(WorkQueue.class);
    private final Random random;
    private Frame frame = (queue, task) -> task.run();
    private Duration wallAhead = Duration.ZERO;
    private long nanos;
    private long tasksSoFar;

    SimulatedRuntime() {
        this(1);
    }

    SimulatedRuntime(long seed) {
        random = new Random(seed);
    }

    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");

    @Override
    public synchronized Instant now() {
        return START.plusNanos(nanos).plus(wallAhead);
    }

    /** The clock of the rest of the world, which does not jump along with ours. */
    synchronized Instant trueTime() {
        return START.plusNanos(nanos);
    }

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable task) {
        return add(Math.max(0, delay.toNanos()), task);
    }

    private Timer add(long delay, Runnable work) {
        Task task = new Task(nanos + delay, ++tasksSoFar, work);
        tasks.add(task);
        return () -> remove(task);
    }

    private synchronized void remove(Task task) {
        tasks.remove(task);
    }

    @Override
    public Executor executor(WorkQueue queue) {
        return task -> {
            synchronized (this) {
                List<Runnable> waiting = held.get(queue);
                if (waiting != null) {
                    waiting.add(task);
                    return;
                } else if (!atOnce.contains(queue)) {
                    long delay = callTimes.getOrDefault(queue, Duration.ZERO).toNanos();
                    add(delay, () -> frame.around(queue, task));
                    return;
                }
            }
            frame.around(queue, task);
        };
    }

    @Override
    public synchronized double random() {
        return random.nextDouble();
    }

    // ---- for tests

    void frame(Frame around) {
        frame = around;
    }

    /**
     * From now on each call takes so long. It is answered at the end of that time, and other tasks, also those of its
     * queue, run meanwhile.
     */
    synchronized void callsTake(Duration time) {
        EnumSet.of(WorkQueue.WATCH, WorkQueue.CREATE, WorkQueue.CANCEL, WorkQueue.LOOK_UP)
                .forEach(queue -> callTimes.put(queue, time));
    }

    /** From now on the queue's threads are all busy. */
    synchronized void hold(WorkQueue queue) {
        held.putIfAbsent(queue, new ArrayList<>());
    }

    /** From now on the queue's threads are quicker than those that hand them a task. */
    synchronized void atOnce(WorkQueue queue) {
        atOnce.add(queue);
    }

    /** The queue's threads are free again. */
    void release(WorkQueue queue) {
        List<Runnable> waiting;
        synchronized (this) {
            waiting = held.remove(queue);
        }
        if (waiting != null) {
            waiting.forEach(executor(queue)::execute);
        }
    }

    /** Time passes, and nothing is done in it: the machine sleeps, or a call takes its time. */
    synchronized void sleep(Duration length) {
        nanos += length.toNanos();
    }

    /** The wall clock of this machine is set. */
    synchronized void setClockAhead(Duration ahead) {
        wallAhead = ahead;
    }

    /** How many tasks wait for their time. */
    synchronized int pending() {
        return tasks.size();
    }

    /** Runs what there is to run now. */
    void settle() {
        advance(Duration.ZERO);
    }

    /** Lets time pass and runs what falls due in it. */
    void advance(Duration length) {
        long end = nanoTime() + length.toNanos();
        while (runNext(end)) {
            // on to the next
        }
        synchronized (this) {
            nanos = Math.max(nanos, end);
        }
    }

    /**
     * Lets time pass until a condition holds.
     *
     * @return the time it took
     * @throws AssertionError if it does not hold within the limit
     */
    Duration runUntil(BooleanSupplier condition, Duration limit) {
        long begin = nanoTime();
        while (!condition.getAsBoolean()) {
            if (!runNext(begin + limit.toNanos())) {
                throw new AssertionError("Not within " + limit + " of simulated time");
            }
        }
        return Duration.ofNanos(nanoTime() - begin);
    }

    private boolean runNext(long end) {
        Task next;
        synchronized (this) {
            next = tasks.peek();
            if (next == null || next.at() > end) {
                return false;
            }
            tasks.remove();
            nanos = Math.max(nanos, next.at());
        }
        next.work().run();
        return true;
    }
}
