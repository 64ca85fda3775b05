package io.jenkins.plugins.gitpod.scale;

import static io.jenkins.plugins.gitpod.scale.MeasuredJenkins.awaitLong;
import static io.jenkins.plugins.gitpod.scale.MeasuredJenkins.observe;
import static io.jenkins.plugins.gitpod.scale.Statistics.at;
import static io.jenkins.plugins.gitpod.scale.Statistics.medianAnd99;
import static io.jenkins.plugins.gitpod.scale.Statistics.seconds;

import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/**
 * Measures in a real Jenkins what waiting pipelines cost, in real time and with the limits that the plugin ships with, and
 * prints the tables of {@code docs/performance.md}: {@code bin/benchmark --jenkins}. Not part of the ordinary build, which
 * runs {@code ManyWaitsTest}.
 */
class JenkinsBenchmarkRun {

    private static final int BUILDS = Integer.getInteger("waits.builds", 1000);
    private static final int OPEN = 5 * BUILDS;
    private static final int BURST = BUILDS / 2;
    private static final int TIMED = BUILDS / 10;
    private static final int ASLEEP = BUILDS / 5;
    private static final int JOBS = 20;
    private static final int PEOPLE = 100;
    private static final Set<String> OF_THE_WATCHER =
            Set.of("ListPrebuilds", "GetPrebuild", "GetEnvironment", "WatchEvents");
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration WINDOW = Duration.ofSeconds(Integer.getInteger("waits.window", 60));

    @RegisterExtension
    private final RealJenkinsExtension real = new RealJenkinsExtension()
            .withTimeout(3600)
            // As in production, views are compiled once. XML is written deep in the stack.
            .javaOptions("-Xmx1500m", "-XX:FlightRecorderOptions=stackdepth=256")
            .javaOptions("-Dhudson.Main.development=false", "-Djenkins.install.runSetupWizard=false");

    private final GitpodFixture gitpod = new GitpodFixture();
    private final MeasuredJenkins jenkins = new MeasuredJenkins(real, gitpod);
    private final Map<String, Integer> jobOf = new HashMap<>();
    private TargetTable table;

    @AfterEach
    void close() {
        gitpod.close();
    }

    @Test
    void measure() throws Throwable {
        table = new TargetTable(Path.of("target", "jenkins-benchmark.md"));
        Path recording = Path.of(System.getProperty("waits.jfr", "target/jenkins-benchmark.jfr"))
                .toAbsolutePath();
        Instant begun = Instant.now();
        prepare();
        table.head("what", "target", "measured", "met");
        callsOfTheStep();
        BenchmarkJenkins.Snapshot before = jenkins.snapshot();
        double asleep = heapOfSleepers(before);
        before = jenkins.snapshot();
        real.runRemotely(FlightRecorder::start);
        startAll();
        whileAllWait(before, asleep);
        people();
        ends();
        real.runRemotely(FlightRecorder::stop, recording.toString());
        RecordingTables report = new RecordingTables(table, RecordingReport.of(recording), BUILDS);
        report.files();
        new BurstMeasures(jenkins, table, jobOf, BURST).measure();
        restart();
        report.hotPlaces();
        table.line("");
        table.line("In all " + Math.round(seconds(begun, Instant.now())) + " s, "
                + Runtime.getRuntime().availableProcessors() + " processors, Java "
                + System.getProperty("java.version") + ".");
    }

