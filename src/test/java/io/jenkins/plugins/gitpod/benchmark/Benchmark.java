package io.jenkins.plugins.gitpod.benchmark;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Measures all cases and prints a table, and what the targets say about it. */
public final class Benchmark {

    private static final int USUAL_RUNS = 3;

    /** How many light cases run side by side for each core. */
    private static final int LIGHT_CASES_PER_CORE = 4;

    /** So long after a case with bursts the next one begins, so that their bursts do not meet. */
    private static final Duration APART = Duration.ofSeconds(8);

    private final int cores = Math.min(2, Runtime.getRuntime().availableProcessors());
    private final Map<Plan.Entry, List<Optional<Result>>> results = new LinkedHashMap<>();

    private Benchmark() {}

    /**
     * Runs the benchmark.
     *
     * @param args {@code --quick} for a short form, {@code --scales} for some cases at several scales, {@code --runs=N} for
     *     the number of runs, {@code --only=N,M} for the N-th and the M-th case alone
     * @throws Exception if a case cannot be run
     */
    public static void main(String[] args) throws Exception {
        List<String> arguments = List.of(args);
        boolean quick = arguments.contains("--quick");
        boolean scales = arguments.contains("--scales");
        List<Plan.Entry> plan = quick ? Plan.quick() : scales ? Plan.scales() : Plan.full();
        int runs = option(arguments, "--runs=").map(Integer::valueOf).orElse(quick || scales ? 1 : USUAL_RUNS);
        List<Plan.Entry> chosen = option(arguments, "--only=")
                .map(each -> choose(plan, each.split(",")))
                .orElse(plan);
        if (!new Benchmark().run(chosen, runs)) {
            System.exit(1);
        }
    }

    private static Optional<String> option(List<String> arguments, String name) {
        return arguments.stream()
                .filter(each -> each.startsWith(name))
                .map(each -> each.substring(name.length()))
                .findFirst();
    }

    private static List<Plan.Entry> choose(List<Plan.Entry> plan, String[] numbers) {
        List<Plan.Entry> chosen = new ArrayList<>();
        for (String each : numbers) {
            chosen.add(plan.get(Integer.parseInt(each) - 1));
        }
        return chosen;
    }

    /** @return whether all runs could be carried out */
    private boolean run(List<Plan.Entry> plan, int runs) throws Exception {
        Instant begun = Instant.now();
        plan.forEach(each -> results.put(each, new ArrayList<>()));
        together(plan, runs, Case.Load.LIGHT, LIGHT_CASES_PER_CORE * cores, Duration.ZERO);
        together(plan, runs, Case.Load.IN_BURSTS, cores, APART);
        System.out.println(Measured.head());
        List<Measured> measured = new ArrayList<>();
        for (Plan.Entry each : plan) {
            List<Optional<Result>> of = results.get(each);
            while (of.size() < each.runs(runs)) {
                of.add(ProcessPair.run(each.of()));
            }
            List<Result> good = of.stream().flatMap(Optional::stream).toList();
            measured.add(new Measured(each.of(), good, of.size() - good.size()));
            System.out.println(measured.get(measured.size() - 1).row());
        }
        Duration took = Duration.between(begun, Instant.now());
        System.out.println(Summary.of(measured, took));
        return measured.stream().allMatch(each -> each.failedRuns() == 0);
    }

    /**
     * Runs the cases of a load, several at once. The next ones begin when all have ended, because the start of a process
     * would disturb a case in which something happens just then.
     *
     * @param number how many at once
     * @param apart how long after one the next one begins
     */
    private void together(List<Plan.Entry> plan, int runs, Case.Load load, int number, Duration apart)
            throws Exception {
        List<Plan.Entry> waiting = new ArrayList<>();
        for (Plan.Entry each : plan) {
            for (int i = 0; each.of().load() == load && i < each.runs(runs); i++) {
                waiting.add(each);
            }
        }
        // Cases that take about as long run together.
        waiting.sort((a, b) -> Double.compare(length(b.of()), length(a.of())));
        ExecutorService threads = Executors.newFixedThreadPool(number);
        try {
            for (int from = 0; from < waiting.size(); from += number) {
                List<Plan.Entry> group = waiting.subList(from, Math.min(from + number, waiting.size()));
                List<Future<Optional<Result>>> running = new ArrayList<>();
                for (Plan.Entry each : group) {
                    if (!running.isEmpty()) {
                        Thread.sleep(apart.toMillis());
                    }
                    running.add(threads.submit(() -> ProcessPair.run(each.of())));
                }
                for (int i = 0; i < group.size(); i++) {
                    results.get(group.get(i)).add(running.get(i).get());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** An estimate, in real seconds. */
    private static double length(Case of) {
        double creates = of.limit() == 0 ? 0 : (double) of.waits() / of.limit();
        return (Figures.LIFE.toSeconds() + 2 * creates) / of.scale();
    }
}
