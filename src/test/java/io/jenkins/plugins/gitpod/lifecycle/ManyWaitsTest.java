package io.jenkins.plugins.gitpod.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import io.jenkins.plugins.gitpod.testing.ManyWaits;
import java.io.Serializable;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/**
 * Many pipelines that wait at once in a real Jenkins with the limits that the plugin ships with, over a restart. What they
 * cost is measured by {@code bin/benchmark --jenkins}, with 1,000.
 */
class ManyWaitsTest {

    private static final int BUILDS = Integer.getInteger("waits.builds", 30);
    private static final int JOBS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    @RegisterExtension
    private final RealJenkinsExtension real =
            new RealJenkinsExtension().withTimeout(3600).javaOptions("-Xmx1500m");

    private final GitpodFixture gitpod = new GitpodFixture();
    private final List<String> projects = new ArrayList<>();

    @AfterEach
    void close() {
        gitpod.close();
    }

    private static void report(String what, Object value) {
        System.out.println("ManyWaits, " + BUILDS + " builds: " + what + ": " + value);
    }

    private int creates() {
        return gitpod.simulator().records().count("CreatePrebuild");
    }

    private List<SimPrebuild> active() {
        return gitpod.simulator().records().active();
    }

    private static void awaitWithPatience(String what, java.util.concurrent.Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(condition);
    }

    @Test
    void theyCostNextToNothingComeBackAtOnceAndEnd() throws Throwable {
        for (int i = 0; i < JOBS; i++) {
            SimProject project = gitpod.simulator().addProject("project " + i);
            projects.add(project.plan(PhasePlan.stuckIn(SimPhase.RUNNING)).id());
        }
        String url = gitpod.simulator().apiUrl().toString();
        String text = gitpod.account().token();
        real.startJenkins();
        ArrayList<String> ids = new ArrayList<>(projects);
        real.run(rule -> ManyWaits.prepare(rule, url, text, ids));
        ManyWaits.State before = real.runRemotely(ManyWaits::state);

        long begun = System.nanoTime();
        int builds = BUILDS;
        real.run(rule -> ManyWaits.start(rule, builds));
        awaitWithPatience("all are made", () -> active().size() == BUILDS);
        report("seconds until all were made", seconds(begun));
        awaitWithPatience("all wait", () -> counts().waiting == BUILDS);

        report("threads before", before.threads);
        report("threads of this plugin and of the HTTP library right after the start", state().ours);
        // What the start needed sleeps for up to a minute.
        awaitWithPatience("threads are gone", () -> remotely(ManyWaits::threads) <= before.threads + 8);
        ManyWaits.State waiting = state();
        report("threads while all wait, more than without", waiting.threads - before.threads);
        report("threads of this plugin and of the HTTP library while all wait", waiting.ours);
        report("executors in use", waiting.executors);
        report("bytes of saved pipeline state each", waiting.programBytes / BUILDS);
        report("bytes of saved pipeline state of a pipeline that sleeps", waiting.programBytesAsleep);
        report("bytes of ledger each", ledgerBytes() / BUILDS);
        report("log lines each, so far", waiting.longestLog);
        assertThat(waiting.executors, is(0));
        assertThat(waiting.programBytes / BUILDS - waiting.programBytesAsleep, is(lessThan(1000L)));
        assertThat(waiting.longestLog, is(lessThanOrEqualTo(8)));
        assertThat(creates(), is(BUILDS));

        restart();
        abortOne();
        endAll();
    }

    private ManyWaits.State state() throws Exception {
        return remotely(ManyWaits::state);
    }

    private ManyWaits.State counts() throws Exception {
        return remotely(ManyWaits::counts);
    }

    private <T extends Serializable> T remotely(RealJenkinsExtension.Step2<T> step) throws Exception {
        try {
            return real.runRemotely(step);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static double seconds(long since) {
        return Math.round((System.nanoTime() - since) / 1e8) / 10.0;
    }

    private long ledgerBytes() throws Exception {
        long bytes = 0;
        for (var file : LedgerFiles.in(LedgerFiles.directory(real.getHome().toPath()))) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private void restart() throws Throwable {
        real.stopJenkins();
        int callsBefore = gitpod.simulator().records().calls().size();
        long begun = System.nanoTime();
        real.startJenkins();
        report("seconds of Jenkins' start-up with them", seconds(begun));
        long up = System.nanoTime();
        awaitWithPatience("all are watched again", () -> remotely(ManyWaits::watched) == BUILDS);
        report("seconds from then until all were watched again", seconds(up));
        int loaded = remotely(ManyWaits::loadedOfEnded);
        awaitWithPatience("all steps are back", () -> counts().waiting == BUILDS);
        report("seconds from then until all steps were back", seconds(up));
        int calls = gitpod.simulator().records().calls().size() - callsBefore;
        report("calls by then", calls);
        report("creates made by the restart", creates() - BUILDS);
        report("builds loaded of a job that does not run", loaded);
        assertThat(creates(), is(BUILDS));
        assertThat(loaded, is(0));
        assertThat(calls, is(lessThan(BUILDS / 2 + 60)));
    }

    private void abortOne() throws Throwable {
        Instant asked = Instant.now();
        real.run(ManyWaits::abortOne);
        awaitWithPatience(
                "the cancel is sent", () -> gitpod.simulator().records().count("CancelPrebuild") == 1);
        Call cancel = gitpod.simulator().records().calls("CancelPrebuild").get(0);
        report(
                "seconds from abort to cancel",
                Duration.between(asked, cancel.at()).toMillis() / 1000.0);
        awaitWithPatience("the build ends", () -> counts().waiting == BUILDS - 1);
    }

    private void endAll() throws Throwable {
        long begun = System.nanoTime();
        active().forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
        awaitWithPatience("all builds end", () -> counts().building == 0);
        report("seconds from the end of all prebuilds at once to the end of the last build", seconds(begun));
        ManyWaits.State ended = state();
        report("log lines each", ended.longestLog);
        assertThat(ended.longestLog, is(lessThanOrEqualTo(8)));
        assertThat(ended.succeeded, is(BUILDS - 1));
        awaitWithPatience(
                "the ledger closes",
                () -> LedgerFiles.in(LedgerFiles.directory(real.getHome().toPath()))
                        .isEmpty());
        assertThat(gitpod.simulator().records().count("CancelPrebuild"), is(1));
        assertThat(gitpod.simulator().records().prebuilds().size(), is(BUILDS));
    }
}
