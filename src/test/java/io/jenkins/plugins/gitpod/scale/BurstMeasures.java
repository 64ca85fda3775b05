package io.jenkins.plugins.gitpod.scale;

import static io.jenkins.plugins.gitpod.scale.MeasuredJenkins.awaitLong;
import static io.jenkins.plugins.gitpod.scale.Statistics.medianAnd99;
import static io.jenkins.plugins.gitpod.scale.Statistics.seconds;

import io.jenkins.plugins.gitpod.benchmark.Spread;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Many builds that start at once. Builds that only sleep show what Jenkins itself needs. Each is done once more than it is
 * measured, because the first burst of a process runs code that is not compiled yet.
 */
final class BurstMeasures {

    /** Half of the time that an earlier version needed. */
    private static final double TARGET_SECONDS = 12.5;

    private static final int RUNS = 3;

    private final MeasuredJenkins jenkins;
    private final TargetTable table;
    private final Map<String, Integer> jobOf;
    private final int jobs;
    private final int builds;

    private final List<Double> started = new ArrayList<>();
    private final List<Double> accepted = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private final List<Long> ofAJob = new ArrayList<>();
    private long[] delays = {};

    /**
     * @param jobOf the job of each project
     * @param builds how many start at once
     */
    BurstMeasures(MeasuredJenkins jenkins, TargetTable table, Map<String, Integer> jobOf, int builds) {
        this.jenkins = jenkins;
        this.table = table;
        this.jobOf = jobOf;
        this.jobs = jobOf.size();
        this.builds = builds;
    }

    void measure() throws Throwable {
        List<Double> asleep = new ArrayList<>();
        List<Double> cpuAsleep = new ArrayList<>();
        for (int run = 0; run <= RUNS; run++) {
            Duration before = jenkins.cpu();
            double seconds = start(BenchmarkJenkins.ASLEEP);
            awaitLong("they sleep", () -> jenkins.waiting(BenchmarkJenkins.ASLEEP) == builds);
            if (run > 0) {
                asleep.add(seconds);
                cpuAsleep.add(secondsSince(before));
            }
            end(BenchmarkJenkins.ASLEEP);
        }
        for (int run = 0; run <= RUNS; run++) {
            burst(run > 0);
            end(BenchmarkJenkins.WAITING);
        }
        String what = builds + " builds at once, " + RUNS + " times: ";
        table.measure(what + "until Jenkins had started all, if they only sleep", spread(asleep));
        table.measure(what + "CPU of Jenkins until all sleep", spread(cpuAsleep));
        table.measure(what + "until Jenkins had started all, each with a gitpodPrebuild step", spread(started));
        table.met(
                what + "until all creates were accepted",
                TARGET_SECONDS + " s",
                spread(accepted),
                new Spread(accepted).max() <= TARGET_SECONDS);
        table.measure(what + "CPU of Jenkins until all wait", spread(cpu));
        double fair = (double) (builds / 2) / jobs;
        long least = ofAJob.stream().min(Long::compare).orElseThrow();
        long most = ofAJob.stream().max(Long::compare).orElseThrow();
        table.met(
                "the first half of these creates: least and most of a job, of " + jobs + " jobs",
                "fair: " + TargetTable.number(fair),
                least + ", " + most,
                least >= fair / 2 && most <= fair * 2);
        Arrays.sort(delays);
        table.measure(
                "from the start of a step until its create arrived, median and p99", medianAnd99(delays, 1000, " s"));
    }

    private static String spread(List<Double> values) {
        return new Spread(values).text(1) + " s";
    }

    private double secondsSince(Duration cpuBefore) {
        return jenkins.cpu().minus(cpuBefore).toMillis() / 1000.0;
    }

    private double start(String prefix) throws Throwable {
        Instant begun = Instant.now();
        jenkins.start(prefix, builds);
        return seconds(begun, Instant.now());
    }

    private void burst(boolean measured) throws Throwable {
        Duration before = jenkins.cpu();
        Instant begun = Instant.now();
        double seconds = start(BenchmarkJenkins.WAITING);
        awaitLong("all of the burst are created", () -> jenkins.active().size() == builds);
        List<SimPrebuild> made = jenkins.active();
        awaitLong("all of the burst wait", () -> jenkins.waiting(BenchmarkJenkins.WAITING) == builds);
        double used = secondsSince(before);
        if (!measured) {
            return;
        }
        started.add(seconds);
        accepted.add(seconds(begun, made.get(made.size() - 1).createdAt()));
        cpu.add(used);
        Map<Integer, Long> firstHalf = made.subList(0, made.size() / 2).stream()
                .collect(Collectors.groupingBy(each -> jobOf.get(each.projectId()), Collectors.counting()));
        for (int job = 0; job < jobs; job++) {
            ofAJob.add(firstHalf.getOrDefault(job, 0L));
        }
        Map<String, Instant> createdAt =
                made.stream().collect(Collectors.toMap(SimPrebuild::id, SimPrebuild::createdAt));
        delays = LongStream.concat(
                        LongStream.of(delays),
                        jenkins.look().stream()
                                .filter(build -> createdAt.containsKey(build.prebuildId))
                                .mapToLong(build ->
                                        createdAt.get(build.prebuildId).toEpochMilli() - build.stepStartMillis))
                .toArray();
    }

    private void end(String prefix) throws Throwable {
        jenkins.real.runRemotely(BenchmarkJenkins::abort, prefix);
        awaitLong("they end", () -> jenkins.running(prefix) == 0);
        awaitLong("no request is open", () -> jenkins.ledger().isEmpty());
        jenkins.real.runRemotely(BenchmarkJenkins::delete, prefix);
        awaitLong("no prebuild is active", () -> jenkins.active().isEmpty());
    }
}
