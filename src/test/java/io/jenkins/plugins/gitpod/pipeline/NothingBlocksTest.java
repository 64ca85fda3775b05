package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.RemoteCredentials;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** A pipeline's other branches go on, and an abort ends the build, whatever Gitpod or a credentials provider does not do. */
@ExtendWith(FastLimits.class)
@WithJenkins
class NothingBlocksTest {

    private final GitpodFixture gitpod = new GitpodFixture();
    private JenkinsRule jenkins;

    @BeforeEach
    void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        gitpod.connect();
    }

    @AfterEach
    void close() {
        SilentProvider.release();
        gitpod.close();
    }

    @Test
    void serverThatNeverAnswersHoldsUpNeitherTheOtherBranchesNorTheAbort() throws Exception {
        Fault.Hang hang = Fault.hangBeforeActing();
        gitpod.simulator().faults().add(FaultRule.onAny(hang).forever());
        WorkflowRun build = pipeline(
                        jenkins,
                        "parallel one: { " + gitpod.step() + " }, other: { sleep 1; echo 'the other branch runs' }")
                .scheduleBuild2(0)
                .waitForStart();
        await().until(() -> hang.held() > 0);
        awaitLog(build, "the other branch runs");
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        // Still not answered: the build has not waited for it.
        assertThat(0, lessThan(hang.held()));
        jenkins.assertLogContains("Gitpod has not responded to the create request", build);
    }

    @Test
    void credentialsProviderThatNeverAnswersHoldsUpNeitherTheOtherBranchesNorTheAbort() throws Exception {
        SilentProvider.silence();
        WorkflowRun build = pipeline(
                        jenkins,
                        "parallel one: { " + gitpod.step("credentialsId: 'remote'")
                                + " }, other: { sleep 1; echo 'the other branch runs' }")
                .scheduleBuild2(0)
                .waitForStart();
        await().until(() -> SilentProvider.ASKED.get() > 0);
        awaitLog(build, "the other branch runs");
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertEquals(1, SilentProvider.silence.getCount(), "the provider is still silent");
        jenkins.assertLogContains("No Gitpod prebuild was created", build);
        assertEquals(0, gitpod.simulator().records().count("CreatePrebuild"));
    }

    @Test
    void fiftyWaitingStepsHoldNoThreadEach() throws Exception {
        gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        // A build that waits without Gitpod, to compare with.
        WorkflowRun idle =
                pipeline(jenkins, "semaphore 'idle'").scheduleBuild2(0).waitForStart();
        SemaphoreStep.waitForStart("idle/1", idle);
        int before = Thread.activeCount();
        String branches = "def branches = [:]; for (int i = 0; i < 50; i++) { branches[\"b${i}\"] = { " + gitpod.step()
                + " } }; parallel branches";
        WorkflowRun build = pipeline(jenkins, branches).scheduleBuild2(0).waitForStart();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> gitpod.simulator().records().prebuilds().size() == 50);
        // All are watched: each has been read or listed since.
        int lists = gitpod.simulator().records().count("ListPrebuilds");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> gitpod.simulator().records().count("ListPrebuilds") > lists + 2);
        // What made the prebuilds ends when idle; what watches them is left.
        await().atMost(Duration.ofMinutes(1)).until(NothingBlocksTest::threadsOfTheEngine, lessThan(9L));
        assertThat("threads more than before", Thread.activeCount() - before, lessThan(25));
        gitpod.simulator().records().prebuilds().forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertEquals(50, gitpod.simulator().records().count("CreatePrebuild"));
        assertEquals(
                List.of(),
                gitpod.simulator().records().prebuilds().stream()
                        .filter(SimPrebuild::isActive)
                        .toList());
        SemaphoreStep.success("idle/1", null);
        jenkins.waitForCompletion(idle);
    }

    private static long threadsOfTheEngine() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("gitpod-prebuild-"))
                .count();
    }

    /** A remote secret store that does not answer. */
    @TestExtension
    public static final class SilentProvider extends RemoteCredentials {

        static final AtomicInteger ASKED = new AtomicInteger();
        static volatile CountDownLatch silence = new CountDownLatch(0);

        static void silence() {
            ASKED.set(0);
            silence = new CountDownLatch(1);
        }

        static void release() {
            silence.countDown();
        }

        @Override
        protected void asked() {
            ASKED.incrementAndGet();
            try {
                silence.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
