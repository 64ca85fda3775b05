package io.jenkins.plugins.gitpod.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One case in a process of its own, so that all of its threads and all of its heap are what is measured. */
public final class BenchmarkRun {

    /** Long after all have been made in each case, and before the first has ended, the heap is looked at. */
    private static final Duration LOOK = Duration.ofMinutes(9);

    /** From here to the first end the threads are counted that waiting needs: what the start needed has gone. */
    private static final Duration SETTLED = Duration.ofMinutes(10);

    private static final Duration LONGEST = Duration.ofMinutes(90);
    private static final long SAMPLE_MILLIS = 20;

    /** So many that they are read by lists as well as one by one. */
    private static final int WARM_UP_WAITS = 10;

    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(60);

    /** Threads of the engine and of its streams; those of the HTTP library belong to all engines, as in Jenkins. */
    private static final List<String> OF_ONE_ENGINE = List.of("gitpod-prebuild-", "HttpClient-");

    /** The JDK looks every 3 seconds whether an HTTP client is still in use. */
    private static final Duration LONGEST_END = Duration.ofSeconds(20);

    /** In less real time, the load of the machine is not measured well. */
    private static final Duration SHORTEST_LOAD = Duration.ofMillis(300);

    private final Case of;
    private final FastClock clock;
    private final BufferedReader gitpod;
    private final PrintStream toGitpod;
    private final OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final int threadsBefore = threads();
    private final Figures figures;
    private Waits waits;
    private long heapBefore;
    private long cpuBefore;
    private Calls callsBefore;

    private BenchmarkRun(Case of, FastClock clock, BufferedReader gitpod, PrintStream toGitpod) {
        this.of = of;
        this.clock = clock;
        this.gitpod = gitpod;
        this.toGitpod = toGitpod;
        this.figures = new Figures(of);
    }

    /**
     * Runs the case. What the simulator says comes in, what is asked of it goes out; the result is the last line of the
     * error stream.
     *
     * @param args a case
     * @throws Exception if it cannot be run
     */
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.err.println(new BenchmarkRun(Case.of(args[0]), Case.clock(args[0]), in, System.out)
                .run()
                .toLine());
    }

    private Result run() throws Exception {
        GitpodEndpoint endpoint = GitpodEndpoint.parse(gitpod.readLine());
        long heapAtFirst = heap();
        warmUp(endpoint, BearerToken.of(gitpod.readLine()), gitpod.readLine());
        awaitEndOfThreads();
        List<BearerToken> tokens = new ArrayList<>();
        for (int i = 0; i < of.secrets(); i++) {
            tokens.add(BearerToken.of(gitpod.readLine()));
        }
        List<String> projects = new ArrayList<>();
        for (int i = 0; i < Case.PROJECTS; i++) {
            projects.add(gitpod.readLine());
        }
        waits = new Waits(of.waits());
        callsBefore = ask(BenchmarkGitpod.BEGIN);
        heapBefore = heap();
        figures.fixedHeap(heapBefore - heapAtFirst);
        cpuBefore = machine.getProcessCpuTime();
        Instant begun = clock.instant();
        try (Waiters way = waiters(endpoint, tokens, projects)) {
            way.begin(waits);
            return of.window() == 0 ? wholeLives(begun) : window();
        }
    }

    private Waiters waiters(GitpodEndpoint endpoint, List<BearerToken> tokens, List<String> projects) {
        return of.way() == Case.Way.PLUGIN
                ? new PluginWaiters(endpoint, tokens, projects, clock)
                : new PollingWaiters(endpoint, tokens, projects, clock);
    }

    /** A few waits of another engine, with a token and a project of their own, so that the classes are loaded. */
    private void warmUp(GitpodEndpoint endpoint, BearerToken token, String project) throws Exception {
        Waits first = new Waits(WARM_UP_WAITS);
        try (Waiters way = waiters(endpoint, List.of(token), List.of(project))) {
            way.begin(first);
            long until = System.nanoTime() + LONGEST_WARM_UP.toNanos();
            while (first.open() > 0 && System.nanoTime() - until < 0) {
                Thread.sleep(SAMPLE_MILLIS);
            }
        }
        if (first.ended() != WARM_UP_WAITS) {
            throw new IllegalStateException("The warm-up has not ended well");
        }
    }

    /** The threads of the warm-up's engine are no part of what is measured. */
    private static void awaitEndOfThreads() throws InterruptedException {
        long until = System.nanoTime() + LONGEST_END.toNanos();
        do {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException("The threads of the warm-up have not ended");
            }
            // The JDK's HTTP client ends its thread once the client is no longer reachable.
            heap();
            Thread.sleep(SAMPLE_MILLIS);
        } while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(each -> OF_ONE_ENGINE.stream().anyMatch(each.getName()::startsWith)));
    }

    private Result wholeLives(Instant begun) throws Exception {
        boolean looked = false;
        long endsBegan = 0;
        while (waits.open() > 0 && clock.instant().isBefore(begun.plus(LONGEST))) {
            Thread.sleep(SAMPLE_MILLIS);
            boolean ends = waits.over() > 0;
            figures.threads(threads() - threadsBefore, !ends && !clock.instant().isBefore(begun.plus(SETTLED)));
            if (!looked && !clock.instant().isBefore(begun.plus(LOOK))) {
                looked = true;
                lookAtHeap();
            }
            if (ends && endsBegan == 0) {
                endsBegan = System.nanoTime();
                machine.getCpuLoad(); // from here on
            }
        }
        if (endsBegan != 0 && System.nanoTime() - endsBegan >= SHORTEST_LOAD.toNanos()) {
            figures.busy(machine.getCpuLoad());
        }
        figures.ends(waits);
        return result(Duration.between(begun, waits.lastEnd(begun)));
    }

    /** For so many threads that poll that their whole lives would take too long. */
    private Result window() throws Exception {
        while (!waits.allMadeOrOver()) {
            Thread.sleep(SAMPLE_MILLIS);
        }
        lookAtHeap();
        Instant begun = clock.instant();
        callsBefore = ask(BenchmarkGitpod.COUNTS);
        machine.getCpuLoad();
        while (clock.instant().isBefore(begun.plusSeconds(of.window()))) {
            Thread.sleep(SAMPLE_MILLIS);
            figures.threads(threads() - threadsBefore, true);
        }
        figures.busy(machine.getCpuLoad());
        return result(Duration.between(begun, clock.instant()));
    }

    private Result result(Duration span) throws Exception {
        if (of.window() == 0) {
            figures.cpu(machine.getProcessCpuTime() - cpuBefore);
        }
        Calls calls = ask(BenchmarkGitpod.COUNTS).since(callsBefore);
        return figures.result(waits, calls, span.toMillis() / 1000.0);
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private void lookAtHeap() throws InterruptedException {
        figures.heap(heap() - heapBefore);
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(5);
        }
        Runtime jvm = Runtime.getRuntime();
        return jvm.totalMemory() - jvm.freeMemory();
    }

    /** Tells the simulator something. @return the calls up to now */
    private Calls ask(String line) throws Exception {
        toGitpod.println(line);
        toGitpod.flush();
        return Calls.of(gitpod.readLine());
    }
}
