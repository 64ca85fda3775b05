package io.jenkins.plugins.gitpod.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.options.OnWarning;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class SnippetTest {

    private static final String PROJECT = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String CLASS = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";

    private static GitpodPrebuildStep everythingSet() {
        GitpodPrebuildStep step = new GitpodPrebuildStep();
        step.setProjectId(PROJECT);
        step.setEnvironmentClassId(CLASS);
        step.setTimeout(90);
        step.setConnection("eu");
        step.setCredentialsId("team-gitpod");
        step.setWait(false);
        step.setPropagate(false);
        step.setCancelOnAbort(false);
        step.setOnWarning(OnWarning.UNSTABLE);
        return step;
    }

    @Test
    void snippetNamesOnlyWhatDiffersFromTheDefaults(JenkinsRule jenkins) throws Exception {
        SnippetizerTester tester = new SnippetizerTester(jenkins);
        GitpodPrebuildStep step = new GitpodPrebuildStep();
        step.setProjectId(PROJECT);
        tester.assertRoundTrip(step, "gitpodPrebuild projectId: '" + PROJECT + "'");
        tester.assertRoundTrip(
                everythingSet(),
                "gitpodPrebuild cancelOnAbort: false, connection: 'eu', credentialsId: 'team-gitpod', environmentClassId: '"
                        + CLASS + "', onWarning: 'UNSTABLE', projectId: '" + PROJECT
                        + "', propagate: false, timeout: 90, wait: false");
    }

    @Test
    void formKeepsEveryOption(JenkinsRule jenkins) throws Exception {
        GitpodPrebuildStep step = everythingSet();
        jenkins.assertEqualDataBoundBeans(step, new StepConfigTester(jenkins).configRoundTrip(step));
        GitpodPrebuildStep defaults = new GitpodPrebuildStep();
        GitpodPrebuildStep after = new StepConfigTester(jenkins).configRoundTrip(defaults);
        jenkins.assertEqualDataBoundBeans(defaults, after);
        assertEquals(null, after.getTimeout());
    }
}
