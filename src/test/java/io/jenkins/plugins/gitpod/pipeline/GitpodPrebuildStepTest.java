package io.jenkins.plugins.gitpod.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.jenkins.GitpodFixture;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class GitpodPrebuildStepTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();

    private JenkinsRule jenkins;

    @BeforeEach
    void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.simulator().books().clear();
        GITPOD.connect();
    }

    private WorkflowJob pipeline(String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    @Test
    void scriptedPipelineWaitsAndReadsTheResultInTheSandbox() throws Exception {
        WorkflowJob job = pipeline("def p = " + GITPOD.step() + "\n"
                + "echo \"got ${p.id} ${p.phase} ${p.url} ${p.snapshotSizeBytes} ${p.warningMessage} ${p.failureMessage}"
                + " ${p.durationMillis > 0}\"");
        WorkflowRun build = jenkins.buildAndAssertSuccess(job);
        String id = GITPOD.simulator().books().prebuilds().get(0).id();
        jenkins.assertLogContains("got " + id + " COMPLETED http", build);
        jenkins.assertLogContains("null null true", build);
        assertEquals(1, GITPOD.simulator().books().count("CreatePrebuild"));
    }
}
