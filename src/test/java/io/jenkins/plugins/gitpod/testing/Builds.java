package io.jenkins.plugins.gitpod.testing;

import static org.awaitility.Awaitility.await;

import hudson.model.Run;
import java.time.Duration;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** What tests do with builds, without sleeping. */
public final class Builds {

    private Builds() {}

    /** A new pipeline job that runs in the sandbox. */
    public static WorkflowJob pipeline(JenkinsRule jenkins, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    /** Waits until a step of the build runs. A stop before that does not reach the build. */
    public static void awaitStep(WorkflowRun build) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> build.getExecution() != null
                        && !build.getExecution()
                                .getCurrentExecutions(true)
                                .get()
                                .isEmpty());
    }

    /** Waits until the console says so. */
    public static void awaitLog(Run<?, ?> build, String text) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> JenkinsRule.getLog(build).contains(text));
    }
}
