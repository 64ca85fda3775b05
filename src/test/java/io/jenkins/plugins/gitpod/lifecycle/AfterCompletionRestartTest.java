package io.jenkins.plugins.gitpod.lifecycle;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.simulator.SimWarmPool;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** A wait for a warm pool and a wish to delete older prebuilds survive a restart. */
@ExtendWith(FastLimits.class)
class AfterCompletionRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();

    @AfterEach
    void close() {
        gitpod.close();
    }

    private static WorkflowRun start(JenkinsRule jenkins, String name, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private List<SimPrebuild> of(SimProject project) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(each -> each.projectId().equals(project.id()))
                .toList();
    }

    @Test
    void theWaitForThePoolAndTheDeletionGoOnAfterARestart() throws Throwable {
        SimProject pooled = gitpod.project();
        SimWarmPool pool = gitpod.simulator().addWarmPool(pooled).rotation(Duration.ofHours(1));
        SimProject kept = gitpod.simulator().addProject("kept").plan(PhasePlan.quick(Duration.ofMillis(300)));
        sessions.then(jenkins -> {
            gitpod.connect();
            String script = "def p = " + gitpod.step("waitForWarmPool: true") + "\necho \"pool ${p.warmPool}\"";
            WorkflowRun waits = start(jenkins, "waits", script);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(start(jenkins, "older", gitpod.stepOf(kept))));
            kept.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(
                    start(jenkins, "newer", gitpod.stepOf(kept, "wait: false", "keepPrebuilds: 1"))));
            awaitLog(waits, "Waiting until the warm pool");
        });
        pool.rotation(Duration.ZERO);
        of(kept).get(1).forcePhase(SimPhase.COMPLETED);
        sessions.then(jenkins -> {
            WorkflowRun waits = jenkins.jenkins
                    .getItemByFullName("waits", WorkflowJob.class)
                    .getLastBuild();
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(waits));
            jenkins.assertLogContains("pool READY", waits);
            await().atMost(Duration.ofSeconds(60)).until(() -> of(kept).get(0).phase() != SimPhase.COMPLETED);
            assertEquals(SimPhase.COMPLETED, of(kept).get(1).phase());
        });
        assertEquals(1, gitpod.simulator().records().count("DeletePrebuild"));
        assertEquals(3, gitpod.simulator().records().count("CreatePrebuild"));
    }
}
