package io.jenkins.plugins.gitpod.pipeline;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.testing.Builds;
import java.net.URL;
import java.util.List;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.pipeline.modeldefinition.generator.DirectiveGenerator;
import org.jenkinsci.plugins.pipeline.modeldefinition.generator.OptionsDirective;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.JobPropertyStep;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class SnippetTest {

    private static final String PROJECT = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String CLASS = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";

    private static JenkinsRule jenkins;

    @BeforeAll
    static void start(JenkinsRule rule) {
        jenkins = rule;
    }

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
        step.setLogs(Logs.FULL);
        step.setSkipPublishingChecks(true);
        step.setOnWarning(OnWarning.UNSTABLE);
        step.setWhenActive(WhenActive.CANCEL_PREVIOUS);
        step.setMinimumInterval(30);
        step.setMaxAge(12);
        step.setWaitForWarmPool(true);
        step.setKeepPrebuilds(3);
        step.setForce(true);
        step.setOnlyProjectBranch(true);
        step.setOnlyIfChanged("a/**, b/**");
        return step;
    }

    @Test
    void snippetNamesOnlyWhatDiffersFromTheDefaults() throws Exception {
        SnippetizerTester tester = new SnippetizerTester(jenkins);
        GitpodPrebuildStep step = new GitpodPrebuildStep();
        step.setProjectId(PROJECT);
        tester.assertRoundTrip(step, "gitpodPrebuild projectId: '" + PROJECT + "'");
        tester.assertRoundTrip(
                everythingSet(),
                "gitpodPrebuild cancelOnAbort: false, connection: 'eu', credentialsId: 'team-gitpod', environmentClassId: '"
                        + CLASS
                        + "', force: true, keepPrebuilds: 3, logs: 'FULL', maxAge: 12, minimumInterval: 30, onWarning: 'UNSTABLE', onlyIfChanged: 'a/**, b/**', "
                        + "onlyProjectBranch: true, projectId: '" + PROJECT
                        + "', propagate: false, skipPublishingChecks: true, timeout: 90, wait: false, waitForWarmPool: true, whenActive: 'CANCEL_PREVIOUS'");
    }

    private static GitpodPrebuildProperty everythingOfTheProperty() {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(PROJECT);
        property.setEnvironmentClassId(CLASS);
        property.setTimeout(90);
        property.setConnection("eu");
        property.setCredentialsId("team-gitpod");
        property.setWhenActive(WhenActive.SKIP);
        property.setMinimumInterval(30);
        property.setMaxAge(12);
        property.setKeepPrebuilds(3);
        property.setMinimumCommits(5);
        property.setDailyBudget(120);
        property.setMailTo("team@example.com");
        property.setQuietHours("22:00-06:00");
        property.setOnlyProjectBranch(false);
        property.setOnlyIfChanged("a/**");
        property.setSkipPublishingChecks(true);
        property.setCancelWithBuild(true);
        property.setDisabled(true);
        property.setTrigger(PrebuildTrigger.NIGHTLY);
        property.setKeepFresh(true);
        return property;
    }

    private static final String PROPERTY_SNIPPET = "gitpodPrebuildForCommits(cancelWithBuild: true, connection: 'eu', "
            + "credentialsId: 'team-gitpod', dailyBudget: 120, disabled: true, environmentClassId: '" + CLASS
            + "', keepFresh: true, keepPrebuilds: 3, mailTo: 'team@example.com', maxAge: 12, minimumCommits: 5, minimumInterval: 30, onlyIfChanged: 'a/**', onlyProjectBranch: false, projectId: '"
            + PROJECT
            + "', quietHours: '22:00-06:00', skipPublishingChecks: true, timeout: 90, trigger: 'NIGHTLY', whenActive: 'SKIP')";

    @Test
    void snippetOfThePropertyNamesEveryOptionAndIsReadBack() throws Exception {
        new SnippetizerTester(jenkins)
                .assertRoundTrip(
                        new JobPropertyStep(List.of(everythingOfTheProperty())),
                        "properties([" + PROPERTY_SNIPPET + "])");
        GitpodPrebuildProperty read = build("pipeline { agent none\noptions { " + PROPERTY_SNIPPET + " }\n"
                + "stages { stage('s') { steps { echo 'x' } } } }");
        jenkins.assertEqualDataBoundBeans(everythingOfTheProperty(), read);
        jenkins.assertEqualDataBoundBeans(everythingOfTheProperty(), build("properties([" + PROPERTY_SNIPPET + "])"));
    }

    private static GitpodPrebuildProperty build(String script) throws Exception {
        WorkflowJob job = Builds.pipeline(jenkins, script);
        jenkins.buildAndAssertSuccess(job);
        return job.getProperty(GitpodPrebuildProperty.class);
    }

    @Test
    void directiveGeneratorNamesEveryOptionOfTheProperty() throws Exception {
        JSONObject option = new JSONObject()
                .element("stapler-class", GitpodPrebuildProperty.class.getName())
                .element("$class", GitpodPrebuildProperty.class.getName())
                .element("specified", true)
                .element("projectId", PROJECT)
                .element("environmentClassId", CLASS)
                .element("timeout", "90")
                .element("connection", "eu")
                .element("credentialsId", "team-gitpod")
                .element("whenActive", "SKIP")
                .element("minimumInterval", "30")
                .element("maxAge", "12")
                .element("keepPrebuilds", "3")
                .element("minimumCommits", "5")
                .element("dailyBudget", "120")
                .element("mailTo", "team@example.com")
                .element("quietHours", "22:00-06:00")
                .element("onlyProjectBranch", false)
                .element("onlyIfChanged", "a/**")
                .element("skipPublishingChecks", true)
                .element("cancelWithBuild", true)
                .element("trigger", "NIGHTLY")
                .element("keepFresh", true)
                .element("disabled", true);
        JSONObject directive = new JSONObject()
                .element("stapler-class", OptionsDirective.class.getName())
                .element("$class", OptionsDirective.class.getName())
                .element("options", option);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            WebRequest request =
                    new WebRequest(new URL(jenkins.getURL(), DirectiveGenerator.GENERATE_URL), HttpMethod.POST);
            request.setRequestParameters(List.of(new NameValuePair("json", directive.toString())));
            client.addCrumb(request);
            assertThat(
                    client.getPage(request).getWebResponse().getContentAsString(),
                    containsString(PROPERTY_SNIPPET.replaceFirst("\\((.*)\\)$", " $1")));
        }
    }

    @Test
    void formKeepsEveryOption() throws Exception {
        GitpodPrebuildStep step = everythingSet();
        jenkins.assertEqualDataBoundBeans(step, new StepConfigTester(jenkins).configRoundTrip(step));
        GitpodPrebuildStep defaults = new GitpodPrebuildStep();
        GitpodPrebuildStep after = new StepConfigTester(jenkins).configRoundTrip(defaults);
        jenkins.assertEqualDataBoundBeans(defaults, after);
        assertEquals(null, after.getTimeout());
    }
}
