package io.jenkins.plugins.gitpod.benchmark;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Measures all cases and prints a table, and what the targets say about it. */
public final class Benchmark {

    private static final int USUAL_RUNS = 3;

    /** How many light cases run side by side for each core. */
    private static final int PAIRS_PER_CORE = 3;

    private final int pairs = PAIRS_PER_CORE * Runtime.getRuntime().availableProcessors();
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
        sideBySide(plan, runs);
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
     * Runs the light cases, several at once. The next ones begin when all have ended, because the start of a process would
     * disturb a case in which something happens just then.
     */
    private void sideBySide(List<Plan.Entry> plan, int runs) throws Exception {
        List<Plan.Entry> waiting = new ArrayList<>();
        for (Plan.Entry each : plan) {
            for (int i = 0; each.of().isLight() && i < each.runs(runs); i++) {
                waiting.add(each);
            }
        }
        // Cases that take about as long run together.
        waiting.sort((a, b) -> Double.compare(length(b.of()), length(a.of())));
        ExecutorService threads = Executors.newFixedThreadPool(pairs);
        try {
            for (int from = 0; from < waiting.size(); from += pairs) {
                List<Plan.Entry> together = waiting.subList(from, Math.min(from + pairs, waiting.size()));
                List<Callable<Optional<Result>>> tasks = new ArrayList<>();
                together.forEach(each -> tasks.add(() -> ProcessPair.run(each.of())));
                List<Future<Optional<Result>>> done = threads.invokeAll(tasks);
                for (int i = 0; i < done.size(); i++) {
                    results.get(together.get(i)).add(done.get(i).get());
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
