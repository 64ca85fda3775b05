package io.jenkins.plugins.gitpod.push;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.jenkins.Builds;
import io.jenkins.plugins.gitpod.jenkins.FastLimits;
import io.jenkins.plugins.gitpod.jenkins.GitpodFixture;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import java.time.Duration;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Owners of one prebuild are still its owners after a restart. */
@ExtendWith(FastLimits.class)
class AfterRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();

    @AfterEach
    void close() {
        gitpod.close();
    }

    @Test
    void ownersOfOnePrebuildSurviveARestart() throws Throwable {
        gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowJob job = Builds.pipeline(jenkins, gitpod.step("whenActive: 'JOIN'"));
            job.setConcurrentBuild(true);
            Builds.awaitLog(job.scheduleBuild2(0).waitForStart(), "Gitpod prebuild: RUNNING");
            Builds.awaitLog(job.scheduleBuild2(0).waitForStart(), "Waiting for Gitpod prebuild");
        });
        sessions.then(jenkins -> {
            WorkflowJob job = jenkins.jenkins.getAllItems(WorkflowJob.class).get(0);
            WorkflowRun first = job.getBuildByNumber(1);
            WorkflowRun second = job.getBuildByNumber(2);
            Builds.awaitLog(first, "again");
            Builds.awaitLog(second, "again");
            first.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(first));
            assertEquals(0, gitpod.simulator().books().count("CancelPrebuild"));
            second.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(second));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> gitpod.simulator().books().prebuilds().get(0).phase() == SimPhase.CANCELLED);
        });
        assertEquals(1, gitpod.simulator().books().count("CreatePrebuild"));
    }
}
