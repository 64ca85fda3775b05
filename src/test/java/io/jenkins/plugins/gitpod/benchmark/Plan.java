package io.jenkins.plugins.gitpod.benchmark;

import java.util.ArrayList;
import java.util.List;

/** Which cases a form of the benchmark has, and how often each of them runs. */
final class Plan {

    /**
     * One scale for this plugin's cases. Higher ones multiply what the machine needs for a call; lower ones take
     * longer.
     */
    private static final double SCALE = 12;

    /** At a higher one, two cores could not answer so many calls. */
    private static final double SCALE_OF_MANY_POLLERS = 8;

    private static final double[] SCALES = {4, 8, 12, 24, 60};

    private static final int NETWORK_MILLIS = 100;
    private static final int WINDOW_SECONDS = 30;

    private Plan() {}

    /**
     * A case that runs a number of times.
     *
     * @param of the case
     * @param once whether one run is enough in any form
     */
    record Entry(Case of, boolean once) {

        int runs(int wanted) {
            return once ? 1 : wanted;
        }
    }

    static List<Entry> quick() {
        List<Entry> plan = new ArrayList<>();
        for (int waits : new int[] {1, 30, 300}) {
            plugin(plan, waits, 1);
            add(plan, Case.poller(waits, SCALE));
        }
        add(plan, Case.plugin(30, 1, false, SCALE).withLimit(Target.CALL_LIMIT));
        add(plan, Case.poller(30, SCALE).withLimit(Target.CALL_LIMIT));
        return plan;
    }

    static List<Entry> full() {
        List<Entry> plan = new ArrayList<>();
        for (int waits : new int[] {1, 30}) {
            plugin(plan, waits, 1);
            add(plan, Case.poller(waits, SCALE));
        }
        plugin(plan, 1000, 1);
        add(plan, Case.plugin(1000, 50, true, SCALE));
        once(plan, Case.plugin(1000, 50, false, SCALE));
        once(plan, Case.poller(1000, SCALE_OF_MANY_POLLERS));
        add(plan, Case.plugin(10_000, 1, true, SCALE));
        once(plan, Case.plugin(10_000, 1, false, SCALE));
        once(plan, Case.plugin(10_000, 50, true, SCALE));
        once(plan, Case.plugin(10_000, 50, false, SCALE));
        once(plan, Case.poller(10_000, 1).withWindow(WINDOW_SECONDS));
        add(plan, Case.plugin(1000, 1, true, SCALE).withNetwork(NETWORK_MILLIS));
        once(plan, Case.plugin(1000, 1, false, SCALE).withNetwork(NETWORK_MILLIS));
        for (int waits : new int[] {30, 1000}) {
            for (boolean stream : new boolean[] {true, false}) {
                add(plan, Case.plugin(waits, 1, stream, SCALE).withLimit(Target.CALL_LIMIT));
            }
            add(plan, Case.poller(waits, SCALE).withLimit(Target.CALL_LIMIT));
        }
        return plan;
    }

    /** The same cases at several scales, which shows what the scale does to the figures. */
    static List<Entry> scales() {
        List<Entry> plan = new ArrayList<>();
        for (Case each : List.of(
                Case.plugin(30, 1, true, 1),
                Case.plugin(1000, 1, true, 1),
                Case.plugin(1000, 1, true, 1).withNetwork(NETWORK_MILLIS))) {
            for (double scale : SCALES) {
                add(plan, each.withScale(scale));
            }
        }
        return plan;
    }

    private static void plugin(List<Entry> plan, int waits, int secrets) {
        add(plan, Case.plugin(waits, secrets, true, SCALE));
        add(plan, Case.plugin(waits, secrets, false, SCALE));
    }

    private static void add(List<Entry> plan, Case of) {
        plan.add(new Entry(of, false));
    }

    private static void once(List<Entry> plan, Case of) {
        plan.add(new Entry(of, true));
    }
}
