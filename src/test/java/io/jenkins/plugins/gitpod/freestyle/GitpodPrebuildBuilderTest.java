package io.jenkins.plugins.gitpod.freestyle;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.Launcher;
import hudson.matrix.Axis;
import hudson.matrix.AxisList;
import hudson.matrix.MatrixProject;
import hudson.matrix.MatrixRun;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jenkins.model.CauseOfInterruption;
import jenkins.model.InterruptedBuildAction;
import jenkins.tasks.SimpleBuildStep;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestBuilder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@ExtendWith(FastLimits.class)
@WithJenkins
class GitpodPrebuildBuilderTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    // Made before Jenkins starts, which reads the fixture's limits then.
    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static JenkinsRule jenkins;

    private SimPrebuild[] before;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void remember() {
        before = GITPOD.simulator().records().prebuilds().toArray(new SimPrebuild[0]);
        GITPOD.simulator().records().clear();
    }

    @AfterEach
    void nothingIsLeft() {
        GITPOD.simulator().faults().clear();
        GITPOD.project().plan(PhasePlan.quick(Duration.ofSeconds(1)));
        await().atMost(SOON).until(() -> GITPOD.simulator().records().active().isEmpty());
        assertEquals(List.of(), GITPOD.simulator().records().violations());
    }

    private SimPrebuild theOnlyNewPrebuild() {
        List<SimPrebuild> all = GITPOD.simulator().records().prebuilds();
        assertEquals(before.length + 1, all.size());
        return all.get(all.size() - 1);
    }

    private GitpodPrebuildBuilder step() {
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(GITPOD.project().id());
        return step;
    }

    private FreeStyleProject job(GitpodPrebuildBuilder step) throws IOException {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(step);
        return job;
    }

    /** Prints what later steps see. */
    private static final class Seen extends TestBuilder {
        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
                throws InterruptedException, IOException {
            var env = build.getEnvironment(listener);
            listener.getLogger()
                    .println("seen " + env.get("GITPOD_PREBUILD_ID") + " " + env.get("GITPOD_PREBUILD_PHASE") + " "
                            + env.get("GITPOD_PREBUILD_URL"));
            return true;
        }
    }

    @Test
    void waitsAndShowsLaterStepsThePrebuild() throws Exception {
        FreeStyleProject job = job(step());
        job.getBuildersList().add(new Seen());
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        String id = theOnlyNewPrebuild().id();
        String url = GITPOD.simulator().apiUrl().toString().replaceAll("/api$", "") + "/projects/"
                + GITPOD.project().id() + "/prebuilds";
        jenkins.assertLogContains("[Gitpod] Created Gitpod prebuild " + id, build);
        jenkins.assertLogContains("seen " + id + " COMPLETED " + url, build);
        jenkins.assertLogNotContains(GITPOD.account().token(), build);
        PrebuildAction action = build.getAction(PrebuildAction.class);
        assertNotNull(action);
        assertEquals(id, action.getRecords().get(0).getResult().getId());
    }

    @Test
    void parametersAndVariablesAreExpanded() throws Exception {
        SimEnvironmentClass large = GITPOD.simulator().addEnvironmentClass("Large");
        GitpodPrebuildBuilder step = step();
        step.setProjectId("${PROJECT}");
        step.setEnvironmentClassId("$CLASS");
        step.setConnection("${CONNECTION}");
        FreeStyleProject job = job(step);
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("PROJECT", ""),
                new StringParameterDefinition("CLASS", ""),
                new StringParameterDefinition("CONNECTION", "")));
        FreeStyleBuild build = jenkins.assertBuildStatusSuccess(job.scheduleBuild2(
                0,
                new ParametersAction(
                        new StringParameterValue("PROJECT", GITPOD.project().id()),
                        new StringParameterValue("CLASS", large.id()),
                        new StringParameterValue("CONNECTION", "sim"))));
        assertEquals(large.id(), theOnlyNewPrebuild().environmentClassId());
        jenkins.assertLogContains("completed after", build);
    }

    @Test
    void anExpandedValueIsCheckedBeforeAnythingIsSent() throws Exception {
        GitpodPrebuildBuilder step = step();
        step.setProjectId("${NOBODY_SET_THIS}");
        FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, job(step));
        jenkins.assertLogContains("\"${NOBODY_SET_THIS}\" is not allowed for projectId", build);
        jenkins.assertLogNotContains("\tat ", build);
        assertTrue(GITPOD.simulator().records().calls().isEmpty());
    }

    @Test
    void aVariableThatIsEmptyIsNotAnyProjectOfTheRepository() throws Exception {
        GitpodPrebuildBuilder step = step();
        step.setProjectId("${PROJECT}");
        FreeStyleProject job = job(step);
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("PROJECT", " ")));
        FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, job);
        jenkins.assertLogContains("ERROR: The project \"${PROJECT}\" is empty in this build.", build);
        jenkins.assertLogNotContains("\tat ", build);
        assertTrue(GITPOD.simulator().records().calls().isEmpty());
    }

    @Test
    void whoeverStartsABuildChoosesNoCredential() throws Exception {
        GitpodFixture.addCredential("other", "other-token");
        GitpodPrebuildBuilder step = step();
        step.setCredentialsId("${CRED}");
        FreeStyleProject job = job(step);
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("CRED", "")));
        FreeStyleBuild build = jenkins.assertBuildStatus(
                Result.FAILURE, job.scheduleBuild2(0, new ParametersAction(new StringParameterValue("CRED", "other"))));
        jenkins.assertLogContains("This job cannot use a Gitpod credential with the id \"${CRED}\"", build);
        assertEquals(0, GITPOD.simulator().records().count("CreatePrebuild"));
    }

    @Test
    void interruptCancelsAndReturnsAtOnce() throws Exception {
        GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
        FreeStyleBuild build = job(step()).scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Created Gitpod prebuild", build);
        long start = System.nanoTime();
        build.getExecutor().interrupt();
        jenkins.waitForCompletion(build);
        assertThat(Duration.ofNanos(System.nanoTime() - start).toSeconds(), lessThan(10L));
        jenkins.assertBuildStatus(Result.ABORTED, build);
        SimPrebuild prebuild = theOnlyNewPrebuild();
        assertTrue(prebuild.isCancelRequested());
        jenkins.assertLogContains(prebuild.id(), build);
    }

    @Test
    void interruptReturnsWithinTenSecondsEvenIfGitpodNeverAnswers() throws Exception {
        GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
        FreeStyleBuild build = job(step()).scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Created Gitpod prebuild", build);
        Fault.Hang hang = Fault.hangBeforeActing();
        GITPOD.simulator().faults().add(FaultRule.on("CancelPrebuild", hang).forever());
        long start = System.nanoTime();
        build.getExecutor().interrupt();
        jenkins.waitForCompletion(build);
        assertThat(Duration.ofNanos(System.nanoTime() - start).toSeconds(), lessThan(10L));
        jenkins.assertLogContains("Gitpod has not confirmed that prebuild", build);
        GITPOD.simulator().faults().clear();
        hang.release();
        assertEquals(Result.ABORTED, build.getResult());
    }

    @Test
    void warningMakesTheBuildUnstableIfSoChosen() throws Exception {
        GITPOD.project().plan(PhasePlan.quick(Duration.ofSeconds(1)).withWarning("1 of 3 tasks failed"));
        GitpodPrebuildBuilder step = step();
        step.setOnWarning(OnWarning.UNSTABLE);
        FreeStyleProject job = job(step);
        job.getBuildersList().add(new Seen());
        FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.UNSTABLE, job);
        jenkins.assertLogContains("1 of 3 tasks failed", build);
        jenkins.assertLogContains("seen " + theOnlyNewPrebuild().id(), build);
    }

    @Test
    void failureFailsTheBuildUnlessItOnlyReturnsIt() throws Exception {
        GITPOD.project().plan(PhasePlan.failing("devcontainer is broken").scaled(0.01));
        FreeStyleBuild failed = jenkins.buildAndAssertStatus(Result.FAILURE, job(step()));
        jenkins.assertLogContains("devcontainer is broken", failed);
        GitpodPrebuildBuilder step = step();
        step.setPropagate(false);
        FreeStyleProject job = job(step);
        job.getBuildersList().add(new Seen());
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        assertThat(JenkinsRule.getLog(build), containsString(" FAILED http"));
    }

    @Test
    void cancelledInGitpodAbortsTheBuild() throws Exception {
        GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
        FreeStyleBuild build = job(step()).scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Created Gitpod prebuild", build);
        SimPrebuild prebuild = theOnlyNewPrebuild();
        prebuild.cancelBySomeoneElse();
        jenkins.waitForCompletion(build);
        jenkins.assertBuildStatus(Result.ABORTED, build);
        List<CauseOfInterruption> causes =
                build.getAction(InterruptedBuildAction.class).getCauses();
        assertThat(causes.get(0).getShortDescription(), containsString(prebuild.id()));
    }

    @Test
    void withoutWaitingTheBuildGoesOnAndThePrebuildToo() throws Exception {
        GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
        GitpodPrebuildBuilder step = step();
        step.setWait(false);
        FreeStyleProject job = job(step);
        job.getBuildersList().add(new Seen());
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        SimPrebuild prebuild = theOnlyNewPrebuild();
        jenkins.assertLogContains("seen " + prebuild.id(), build);
        assertFalse(prebuild.isCancelRequested());
        prebuild.plan(PhasePlan.quick(Duration.ofMillis(100)));
        await().atMost(SOON)
                .until(() -> build.getAction(PrebuildAction.class)
                                .getRecords()
                                .get(0)
                                .getConclusion()
                        != null);
    }

    @Test
    void eachBuildOfAMatrixMakesItsOwn() throws Exception {
        MatrixProject job = jenkins.createProject(MatrixProject.class);
        job.setAxes(new AxisList(new Axis(
                "PROJECT",
                GITPOD.project().id(),
                GITPOD.simulator()
                        .addProject("second")
                        .plan(PhasePlan.quick(Duration.ofSeconds(1)))
                        .id())));
        GitpodPrebuildBuilder step = step();
        step.setProjectId("${PROJECT}");
        job.getBuildersList().add(step);
        job.getBuildersList().add(new Seen());
        var build = jenkins.buildAndAssertSuccess(job);
        Set<String> ids = new TreeSet<>();
        for (MatrixRun run : build.getExactRuns()) {
            String id = run.getAction(PrebuildAction.class)
                    .getRecords()
                    .get(0)
                    .getResult()
                    .getId();
            jenkins.assertLogContains("seen " + id + " COMPLETED", run);
            ids.add(id);
        }
        assertEquals(2, ids.size());
    }

    @Test
    void moreThanTheConnectionAllowsWaitForAPlace() throws Exception {
        GitpodConnection one = GitpodGlobalConfiguration.get().getConnections().get(0);
        one.setMaximumConcurrent(1);
        try {
            GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
            FreeStyleBuild first = job(step()).scheduleBuild2(0).waitForStart();
            jenkins.waitForMessage("Created Gitpod prebuild", first);
            FreeStyleBuild second = job(step()).scheduleBuild2(0).waitForStart();
            jenkins.waitForMessage("allows 1 concurrent prebuilds; waiting for one of them to end", second);
            theOnlyNewPrebuild().plan(PhasePlan.quick(Duration.ofMillis(100)));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
            jenkins.waitForMessage("Created Gitpod prebuild", second);
            FreeStyleBuild third = job(step()).scheduleBuild2(0).waitForStart();
            jenkins.waitForMessage("waiting for one of them to end", third);
            third.getExecutor().interrupt();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(third));
            jenkins.assertLogContains("No Gitpod prebuild was created", third);
            assertThat(GITPOD.simulator().records().count("CreatePrebuild"), not(lessThan(2)));
            second.getExecutor().interrupt();
            jenkins.waitForCompletion(second);
            assertEquals(2, GITPOD.simulator().records().count("CreatePrebuild"));
        } finally {
            one.setMaximumConcurrent(null);
        }
    }

    @Test
    void itIsNoStepOfPipelines() {
        assertFalse(SimpleBuildStep.class.isAssignableFrom(GitpodPrebuildBuilder.class));
    }
}
