package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.Records;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * How soon the ends of many prebuilds are noticed, and with how many calls, in simulated time: the figures depend on no
 * machine. All waits start together. {@link #main} prints them.
 */
final class NoticeTimes implements AutoCloseable {

    private static final int PROJECTS = 20;
    private static final Duration EVENT_DELAY = Duration.ofMillis(50);

    private static List<PhasePlan.Step> steps(Duration longer) {
        return List.of(
                new PhasePlan.Step(SimPhase.PENDING, Duration.ofSeconds(5)),
                new PhasePlan.Step(SimPhase.STARTING, Duration.ofSeconds(25)),
                new PhasePlan.Step(SimPhase.RUNNING, Duration.ofMinutes(3)),
                new PhasePlan.Step(SimPhase.STOPPING, Duration.ofMinutes(2)),
                new PhasePlan.Step(
                        SimPhase.SNAPSHOTTING, Duration.ofSeconds(330).plus(longer)));
    }

    /** The figures of one run. Times are in seconds after the end of a prebuild. */
    record Figures(int waits, double median, double p99, double last, double callsPerSecond, int calls) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d waits: median %.1f s, p99 %.1f s, last %.1f s, %.2f watching calls/s, %d calls",
                    waits,
                    median,
                    p99,
                    last,
                    callsPerSecond,
                    calls);
        }
    }

    private final boolean stream;
    private final List<PhasePlan.Step> steps;
    private final PhasePlan plan;
    private final List<EventSource.Listener> listeners = new ArrayList<>();
    private final List<Double> late = new ArrayList<>();
    private final EngineFixture fixture;
    private int streams;

    /**
     * @param stream whether Gitpod offers events
     * @param callTime how long a call takes
     * @param longer how much longer than eleven minutes a prebuild takes
     */
    NoticeTimes(boolean stream, Duration callTime, Duration longer) {
        this.stream = stream;
        steps = steps(longer);
        plan = PhasePlan.of(steps, SimPhase.COMPLETED);
        fixture = EngineFixture.with()
                .plan(plan)
                .events(of -> client -> this::listen)
                .begin();
        fixture.runtime.callsTake(callTime);
        fixture.gitpod.records().countOnly();
    }

    private AutoCloseable listen(EventSource.Listener listener) {
        streams++;
        if (!stream) {
            fixture.runtime.schedule(EVENT_DELAY, () -> listener.ended(Failures.answer(ErrorCode.UNIMPLEMENTED)));
            return () -> {};
        }
        listeners.add(listener);
        fixture.runtime.schedule(EVENT_DELAY, listener::opened);
        return () -> listeners.remove(listener);
    }

    /** Lets a number of waits begin, and waits until the last one has ended. */
    Figures run(int waits) {
        long begun = fixture.runtime.nanoTime();
        List<SimProject> projects = new ArrayList<>();
        for (int i = 0; i < PROJECTS; i++) {
            projects.add(fixture.gitpod.addProject("project " + i));
        }
        for (int i = 0; i < waits; i++) {
            PrebuildRequest request = fixture.requestFor(projects.get(i % PROJECTS));
            fixture.engine().submit(request, fixture.token(), new Observer());
        }
        fixture.runtime.runUntil(() -> late.size() == waits, Duration.ofMinutes(60));
        double seconds = (fixture.runtime.nanoTime() - begun) / 1e9;
        Collections.sort(late);
        Records records = fixture.gitpod.records();
        int reads = streams
                + records.total("GetPrebuild")
                + records.total("ListPrebuilds")
                + records.total("GetEnvironment");
        return new Figures(
                waits,
                late.get(waits / 2),
                late.get((int) Math.ceil(waits * 0.99) - 1),
                late.get(waits - 1),
                (reads - waits) / seconds,
                records.total("CreatePrebuild") + reads);
    }

    private final class Observer implements PrebuildObserver {

        private SimPrebuild prebuild;

        @Override
        public void update(Update update) {
            if (update instanceof Update.Created created) {
                prebuild = fixture.gitpod.prebuild(created.prebuild().id());
                tellChanges();
            }
        }

        private void tellChanges() {
            Duration age = Duration.between(prebuild.createdAt(), fixture.runtime.trueTime());
            Duration at = EVENT_DELAY.minus(age);
            tell(at, true);
            for (PhasePlan.Step step : steps) {
                at = at.plus(step.length());
                tell(at, false);
            }
        }

        private void tell(Duration delay, boolean creation) {
            PrebuildEvent event = new PrebuildEvent(prebuild.id(), creation);
            fixture.runtime.schedule(delay, () -> List.copyOf(listeners).forEach(listener -> listener.event(event)));
        }

        @Override
        public void concluded(Outcome outcome) {
            if (!(outcome instanceof Outcome.Ended ended)
                    || ended.prebuild().status().phase() != PrebuildPhase.COMPLETED) {
                throw new AssertionError("Not completed: " + outcome);
            }
            Duration age = Duration.between(prebuild.createdAt(), fixture.runtime.trueTime());
            late.add(age.minus(plan.total()).toMillis() / 1000.0);
        }
    }

    @Override
    public void close() {
        fixture.close();
    }

    /**
     * Prints the figures.
     *
     * @param args the numbers of waits
     */
    public static void main(String[] args) {
        for (String waits : args.length == 0 ? new String[] {"1", "30", "1000"} : args) {
            for (int millis : new int[] {25, 100}) {
                for (boolean stream : new boolean[] {true, false}) {
                    try (NoticeTimes times = new NoticeTimes(stream, Duration.ofMillis(millis), Duration.ZERO)) {
                        System.out.println((stream ? "stream, " : "polling, ") + millis + " ms a call, "
                                + times.run(Integer.parseInt(waits)));
                    }
                }
            }
        }
    }
}