    private void prepare() throws Throwable {
        ArrayList<String> projects = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            String id = gitpod.simulator()
                    .addProject("project " + i)
                    .plan(PhasePlan.stuckIn(SimPhase.RUNNING))
                    .id();
            projects.add(id);
            jobOf.put(id, i);
        }
        String url = gitpod.simulator().apiUrl().toString();
        String token = gitpod.account().token();
        real.startJenkins();
        real.runRemotely(BenchmarkJenkins::prepare, url, token, projects);
    }

    private void timedSteps(int builds) throws Throwable {
        real.runRemotely(BenchmarkJenkins::forgetTimes);
        jenkins.start(BenchmarkJenkins.TIMED, builds);
        awaitLong(
                "timed steps wait",
                () -> jenkins.active().size() == builds && jenkins.waiting(BenchmarkJenkins.TIMED) == builds);
        real.runRemotely(BenchmarkJenkins::resumeTimed);
        real.runRemotely(BenchmarkJenkins::abort, BenchmarkJenkins.TIMED);
        awaitLong("timed builds end", () -> jenkins.running(BenchmarkJenkins.TIMED) == 0);
        awaitLong("no request is open", () -> jenkins.ledger().isEmpty());
    }

    private void callsOfTheStep() throws Throwable {
        // Loads the classes.
        timedSteps(JOBS);
        timedSteps(TIMED);
        long[][] times = jenkins.remotely(BenchmarkJenkins::times);
        String[] names = {"start()", "onResume()", "stop()"};
        for (int i = 0; i < names.length; i++) {
            double median = at(times[i], 0.5) / 1e6;
            table.met(
                    names[i] + " of a step, median and p99 of " + times[i].length,
                    "median: 10 ms",
                    medianAnd99(times[i], 1e6, " ms"),
                    median <= 10);
        }
        real.runRemotely(BenchmarkJenkins::delete, BenchmarkJenkins.TIMED);
    }

    /** The heap of a pipeline that sleeps, in bytes. */
    private double heapOfSleepers(BenchmarkJenkins.Snapshot before) throws Throwable {
        jenkins.start(BenchmarkJenkins.ASLEEP, ASLEEP);
        awaitLong("they sleep", () -> jenkins.waiting(BenchmarkJenkins.ASLEEP) == ASLEEP);
        double each = (double) (jenkins.snapshot().heapBytes - before.heapBytes) / ASLEEP;
        asleepProgramBytes = jenkins.remotely(rule -> BenchmarkJenkins.look(rule, BenchmarkJenkins.ASLEEP))
                .get(0)
                .programBytes;
        real.runRemotely(BenchmarkJenkins::abort, BenchmarkJenkins.ASLEEP);
        awaitLong("they end", () -> jenkins.running(BenchmarkJenkins.ASLEEP) == 0);
        real.runRemotely(BenchmarkJenkins::delete, BenchmarkJenkins.ASLEEP);
        return each;
    }

    private long asleepProgramBytes;

    private void startAll() throws Throwable {
        jenkins.start(BenchmarkJenkins.WAITING, BUILDS);
        awaitLong("all are created", () -> jenkins.active().size() == BUILDS);
        awaitLong("all wait", () -> jenkins.waiting(BenchmarkJenkins.WAITING) == BUILDS);
        table.measure(
                "threads of the plugin and of the HTTP library, right after the start of " + TargetTable.number(BUILDS)
                        + " builds at once",
                String.valueOf(jenkins.remotely(BenchmarkJenkins::ours).size()));
    }

    private int quietCalls;
    private Duration quietCpu;

    private void whileAllWait(BenchmarkJenkins.Snapshot before, double asleep) throws Throwable {
        // What the start needed sleeps for up to a minute.
        Instant latest = Instant.now().plusSeconds(90);
        awaitLong(
                "threads are gone",
                () -> jenkins.remotely(BenchmarkJenkins::ours).size() <= 8
                        || Instant.now().isAfter(latest));
        quietCalls = jenkins.calls();
        quietCpu = jenkins.cpu();
        observe(WINDOW);
        quietCpu = jenkins.cpu().minus(quietCpu);
        quietCalls = jenkins.calls() - quietCalls;
        BenchmarkJenkins.Snapshot now = jenkins.snapshot();
        List<BenchmarkJenkins.Build> builds = jenkins.look();
        table.atMost("the same while " + TargetTable.number(BUILDS) + " builds wait", 8, now.ours.size(), "");
        table.measure("threads of the whole JVM, minus those before the builds", "" + (now.threads - before.threads));
        table.atMost("executors in use", 0, now.busyExecutors, "");
        double heap = (double) (now.heapBytes - before.heapBytes) / BUILDS;
        table.measure("heap per waiting build, with its pipeline", TargetTable.number(heap / 1000) + " kB");
        table.measure("heap per build that sleeps", TargetTable.number(asleep / 1000) + " kB");
        table.measure(
                "the step's share of the heap: the difference", TargetTable.number((heap - asleep) / 1000) + " kB");
        double program =
                builds.stream().mapToLong(build -> build.programBytes).average().orElseThrow();
        table.atMost(
                "saved pipeline state, minus that of a pipeline that sleeps",
                1000,
                Math.round(program - asleepProgramBytes),
                " bytes");
        table.measure(
                "the plugin's part of build.xml",
                Math.round(builds.stream()
                                .mapToLong(build -> build.actionBytes)
                                .average()
                                .orElseThrow()) + " bytes");
        long ledgerBytes = 0;
        for (Path file : jenkins.ledger()) {
            ledgerBytes += Files.size(file);
        }
        table.measure("ledger entry", ledgerBytes / BUILDS + " bytes");
        long[] status = jenkins.remotely(rule -> BenchmarkJenkins.statusTimes(rule, false));
        long[] bounded = jenkins.remotely(rule -> BenchmarkJenkins.statusTimes(rule, true));
        table.measure("getStatus() of a step, median and p99", medianAnd99(status, 1000, " µs"));
        table.measure(
                "the same as a thread dump asks, on a thread of its own (getStatusBounded)",
                medianAnd99(bounded, 1000, " µs"));
        table.atMost("watching calls/s while all wait", 1, quietCalls / (double) WINDOW.toSeconds(), "");
        table.measure("CPU of Jenkins while all wait, of one processor", percent(quietCpu));
    }

    private static String percent(Duration cpu) {
        return TargetTable.number(100.0 * cpu.toMillis() / WINDOW.toMillis()) + " %";
    }

    /** People watch the pages of builds that wait. */
    private void people() throws Throwable {
        List<BenchmarkJenkins.Build> builds = jenkins.look();
        List<URL> lives = new ArrayList<>();
        List<URL> pages = new ArrayList<>();
        for (int i = 0; i < PEOPLE; i++) {
            String build = builds.get(i * builds.size() / PEOPLE).url;
            lives.add(new URL(real.getUrl(), build + "gitpod-prebuilds/live"));
            pages.add(new URL(real.getUrl(), i % 2 == 0 ? build : build + "../"));
        }
        // Compiles the views.
        try (People first = new People()) {
            first.poll(pages.subList(0, 2), POLL, POLL);
        }
        try (People people = new People()) {
            people.poll(pages, POLL.multipliedBy(4), POLL.multipliedBy(4));
            table.measure(
                    PEOPLE + " people open a page of a build or a job: time of an answer, median and p99",
                    medianAnd99(people.times(), 1e6, " ms"));
        }
        int calls = jenkins.calls();
        Duration cpu = jenkins.cpu();
        try (People people = new People()) {
            people.poll(lives, POLL, WINDOW);
            cpu = jenkins.cpu().minus(cpu);
            calls = jenkins.calls() - calls;
            table.measure(
                    PEOPLE + " people watch a build's page (" + people.times().length
                            + " answers): time of an answer, median and p99",
                    medianAnd99(people.times(), 1e6, " ms"));
        }
        Map<String, Long> methods = gitpod.simulator().records().calls().stream()
                .skip(jenkins.calls() - calls)
                .collect(Collectors.groupingBy(Call::method, TreeMap::new, Collectors.counting()));
        table.measure("calls to Gitpod in that time, and in the same time before", methods + ", " + quietCalls);
        methods.keySet().removeAll(OF_THE_WATCHER);
        table.atMost(
                "of these, calls that are not the watcher's",
                0,
                methods.values().stream().mapToLong(Long::longValue).sum(),
                "");
        table.measure("CPU of Jenkins in that time, of one processor", percent(cpu));
        administrator("ajaxTable", "the administrators' list with %s rows as a whole, median and p99");
        administrator(
                "live",
                "an update of the administrators' list with %s rows, none of which has changed, median and p99");
    }

    private void administrator(String page, String what) throws Throwable {
        try (People people = new People()) {
            people.poll(
                    List.of(new URL(real.getUrl(), "manage/gitpod-prebuilds/" + page)),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10));
            table.measure(what.formatted(TargetTable.number(BUILDS)), medianAnd99(people.times(), 1e6, " ms"));
        }
    }

    private void ends() throws Throwable {
        Instant asked = Instant.now();
        int before = gitpod.simulator().records().count("CancelPrebuild");
        real.runRemotely(BenchmarkJenkins::abortOne);
        awaitLong("the cancel is sent", () -> gitpod.simulator().records().count("CancelPrebuild") > before);
        Call cancel = gitpod.simulator().records().calls("CancelPrebuild").get(before);
        table.atMost("from an abort until its cancel request arrived", 2, seconds(asked, cancel.at()), " s");
        awaitLong("the build ends", () -> jenkins.running(BenchmarkJenkins.WAITING) == BUILDS - 1);
        Instant forced = Instant.now();
        jenkins.active().forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
        awaitLong("all builds end", () -> jenkins.ledger().isEmpty() && jenkins.running(BenchmarkJenkins.WAITING) == 0);
        List<BenchmarkJenkins.Build> builds = jenkins.look();
        long[] ends = builds.stream()
                .filter(build -> build.isSuccess)
                .mapToLong(build -> build.endMillis - forced.toEpochMilli())
                .sorted()
                .toArray();
        table.met("builds that succeeded", BUILDS - 1 + "", ends.length + "", ends.length == BUILDS - 1);
        table.measure(
                "from the end of all prebuilds at once to the end of a build, median and last",
                TargetTable.number(at(ends, 0.5) / 1000) + " s, " + TargetTable.number(at(ends, 1) / 1000) + " s");
        table.atMost(
                "console lines of the plugin in a build, at most",
                8,
                builds.stream().mapToInt(build -> build.consoleLines).max().orElseThrow(),
                "");
    }

    private void restart() throws Throwable {
        Instant begun = Instant.now();
        jenkins.start(BenchmarkJenkins.WAITING, BUILDS);
        awaitLong("all are created", () -> jenkins.active().size() == BUILDS);
        List<SimPrebuild> made = jenkins.active();
        table.measure(
                TargetTable.number(BUILDS) + " builds at once: until all creates were accepted",
                TargetTable.number(seconds(begun, made.get(made.size() - 1).createdAt())) + " s");
        awaitLong("all wait", () -> jenkins.waiting(BenchmarkJenkins.WAITING) == BUILDS);
        new RestartMeasures(jenkins, table, BUILDS, OPEN).measure(WINDOW.dividedBy(2));
        real.stopJenkinsForcibly();
    }
}
