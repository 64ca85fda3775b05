package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.Descriptor;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.pipeline.GitpodPrebuildStep;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.util.List;
import java.util.Map;
import jenkins.branch.BranchProperty;
import jenkins.branch.BranchSource;
import jenkins.branch.DefaultBranchPropertyStrategy;
import jenkins.plugins.git.GitSCMSource;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.JobPropertyStep;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerRequest2;

/** What is configured of prebuilds after commits survives the forms. */
@ExtendWith(FastLimits.class)
class FormsTest extends GitpodTestBase {

    private static final String CLASS_ID = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";

    private static GitpodPrebuildProperty full() {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(gitpod.project().id());
        property.setEnvironmentClassId(CLASS_ID);
        property.setTimeout(90);
        property.setConnection("sim");
        property.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        property.setWhenActive(WhenActive.CANCEL_PREVIOUS);
        property.setMinimumInterval(15);
        property.setMaxAge(12);
        property.setKeepPrebuilds(3);
        property.setMinimumCommits(5);
        property.setDailyBudget(120);
        property.setMailTo("team@example.com, ops@example.com");
        property.setQuietHours("22:00-06:00, 12:00-13:00");
        property.setOnlyProjectBranch(false);
        property.setOnlyIfChanged(".devcontainer/**, **/package-lock.json");
        property.setCancelWithBuild(true);
        property.setDisabled(true);
        property.setTrigger(PrebuildTrigger.NIGHTLY);
        property.setKeepFresh(true);
        return property;
    }

    private static <J extends Job<?, ?>> void roundTrip(J job, GitpodPrebuildProperty property) throws Exception {
        job.addProperty(property);
        jenkins.configRoundtrip((hudson.model.Item) job);
        GitpodPrebuildProperty after = job.getProperty(GitpodPrebuildProperty.class);
        assertNotNull(after);
        assertTrue(after != property, "it was submitted");
        jenkins.assertEqualDataBoundBeans(property, after);
        job.removeProperty(GitpodPrebuildProperty.class);
        jenkins.configRoundtrip((hudson.model.Item) job);
        assertNull(job.getProperty(GitpodPrebuildProperty.class), "what is not ticked is not set");
    }

    @Test
    void propertyOfAFreestyleJob() throws Exception {
        roundTrip(jenkins.createFreeStyleProject(), new GitpodPrebuildProperty());
        roundTrip(jenkins.createFreeStyleProject(), full());
    }

    @Test
    void propertyOfAPipeline() throws Exception {
        roundTrip(jenkins.createProject(WorkflowJob.class), new GitpodPrebuildProperty());
        roundTrip(jenkins.createProject(WorkflowJob.class), full());
    }

    @Test
    void automaticUseIsForTheProjectsOwnBranchUnlessSaidOtherwise() {
        assertTrue(new GitpodPrebuildProperty().isOnlyProjectBranch());
        assertFalse(new GitpodPrebuildStep().isOnlyProjectBranch());
        assertFalse(new GitpodPrebuildBuilder().isOnlyProjectBranch());
    }

    private static GitpodPrebuildProperty throughBranches(GitpodPrebuildProperty property) throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        BranchSource source = new BranchSource(new GitSCMSource("https://git.example.com/shop.git"));
        source.setStrategy(
                new DefaultBranchPropertyStrategy(new BranchProperty[] {new GitpodPrebuildBranchProperty(property)}));
        multi.getSourcesList().add(source);
        jenkins.configRoundtrip(multi);
        DefaultBranchPropertyStrategy strategy =
                (DefaultBranchPropertyStrategy) multi.getSourcesList().get(0).getStrategy();
        List<BranchProperty> properties = strategy.getProps();
        assertEquals(1, properties.size());
        return ((GitpodPrebuildBranchProperty) properties.get(0)).getPrebuild();
    }

    @Test
    void propertyOfAllBranches() throws Exception {
        jenkins.assertEqualDataBoundBeans(full(), throughBranches(full()));
        jenkins.assertEqualDataBoundBeans(new GitpodPrebuildProperty(), throughBranches(new GitpodPrebuildProperty()));
    }

    @Test
    void optionsOfTheBuildStep() throws Exception {
        for (WhenActive when : WhenActive.values()) {
            GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
            step.setWhenActive(when);
            step.setMinimumInterval(30);
            step.setMaxAge(24);
            step.setForce(true);
            step.setOnlyProjectBranch(true);
            step.setOnlyIfChanged("a/**\nb/**".replace("\n", ", "));
            FreeStyleProject job = jenkins.createFreeStyleProject();
            job.getBuildersList().add(step);
            jenkins.configRoundtrip(job);
            jenkins.assertEqualDataBoundBeans(step, job.getBuildersList().get(GitpodPrebuildBuilder.class));
        }
    }

    @Test
    void optionsOfTheStep() throws Exception {
        GitpodPrebuildStep step = new GitpodPrebuildStep();
        step.setWhenActive(WhenActive.JOIN);
        step.setMinimumInterval(30);
        step.setMaxAge(24);
        step.setForce(true);
        step.setOnlyProjectBranch(true);
        step.setOnlyIfChanged("a/**, b/**");
        jenkins.assertEqualDataBoundBeans(step, new StepConfigTester(jenkins).configRoundTrip(step));
        assertEquals(
                "gitpodPrebuild force: true, maxAge: 24, minimumInterval: 30, onlyIfChanged: 'a/**, b/**', onlyProjectBranch: true, "
                        + "whenActive: 'JOIN'",
                Snippetizer.object2Groovy(step));
    }

    @Test
    void snippetOfTheProperty() throws Exception {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setOnlyIfChanged("a/**");
        String snippet = Snippetizer.object2Groovy(new JobPropertyStep(List.of(property)));
        assertThat(snippet, containsString("gitpodPrebuildForCommits(onlyIfChanged: 'a/**')"));
        assertEquals(
                Map.of(),
                DescribableModel.of(GitpodPrebuildProperty.class)
                        .uninstantiate2(new GitpodPrebuildProperty())
                        .getArguments());
    }

    @Test
    void whatABrowserWouldNotSendIsRefusedWithAMessage() throws Exception {
        assertThat(refusal("minimumInterval", "often"), containsString("\"often\" is not allowed for minimumInterval"));
        assertThat(
                refusal("whenActive", "WHATEVER"), containsString("Use START, JOIN, SKIP, CANCEL_PREVIOUS, or QUEUE"));
        assertThat(
                refusal("timeout", "1"),
                containsString("\"1\" is not allowed for timeout. Use whole minutes from 5 to 120"));
    }

    private static String refusal(String option, String value) throws Exception {
        JSONObject json = new JSONObject();
        json.put("specified", true);
        json.put(option, value);
        return jenkins.executeOnServer(() -> {
            StaplerRequest2 request = Stapler.getCurrentRequest2();
            return assertThrows(
                            Descriptor.FormException.class,
                            () -> jenkins.jenkins
                                    .getDescriptorByType(GitpodPrebuildProperty.DescriptorImpl.class)
                                    .newInstance(request, json))
                    .getMessage();
        });
    }
}
