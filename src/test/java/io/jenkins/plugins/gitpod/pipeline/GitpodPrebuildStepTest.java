package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@ExtendWith(FastLimits.class)
@WithJenkins
class GitpodPrebuildStepTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static final PhasePlan QUICK = PhasePlan.quick(Duration.ofSeconds(1));

    private static JenkinsRule jenkins;
    private static Set<SimPrebuild> earlier = Set.of();

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void forget() {
        GITPOD.simulator().faults().clear();
        GITPOD.simulator().records().clear();
        GITPOD.project().plan(QUICK);
        earlier = Set.copyOf(GITPOD.simulator().records().prebuilds());
    }

    private static SimPrebuild onlyPrebuild() {
        List<SimPrebuild> prebuilds = GITPOD.simulator().records().prebuilds().stream()
                .filter(prebuild -> !earlier.contains(prebuild))
                .toList();
        assertEquals(1, prebuilds.size(), "prebuilds made");
        return prebuilds.get(0);
    }

    private static WorkflowRun run(String script, Result expected) throws Exception {
        return jenkins.buildAndAssertStatus(expected, pipeline(jenkins, script));
    }

    private static WorkflowRun startAndAwaitPrebuild(String script) throws Exception {
        WorkflowRun build = pipeline(jenkins, script).scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        return build;
    }

    private static void awaitCancelled(SimPrebuild prebuild) {
        await().until(prebuild::phase, phase -> phase == SimPhase.CANCELLED);
    }

    @Test
    void scriptedPipelineWaitsAndReadsTheResultInTheSandbox() throws Exception {
        WorkflowRun build = run(
                "def p = " + GITPOD.step() + "\n"
                        + "echo \"got ${p.id} ${p.phase} ${p.url} ${p.snapshotSizeBytes > 0} ${p.warningMessage}"
                        + " ${p.failureMessage} ${p.durationMillis > 0}\"",
                Result.SUCCESS);
        String id = onlyPrebuild().id();
        jenkins.assertLogContains("got " + id + " COMPLETED http", build);
        jenkins.assertLogContains("/projects/" + GITPOD.project().id() + "/prebuilds true null null true", build);
        jenkins.assertLogContains("[Gitpod] Gitpod prebuild " + id + " completed after", build);
    }

    @Test
    void declarativePipelineWaits() throws Exception {
        WorkflowRun build = run(
                "pipeline { agent none; stages { stage('prebuild') { steps { " + GITPOD.step() + " } } } }",
                Result.SUCCESS);
        jenkins.assertLogContains("[Gitpod] Gitpod prebuild " + onlyPrebuild().id() + " completed after", build);
    }

    @Test
    void valuesAreReadAsTheyAreMeant() throws Exception {
        WorkflowRun build = run(
                "def minutes = 90\n"
                        + GITPOD.step(
                                "timeout: \"${minutes}\"",
                                "wait: params.NOT_THERE_YET",
                                "propagate: 'TRUE'",
                                "onWarning: 'unstable'",
                                "whenActive: 'start'",
                                "connection: ''",
                                "minimumInterval: null",
                                "onlyIfChanged: []"),
                Result.SUCCESS);
        SimPrebuild prebuild = onlyPrebuild();
        assertEquals("5400s", prebuild.timeout());
        jenkins.assertLogContains("[Gitpod] Gitpod prebuild " + prebuild.id() + " completed after", build);
    }

    @Test
    void consoleHoldsAtMostEightLinesForAPrebuild() throws Exception {
        WorkflowRun build = run(GITPOD.step(), Result.SUCCESS);
        long lines = JenkinsRule.getLog(build)
                .lines()
                .filter(line -> line.contains("[Gitpod]"))
                .count();
        assertThat(lines, lessThan(9L));
    }

    @Test
    void adviceOnTheAgentIsGivenOnceInABuild() throws Exception {
        String advice = "This step does not need an agent.";
        WorkflowRun build = run("node { for (int i = 0; i < 2; i++) { " + GITPOD.step() + " } }", Result.SUCCESS);
        assertEquals(2, JenkinsRule.getLog(build).split(Pattern.quote(advice), -1).length);
        jenkins.assertLogNotContains(advice, run(GITPOD.step(), Result.SUCCESS));
    }

    @Test
    void failedPrebuildFailsTheBuildWithGitpodsMessage() throws Exception {
        GITPOD.project().plan(PhasePlan.failing("the image could not be built").scaled(0.001));
        WorkflowRun build = run(GITPOD.step(), Result.FAILURE);
        jenkins.assertLogContains(
                "ERROR: Gitpod prebuild " + onlyPrebuild().id() + " failed: the image could not be built.", build);
        jenkins.assertLogNotContains("\tat ", build);
    }

    @Test
    void failedPrebuildIsOnlyReturnedWithoutPropagate() throws Exception {
        GITPOD.project().plan(PhasePlan.failing("the image could not be built").scaled(0.001));
        WorkflowRun build = run(
                "def p = " + GITPOD.step("propagate: false") + "\necho \"phase ${p.phase}: ${p.failureMessage}\"",
                Result.SUCCESS);
        jenkins.assertLogContains("phase FAILED: the image could not be built", build);
    }

    @ParameterizedTest
    @CsvSource({"IGNORE, SUCCESS", "UNSTABLE, UNSTABLE", "FAIL, FAILURE"})
    void warningFollowsOnWarning(String onWarning, String expected) throws Exception {
        GITPOD.project().plan(PhasePlan.completedWithWarning("task 1 failed").scaled(0.001));
        WorkflowRun build = run(GITPOD.step("onWarning: '" + onWarning + "'"), Result.fromString(expected));
        jenkins.assertLogContains("Gitpod warns: task 1 failed", build);
    }

    @Test
    void withoutWaitTheBuildEndsAtOnceAndTheEndIsRecordedLater() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = run("def p = " + GITPOD.step("wait: false") + "\necho \"id ${p.id}\"", Result.SUCCESS);
        SimPrebuild prebuild = onlyPrebuild();
        jenkins.assertLogContains("id " + prebuild.id(), build);
        assertTrue(prebuild.isActive(), "continues after the build");
        assertEquals(0, GITPOD.simulator().records().count("CancelPrebuild"));

        prebuild.failWith("later");
        await().until(() -> record(build).getConclusion(), EndStatus.FAILED::equals);
        assertThat(record(build).getMessage(), containsString("later"));
    }

    private static PrebuildRecord record(WorkflowRun build) {
        return build.getAction(PrebuildAction.class).getRecords().get(0);
    }

    @Test
    void abortCancelsThePrebuild() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = startAndAwaitPrebuild(GITPOD.step());
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        awaitCancelled(onlyPrebuild());
        jenkins.assertLogContains(
                "[Gitpod] Gitpod accepted the request to cancel prebuild "
                        + onlyPrebuild().id(),
                build);
    }

    @Test
    void abortLeavesThePrebuildAloneWithoutCancelOnAbort() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = startAndAwaitPrebuild(GITPOD.step("cancelOnAbort: false"));
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("keeps running after this build because cancelOnAbort is off", build);
        assertEquals(0, GITPOD.simulator().records().count("CancelPrebuild"));
        onlyPrebuild().forcePhase(SimPhase.COMPLETED);
    }

    @Test
    void timeoutAroundTheStepCancelsThePrebuild() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        run("timeout(time: 3, unit: 'SECONDS') { " + GITPOD.step() + " }", Result.ABORTED);
        awaitCancelled(onlyPrebuild());
    }

    @Test
    void failingParallelBranchCancelsThePrebuildOfTheOther() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = startAndAwaitPrebuild("parallel failFast: true, prebuild: { " + GITPOD.step()
                + " }, tests: { semaphore 'tests'; error 'a test failed' }");
        SemaphoreStep.success("tests/1", null);
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        awaitCancelled(onlyPrebuild());
    }

    @Test
    void abortBeforeTheCreateIsAnsweredCancelsThePrebuildOnceItIsKnown() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        Fault.Hang hang = Fault.hangAfterActing();
        GITPOD.simulator().faults().add(FaultRule.on("CreatePrebuild", hang).times(1));
        WorkflowRun build = pipeline(jenkins, GITPOD.step()).scheduleBuild2(0).waitForStart();
        await().until(() -> hang.held() == 1);
        build.getExecutor().interrupt();
        // The build does not wait for the answer: it is still held back when the build ends.
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertEquals(1, hang.held());
        jenkins.assertLogContains("If a prebuild of project " + GITPOD.project().id() + " was created", build);
        hang.release();
        awaitCancelled(onlyPrebuild());
    }

    @Test
    void prebuildCancelledInGitpodAbortsTheBuildAndFailsItNot() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = startAndAwaitPrebuild("catchError(catchInterruptions: false) { " + GITPOD.step() + " }");
        onlyPrebuild().cancelBySomeoneElse();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("was cancelled in Gitpod by someone else", build);
    }

    @Test
    void prebuildDeletedInGitpodFailsTheBuild() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = startAndAwaitPrebuild(GITPOD.step());
        onlyPrebuild().delete();
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("ERROR: Gitpod", build);
    }

    @Test
    void createSendsExactlyWhatWasAskedAndNothingElse() throws Exception {
        run(GITPOD.step(), Result.SUCCESS);
        assertEquals(
                "{\"projectId\":\"" + GITPOD.project().id() + "\",\"spec\":{}}",
                GITPOD.simulator().records().calls("CreatePrebuild").get(0).body());
        GITPOD.simulator().records().clear();
        String environmentClass =
                GITPOD.simulator().addEnvironmentClass("large").id();
        run(GITPOD.step("environmentClassId: '" + environmentClass + "'", "timeout: 90"), Result.SUCCESS);
        assertEquals(
                "{\"projectId\":\"" + GITPOD.project().id() + "\",\"environmentClassId\":\"" + environmentClass
                        + "\",\"spec\":{\"timeout\":\"5400s\"}}",
                GITPOD.simulator().records().calls("CreatePrebuild").get(0).body());
    }

    @Test
    void tokenTravelsInTheAuthorizationHeaderOnly() throws Exception {
        run(GITPOD.step(), Result.SUCCESS);
        String token = GITPOD.account().token();
        for (Call call : GITPOD.simulator().records().calls()) {
            String sent = call.header("Authorization");
            if (call.method().equals("Logs")) {
                // A log, which may be that of an earlier test's prebuild, is read with a token of its own.
                assertThat(sent, startsWith("Bearer log-"));
            } else {
                assertEquals("Bearer " + token, sent);
            }
            assertThat(call.body() + call.path(), not(containsString(token)));
            call.headers().forEach((name, value) -> {
                if (!name.equalsIgnoreCase("Authorization")) {
                    assertThat(name, value, not(containsString(token)));
                }
            });
            assertThat(call.header("User-Agent"), containsString("jenkins-gitpod-prebuild/"));
        }
    }

    @Test
    void rotatedTokenIsPickedUpWhileWaiting() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = startAndAwaitPrebuild(GITPOD.step());
        String before = GITPOD.account().token();
        GitpodFixture.updateCredential(GitpodFixture.CREDENTIALS_ID, before, "next-" + before);
        GITPOD.account().useToken("next-" + before);
        awaitLog(build, "no longer accepts the token");
        onlyPrebuild().forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }
}
