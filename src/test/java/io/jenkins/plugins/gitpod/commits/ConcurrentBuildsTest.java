package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.config.GitpodClients;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** Many builds that request the same prebuild at once, and prebuilds that this Jenkins did not create. */
@ExtendWith(FastLimits.class)
class ConcurrentBuildsTest extends GitpodTestBase {

    private static final int BUILDS = 10;

    private SimProject project;

    @BeforeEach
    void newProject(TestInfo test) {
        project = gitpod.simulator()
                .addProject(test.getDisplayName())
                .plan(PhasePlan.stuckIn(SimPhase.RUNNING).scaled(0.02));
    }

    @AfterEach
    void nothingIsLeftInTheBooks() {
        gitpod.simulator().faults().clear();
        // what a failed test has left must not fail the others
        made().stream().filter(SimPrebuild::isActive).forEach(one -> one.forcePhase(SimPhase.COMPLETED));
        await().atMost(Duration.ofSeconds(30)).until(() -> LedgerFiles.open().isEmpty());
    }

    private List<SimPrebuild> made() {
        return Commits.made(gitpod, project);
    }

    private WorkflowJob job(String options) throws Exception {
        WorkflowJob job = Builds.pipeline(
                jenkins,
                "def p = " + gitpod.stepOf(project, options) + "\necho \"got ${p.id} ${p.phase} ${p.skipped}\"");
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("number", "")));
        job.setConcurrentBuild(true);
        return job;
    }

    private static List<WorkflowRun> start(WorkflowJob job) throws Exception {
        List<WorkflowRun> builds = new ArrayList<>();
        for (int i = 0; i < BUILDS; i++) {
            job.scheduleBuild2(0, new ParametersAction(new StringParameterValue("number", String.valueOf(i))));
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> job.getBuilds().size() == BUILDS);
        job.getBuilds().forEach(builds::add);
        return builds;
    }

    @Test
    void tenAtOnceUnderSkipMakeOneAndAllTellOfIt() throws Exception {
        Fault.Hang beforeCreate = Fault.hangBeforeActing();
        gitpod.simulator().faults().add(FaultRule.on("CreatePrebuild", beforeCreate));
        List<WorkflowRun> builds = start(job("whenActive: 'SKIP', wait: false"));
        await().atMost(Duration.ofSeconds(30)).until(() -> beforeCreate.held() == 1);
        beforeCreate.release();
        for (WorkflowRun build : builds) {
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        }
        SimPrebuild only = made().get(0);
        long skipped = 0;
        for (WorkflowRun build : builds) {
            jenkins.assertLogContains("got " + only.id(), build);
            skipped += JenkinsRule.getLog(build).contains("true") ? 1 : 0;
        }
        assertEquals(BUILDS - 1, skipped);
        assertThat(made(), hasSize(1));
        only.forcePhase(SimPhase.COMPLETED);
    }

    @Test
    void tenAtOnceUnderJoinShareOne() throws Exception {
        List<WorkflowRun> builds = start(job("whenActive: 'JOIN'"));
        for (WorkflowRun build : builds) {
            Builds.awaitLog(
                    build, made().isEmpty() ? "Gitpod prebuild" : made().get(0).id());
        }
        assertThat(made(), hasSize(1));
        // all but one leave, including the one that asked first
        WorkflowRun last = builds.remove(3);
        for (WorkflowRun build : builds) {
            build.doStop();
        }
        for (WorkflowRun build : builds) {
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        }
        assertTrue(made().get(0).isActive());
        made().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last));
        jenkins.assertLogContains("got " + made().get(0).id() + " COMPLETED false", last);
        assertThat(made(), hasSize(1));
    }

    @Test
    void tenAtOnceUnderJoinAllLeaveWhileNothingIsAnswered() throws Exception {
        Fault.Hang notAnswered = Fault.hangAfterActing();
        gitpod.simulator().faults().add(FaultRule.on("CreatePrebuild", notAnswered));
        List<WorkflowRun> builds = start(job("whenActive: 'JOIN'"));
        await().atMost(Duration.ofSeconds(30)).until(() -> notAnswered.held() == 1);
        builds.forEach(Builds::awaitStep);
        for (WorkflowRun build : builds) {
            build.doStop();
        }
        notAnswered.release();
        for (WorkflowRun build : builds) {
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> made().stream().noneMatch(SimPrebuild::isActive));
        assertThat(made(), hasSize(1));
    }

    @Test
    void tenAtOnceUnderCancelPreviousLeaveOne() throws Exception {
        List<WorkflowRun> builds = start(job("whenActive: 'CANCEL_PREVIOUS'"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> builds.stream().filter(WorkflowRun::isBuilding).count() == 1
                        && made().stream().filter(SimPrebuild::isActive).count() == 1);
        SimPrebuild left =
                made().stream().filter(SimPrebuild::isActive).findFirst().orElseThrow();
        left.forcePhase(SimPhase.COMPLETED);
        int succeeded = 0;
        for (WorkflowRun build : builds) {
            jenkins.waitForCompletion(build);
            if (Result.SUCCESS.equals(build.getResult())) {
                succeeded++;
                jenkins.assertLogContains("got " + left.id() + " COMPLETED false", build);
            } else {
                jenkins.assertBuildStatus(Result.ABORTED, build);
                jenkins.assertLogContains("requested a newer one", build);
            }
        }
        assertEquals(1, succeeded);
    }

    /** Those that were made before the first one was requested share it, and all others the next one. */
    @Test
    void tenAtOnceUnderQueueMakeNoMoreThanTwo() throws Exception {
        List<WorkflowRun> builds = start(job("whenActive: 'QUEUE'"));
        for (WorkflowRun build : builds) {
            Builds.awaitLog(build, "Gitpod prebuild");
        }
        assertThat(made(), hasSize(1));
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            made().stream().filter(SimPrebuild::isActive).forEach(one -> one.forcePhase(SimPhase.COMPLETED));
            return builds.stream().noneMatch(WorkflowRun::isBuilding);
        });
        for (WorkflowRun build : builds) {
            jenkins.assertBuildStatusSuccess(build);
        }
        assertThat(made().size(), lessThanOrEqualTo(2));
    }

    /** The end of the first one is not seen, so it may still be running. */
    @Test
    void queueWaitsForOneThatCouldNotBeWatchedToItsEnd() throws Exception {
        WorkflowRun first = job("whenActive: 'QUEUE', cancelOnAbort: false")
                .scheduleBuild2(0)
                .waitForStart();
        Builds.awaitLog(first, "Gitpod prebuild: RUNNING");
        SimPrebuild running = made().get(0);
        WorkflowRun queued = job("whenActive: 'QUEUE'").scheduleBuild2(0).waitForStart();
        Builds.awaitLog(queued, "Waiting for Gitpod prebuild " + running.id());
        gitpod.simulator()
                .faults()
                .add(FaultRule.on("GetPrebuild", Fault.status(403, "permission_denied", "no"))
                        .when(call -> call.body().contains(running.id()))
                        .forever());
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(first));
        Builds.awaitLog(queued, running.id() + ", which this Jenkins could not watch any longer, to end.");
        assertThat(made(), hasSize(1));
        // A build that shares one needs one whose end it sees.
        project.plan(PhasePlan.quick(Duration.ofMillis(100)));
        jenkins.assertLogContains("COMPLETED false", jenkins.buildAndAssertSuccess(job("whenActive: 'JOIN'")));
        assertThat(made(), hasSize(2));
        queued.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(queued));
        assertTrue(running.isActive());
    }

    // ---- somebody else's

    private SimPrebuild foreign() throws Exception {
        Prebuild prebuild = new GitpodClients(ClientLimits.defaults())
                .client(
                        GitpodEndpoint.parse(gitpod.simulator().apiUrl().toString()),
                        BearerToken.of(gitpod.simulator().account("somebody").token()),
                        ClientLimits.defaults())
                .createPrebuild(project.id(), null, null);
        return gitpod.simulator().prebuild(prebuild.id());
    }

    @Test
    void skipTellsOfSomebodyElses() throws Exception {
        SimPrebuild foreign = foreign();
        foreign.forcePhase(SimPhase.RUNNING);
        WorkflowRun build = jenkins.buildAndAssertSuccess(job("whenActive: 'SKIP'"));
        jenkins.assertLogContains("got " + foreign.id() + " RUNNING true", build);
        assertThat(made(), hasSize(1));
        foreign.forcePhase(SimPhase.COMPLETED);
        project.plan(PhasePlan.quick(Duration.ofMillis(100)));
        WorkflowRun next = jenkins.buildAndAssertSuccess(job("whenActive: 'SKIP'"));
        jenkins.assertLogContains("COMPLETED false", next);
        assertThat(made(), hasSize(2));
    }

    @Test
    void joinWaitsForSomebodyElsesAndNeverCancelsIt() throws Exception {
        SimPrebuild foreign = foreign();
        WorkflowJob job = job("whenActive: 'JOIN'");
        WorkflowRun leaves = job.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(
                leaves, "Waiting for Gitpod prebuild " + foreign.id() + ", which is already running and was not");
        WorkflowRun stays = job("whenActive: 'JOIN'").scheduleBuild2(0).waitForStart();
        Builds.awaitLog(stays, "Waiting for Gitpod prebuild " + foreign.id());
        leaves.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(leaves));
        WorkflowRun last = job("whenActive: 'JOIN'").scheduleBuild2(0).waitForStart();
        Builds.awaitLog(last, "Waiting for Gitpod prebuild " + foreign.id());
        last.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(last));
        assertTrue(foreign.isActive());
        foreign.forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(stays));
        jenkins.assertLogContains("got " + foreign.id() + " COMPLETED false", stays);
        jenkins.assertLogNotContains("Resumed waiting", stays);
        WorkflowRun alone = job("whenActive: 'JOIN'").scheduleBuild2(0).waitForStart();
        Builds.awaitLog(alone, "Created Gitpod prebuild");
        alone.doStop();
        jenkins.waitForCompletion(alone);
        assertThat(made(), hasSize(2));
        assertTrue(gitpod.simulator().records().calls("CancelPrebuild").stream()
                .noneMatch(call -> call.body().contains(foreign.id())));
    }

    @Test
    void theLastToLeaveSomebodyElsesLeavesItRunning() throws Exception {
        SimPrebuild foreign = foreign();
        WorkflowRun build = job("whenActive: 'JOIN'").scheduleBuild2(0).waitForStart();
        Builds.awaitLog(build, "Waiting for Gitpod prebuild " + foreign.id());
        build.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        jenkins.assertLogContains(foreign.id() + " keeps running because this Jenkins did not create it.", build);
        assertTrue(foreign.isActive());
        // it can be joined again
        WorkflowRun again = job("whenActive: 'JOIN'").scheduleBuild2(0).waitForStart();
        Builds.awaitLog(again, "Waiting for Gitpod prebuild " + foreign.id());
        foreign.forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(again));
        assertThat(made(), hasSize(1));
    }

    @Test
    void whatAnAbortedBuildLeftRunningCanBeJoined() throws Exception {
        WorkflowRun leaves = job("cancelOnAbort: false").scheduleBuild2(0).waitForStart();
        Builds.awaitLog(leaves, "Gitpod prebuild: RUNNING");
        leaves.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(leaves));
        jenkins.assertLogContains("keeps running after this build because cancelOnAbort is off", leaves);
        jenkins.assertLogContains(
                "got " + made().get(0).id() + " RUNNING true",
                jenkins.buildAndAssertSuccess(job("whenActive: 'SKIP'")));
        WorkflowRun joins = job("whenActive: 'JOIN'").scheduleBuild2(0).waitForStart();
        Builds.awaitLog(joins, "Waiting for Gitpod prebuild " + made().get(0).id());
        made().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(joins));
        assertThat(made(), hasSize(1));
    }

    @Test
    void cancelPreviousLeavesSomebodyElsesAlone() throws Exception {
        SimPrebuild foreign = foreign();
        project.plan(PhasePlan.quick(Duration.ofMillis(100)));
        jenkins.buildAndAssertSuccess(job("whenActive: 'CANCEL_PREVIOUS'"));
        assertTrue(foreign.isActive());
        assertThat(made(), hasSize(2));
        foreign.forcePhase(SimPhase.COMPLETED);
    }
}
