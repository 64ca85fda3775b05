package io.jenkins.plugins.gitpod.scale;

import static io.jenkins.plugins.gitpod.scale.MeasuredJenkins.awaitLong;
import static io.jenkins.plugins.gitpod.scale.Statistics.seconds;

import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.testing.ManyWaits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A restart with many open requests. Some are of pipelines that wait; the others are detached, which Jenkins itself wrote for
 * some builds, and their copies.
 */
final class RestartMeasures {

    /** The interval of the watcher, and what it may call in it for up to {@link #BASE} prebuilds. */
    private static final Duration INTERVAL = Duration.ofSeconds(12);

    private static final int CALLS = 11;
    private static final double BASE = 3000;
    private static final int BURST = 30;
    private static final int PAGE = 100;

    private final MeasuredJenkins jenkins;
    private final TargetTable table;
    private final int pipelines;
    private final int open;

    RestartMeasures(MeasuredJenkins jenkins, TargetTable table, int pipelines, int open) {
        this.jenkins = jenkins;
        this.table = table;
        this.pipelines = pipelines;
        this.open = open;
    }

    /** So many pipelines wait already. */
    void measure(Duration observed) throws Throwable {
        jenkins.real.runRemotely(BenchmarkJenkins::leavePrebuilds);
        awaitLong("their prebuilds are created", () -> {
            int active = jenkins.active().size();
            return active > pipelines && active == jenkins.ledger().size();
        });
        jenkins.real.stopJenkins();
        new SeededLedger(jenkins.gitpod, jenkins.real.getHome().toPath()).fill(open);
        jenkins.gitpod.simulator().records().clear();
        Instant begun = Instant.now();
        jenkins.real.startJenkins();
        Instant up = Instant.now();
        awaitLong("all are watched again", () -> jenkins.remotely(ManyWaits::watched) == open);
        Instant watched = Instant.now();
        int loaded = jenkins.remotely(BenchmarkJenkins::loadedOfEnded);
        String restart = "restart with " + TargetTable.number(open) + " open requests: ";
        table.measure(restart + "start-up of Jenkins", TargetTable.number(seconds(begun, up)) + " s");
        table.atMost(restart + "from Jenkins' first answer until all are watched", 5, seconds(up, watched), " s");
        awaitLong("all steps are back", () -> jenkins.waiting(BenchmarkJenkins.WAITING) == pipelines);
        table.measure(
                restart + "until Jenkins had resumed its " + TargetTable.number(pipelines) + " pipelines",
                TargetTable.number(seconds(up, Instant.now())) + " s");
        MeasuredJenkins.observe(observed);
        List<Call> calls = jenkins.gitpod.simulator().records().calls();
        int most = mostIn(calls);
        // A burst that lists all once, and what is earned in the meantime.
        double budget = Math.max(BURST, open / PAGE + 1) + CALLS * Math.max(1, open / BASE);
        table.met(
                restart + "most calls in any 12 s, of " + calls.size() + " in " + Math.round(seconds(up, Instant.now()))
                        + " s",
                "the budget: " + Math.round(budget),
                String.valueOf(most),
                most <= budget);
        table.atMost(
                restart + "creates", 0, jenkins.gitpod.simulator().records().count("CreatePrebuild"), "");
        table.atMost(restart + "ended builds loaded until all are watched", 0, loaded, "");
        table.atMost(
                restart + "the same, at the end of that time",
                0,
                jenkins.remotely(BenchmarkJenkins::loadedOfEnded),
                "");
    }

    private static int mostIn(List<Call> calls) {
        int most = 0;
        int first = 0;
        for (int i = 0; i < calls.size(); i++) {
            while (calls.get(first).at().plus(INTERVAL).isBefore(calls.get(i).at())) {
                first++;
            }
            most = Math.max(most, i - first + 1);
        }
        return most;
    }
}
