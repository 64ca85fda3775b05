package io.jenkins.plugins.gitpod.scale;

import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** The measured Jenkins and its simulated Gitpod, as the process of the benchmark sees them. */
final class MeasuredJenkins {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration OFTEN = Duration.ofMillis(500);

    final RealJenkinsExtension real;
    final GitpodFixture gitpod;

    MeasuredJenkins(RealJenkinsExtension real, GitpodFixture gitpod) {
        this.real = real;
        this.gitpod = gitpod;
    }

    static void awaitLong(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(OFTEN).until(condition);
    }

    /** Returns after a time in which something is observed. */
    static void observe(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        awaitLong("the time is over", () -> System.nanoTime() >= end);
    }

    <T extends Serializable> T remotely(RealJenkinsExtension.Step2<T> step) throws Exception {
        try {
            return real.runRemotely(step);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    int running(String prefix) throws Exception {
        return remotely(rule -> BenchmarkJenkins.running(rule, prefix));
    }

    int waiting(String prefix) throws Exception {
        return remotely(rule -> BenchmarkJenkins.waiting(rule, prefix));
    }

    void start(String prefix, int builds) throws Throwable {
        real.runRemotely(BenchmarkJenkins::start, prefix, builds);
    }

    BenchmarkJenkins.Snapshot snapshot() throws Exception {
        return remotely(BenchmarkJenkins::snapshot);
    }

    List<BenchmarkJenkins.Build> look() throws Exception {
        return remotely(rule -> BenchmarkJenkins.look(rule, BenchmarkJenkins.WAITING));
    }

    List<SimPrebuild> active() {
        return gitpod.simulator().records().active();
    }

    int calls() {
        return gitpod.simulator().records().calls().size();
    }

    Duration cpu() {
        return real.getProcess().toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    List<Path> ledger() {
        return LedgerFiles.in(LedgerFiles.directory(real.getHome().toPath()));
    }
}
