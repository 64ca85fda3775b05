package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

@ExtendWith(FastLimits.class)
class RestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();

    @AfterEach
    void close() {
        gitpod.close();
    }

    @Test
    void restartWhileWaitingGoesOnWithTheSamePrebuildAndMakesNoSecond() throws Throwable {
        gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowJob job = pipeline(jenkins, "def p = " + gitpod.step() + "\necho \"ended ${p.phase}\"");
            awaitLog(job.scheduleBuild2(0).waitForStart(), "Gitpod prebuild: RUNNING");
        });
        sessions.then(jenkins -> {
            WorkflowRun build = lastBuild(jenkins.jenkins.getAllItems(WorkflowJob.class));
            awaitLog(build, "Resumed waiting for Gitpod prebuild " + onlyId() + ".");
            gitpod.simulator().prebuild(onlyId()).forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            jenkins.assertLogContains("ended COMPLETED", build);
        });
        assertEquals(1, gitpod.simulator().records().count("CreatePrebuild"));
        assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
    }

    @Test
    void prebuildThatEndedDuringTheDowntimeEndsTheStepWithTheTrueResult() throws Throwable {
        gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowJob job = pipeline(jenkins, "def p = " + gitpod.step() + "\necho \"ended ${p.phase}\"");
            awaitLog(job.scheduleBuild2(0).waitForStart(), "Created Gitpod prebuild");
        });
        gitpod.simulator().prebuild(onlyId()).failWith("while nobody looked");
        sessions.then(jenkins -> {
            WorkflowRun build = lastBuild(jenkins.jenkins.getAllItems(WorkflowJob.class));
            jenkins.assertBuildStatus(hudson.model.Result.FAILURE, jenkins.waitForCompletion(build));
            jenkins.assertLogContains("while nobody looked", build);
        });
        assertEquals(1, gitpod.simulator().records().count("CreatePrebuild"));
    }

    @Test
    void abortAfterRestartCancels() throws Throwable {
        gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowJob job = pipeline(jenkins, gitpod.step());
            awaitLog(job.scheduleBuild2(0).waitForStart(), "Created Gitpod prebuild");
        });
        sessions.then(jenkins -> {
            WorkflowRun build = lastBuild(jenkins.jenkins.getAllItems(WorkflowJob.class));
            awaitLog(build, "Resumed waiting");
            build.getExecutor().interrupt();
            jenkins.assertBuildStatus(hudson.model.Result.ABORTED, jenkins.waitForCompletion(build));
        });
        assertFalse(gitpod.simulator().records().calls("CancelPrebuild").isEmpty());
    }

    private String onlyId() {
        assertEquals(1, gitpod.simulator().records().prebuilds().size());
        return gitpod.simulator().records().prebuilds().get(0).id();
    }

    private static WorkflowRun lastBuild(java.util.List<WorkflowJob> jobs) {
        assertEquals(1, jobs.size());
        return jobs.get(0).getLastBuild();
    }
}
