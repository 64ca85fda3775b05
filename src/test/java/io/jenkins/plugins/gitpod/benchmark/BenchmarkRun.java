package io.jenkins.plugins.gitpod.benchmark;

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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** One case in a process of its own, so that all of its threads and all of its heap are what is measured. */
public final class BenchmarkRun {

    private static final Duration LIFE = Duration.ofMinutes(11);
    /** Long after all have been made in each case, and before the first has ended, the heap is looked at. */
    private static final Duration LOOK = Duration.ofMinutes(9);

    /** From here to the first end the threads are counted that waiting needs: what the start needed has gone. */
    private static final Duration SETTLED = Duration.ofMinutes(10);

    private static final Duration LONGEST = Duration.ofMinutes(90);
    private static final long SAMPLE_MILLIS = 20;

    private final Case of;
    private final FastClock clock;
    private final BufferedReader gitpod;
    private final PrintStream toGitpod;
    private final Waits waits;
    private final int threadsBefore;
    private final long heapBefore;
    private final List<Integer> threads = new ArrayList<>();
    private long heapPerWait;

    private BenchmarkRun(Case of, FastClock clock, BufferedReader gitpod, PrintStream toGitpod) throws Exception {
        this.of = of;
        this.clock = clock;
        this.gitpod = gitpod;
        this.toGitpod = toGitpod;
        this.waits = new Waits(of.waits());
        threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        heapBefore = heap();
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
        System.err.println(new BenchmarkRun(Case.of(args[0]), Case.clock(args[0]), in, System.out).run());
    }

    private String run() throws Exception {
        GitpodEndpoint endpoint = GitpodEndpoint.parse(gitpod.readLine());
        List<BearerToken> tokens = new ArrayList<>();
        for (int i = 0; i < of.secrets(); i++) {
            tokens.add(BearerToken.of(gitpod.readLine()));
        }
        List<String> projects = new ArrayList<>();
        for (int i = 0; i < Case.PROJECTS; i++) {
            projects.add(gitpod.readLine());
        }
        Instant begun = clock.instant();
        try (Waiters way = of.way() == Case.Way.PLUGIN
                ? new PluginWaiters(endpoint, tokens, projects, clock)
                : new PollingWaiters(endpoint, tokens, projects, clock)) {
            way.begin(waits);
            return of.window() == 0 ? wholeLives(begun) : window();
        }
    }

    private String wholeLives(Instant begun) throws Exception {
        boolean looked = false;
        int most = 0;
        while (waits.open() > 0 && clock.instant().isBefore(begun.plus(LONGEST))) {
            Thread.sleep(SAMPLE_MILLIS);
            int now = ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore;
            most = Math.max(most, now);
            if (waits.over() == 0 && !clock.instant().isBefore(begun.plus(SETTLED))) {
                threads.add(now);
            }
            if (!looked && !clock.instant().isBefore(begun.plus(LOOK))) {
                looked = true;
                lookAtHeap();
            }
        }
        double seconds = Duration.between(begun, waits.lastEnd(begun)).toMillis() / 1000.0;
        int[] calls = calls();
        return result(calls, seconds, most, false);
    }

    /** For so many threads that poll that their whole lives would take too long. */
    private String window() throws Exception {
        while (!waits.allMadeOrOver()) {
            Thread.sleep(SAMPLE_MILLIS);
        }
        lookAtHeap();
        Instant begun = clock.instant();
        int[] before = calls();
        int most = 0;
        while (clock.instant().isBefore(begun.plusSeconds(of.window()))) {
            Thread.sleep(SAMPLE_MILLIS);
            int now = ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore;
            most = Math.max(most, now);
            threads.add(now);
        }
        double seconds = Duration.between(begun, clock.instant()).toMillis() / 1000.0;
        int[] calls = calls();
        for (int i = 0; i < calls.length; i++) {
            calls[i] -= before[i];
        }
        return result(calls, seconds, most, true);
    }

    private void lookAtHeap() throws InterruptedException {
        heapPerWait = Math.max(0, heap() - heapBefore) / of.waits();
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 2; i++) {
            System.gc();
            Thread.sleep(5);
        }
        Runtime jvm = Runtime.getRuntime();
        return jvm.totalMemory() - jvm.freeMemory();
    }

    private int[] calls() throws Exception {
        toGitpod.println("counts");
        toGitpod.flush();
        return Arrays.stream(gitpod.readLine().split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private String result(int[] calls, double seconds, int most, boolean window) {
        int reads = calls[1] + calls[2] + calls[3];
        double watching = Math.max(0, window ? reads : reads - waits.ended());
        double perPrebuild =
                window ? 1 + reads / seconds * LIFE.toSeconds() / of.waits() : (double) (calls[0] + reads) / of.waits();
        List<Double> late = waits.late(LIFE);
        Collections.sort(late);
        Collections.sort(threads);
        return String.format(
                Locale.ROOT,
                "%s %d %.2f %.1f %s %s %s %d %d %d",
                threads.isEmpty() ? "-" : String.valueOf(threads.get(threads.size() / 2)),
                most,
                watching / seconds,
                perPrebuild,
                of.waits() < 1000 ? "-" : String.format(Locale.ROOT, "%.1f", heapPerWait / 1024.0),
                late.isEmpty() ? "-" : quantile(late, 0.5),
                late.isEmpty() ? "-" : quantile(late, 0.99),
                waits.failed(),
                window ? 0 : waits.open(),
                calls[4]);
    }

    private static String quantile(List<Double> sorted, double quantile) {
        int index = (int) Math.ceil(quantile * sorted.size()) - 1;
        return String.format(Locale.ROOT, "%.1f", sorted.get(Math.max(0, index)));
    }
}
