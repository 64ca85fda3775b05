package io.jenkins.plugins.gitpod.request;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import hudson.security.ACL;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What a listener of another plugin hears of real builds, beside one that throws and one that never returns. */
@ExtendWith(FastLimits.class)
@WithJenkins
class PrebuildListenerTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static JenkinsRule jenkins;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.PENDING));
    }

    @AfterAll
    static void close() {
        Hanging.RELEASE.countDown();
        GITPOD.close();
    }

    @BeforeEach
    void forget() {
        Heard.EVENTS.clear();
    }

    private static SimPrebuild last() {
        List<SimPrebuild> all = GITPOD.simulator().records().prebuilds();
        return all.get(all.size() - 1);
    }

    @Test
    void aBuildThatWaits() throws Exception {
        WorkflowRun build = pipeline(jenkins, GITPOD.step()).scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        last().forcePhase(SimPhase.RUNNING);
        awaitLog(build, "RUNNING");
        last().forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        await().until(() -> Heard.EVENTS.size() >= 3);
        assertThat(
                Heard.EVENTS,
                contains(
                        build + " created " + last().id() + " PENDING",
                        build + " phase " + last().id() + " RUNNING",
                        build + " ended " + last().id() + " COMPLETED"));
        assertThat(Hanging.called, is(true));
    }

    @Test
    void aDetachedPrebuildThatOutlivesItsBuild() throws Exception {
        WorkflowRun build =
                jenkins.buildAndAssertSuccess(pipeline(jenkins, GITPOD.step("wait: false", "logs: 'NONE'")));
        last().failWith("no space left");
        await().until(() -> Heard.EVENTS.size() >= 2);
        assertThat(
                Heard.EVENTS,
                contains(build + " created " + last().id() + " PENDING", build + " ended " + last().id() + " FAILED"));
    }

    /** Writes down what it hears. Sees each job, because it runs as SYSTEM. */
    @TestExtension
    public static final class Heard extends PrebuildListener {

        static final List<String> EVENTS = new CopyOnWriteArrayList<>();

        private static void add(Run<?, ?> run, String what, PrebuildRecord record) {
            boolean isSystem = Jenkins.getAuthentication2().equals(ACL.SYSTEM2);
            EVENTS.add((isSystem ? "" : "not SYSTEM ") + run + " " + what + " "
                    + record.getResult().getId() + " " + record.getResult().getPhase());
        }

        @Override
        public void onCreated(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            add(run, "created", record);
        }

        @Override
        public void onPhaseChanged(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            add(run, "phase", record);
        }

        @Override
        public void onEnded(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            add(run, "ended", record);
        }
    }

    /** Never returns. */
    @TestExtension
    public static final class Hanging extends PrebuildListener {

        static final CountDownLatch RELEASE = new CountDownLatch(1);
        static volatile boolean called;

        @Override
        public void onCreated(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            called = true;
            try {
                RELEASE.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Throws always. */
    @TestExtension
    public static final class Failing extends PrebuildListener {

        @Override
        public void onCreated(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            throw new IllegalStateException("created");
        }

        @Override
        public void onEnded(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
            throw new LinkageError("ended");
        }
    }
}
