package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** What was shared, decided or undecided before a restart is so after it. */
@ExtendWith(FastLimits.class)
@WithGitSampleRepo
class AfterRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();

    @AfterEach
    void close() {
        gitpod.close();
    }

    @Test
    void ownersOfOnePrebuildSurviveARestart() throws Throwable {
        gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        SimProject young = gitpod.simulator().addProject("young").plan(PhasePlan.quick(Duration.ofMillis(300)));
        Fault.Hang look = Fault.hangBeforeActing();
        sessions.then(jenkins -> {
            gitpod.connect();
            // a prebuild that is young enough, and at last a step that has not seen it yet
            jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, gitpod.stepOf(young)));
            WorkflowJob job = jenkins.createProject(WorkflowJob.class, "shared");
            job.setDefinition(new CpsFlowDefinition(gitpod.step("whenActive: 'JOIN'"), true));
            job.setConcurrentBuild(true);
            Builds.awaitLog(job.scheduleBuild2(0).waitForStart(), "Gitpod prebuild: RUNNING");
            Builds.awaitLog(job.scheduleBuild2(0).waitForStart(), "Waiting for Gitpod prebuild");
            gitpod.simulator()
                    .faults()
                    .add(FaultRule.on("ListPrebuilds", look)
                            .forever()
                            .when(call -> call.body().contains(young.id())));
            pipeline(jenkins, "reuses", gitpod.stepOf(young, "maxAge: 12"), "Start of Pipeline");
            await().atMost(Duration.ofSeconds(60)).until(() -> look.held() >= 1);
        });
        gitpod.simulator().faults().clear();
        look.release();
        sessions.then(jenkins -> {
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last(jenkins, "reuses")));
            jenkins.assertLogContains("is younger than maxAge (12 h)", (WorkflowRun) last(jenkins, "reuses"));
            WorkflowJob job = (WorkflowJob) jenkins.jenkins.getItem("shared");
            WorkflowRun first = job.getBuildByNumber(1);
            WorkflowRun second = job.getBuildByNumber(2);
            Builds.awaitLog(first, "Resumed waiting");
            Builds.awaitLog(second, "Resumed waiting");
            first.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(first));
            assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
            second.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(second));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Commits.made(gitpod, gitpod.project()).get(0).phase() == SimPhase.CANCELLED);
        });
        assertEquals(2, gitpod.simulator().records().count("CreatePrebuild"));
    }

    @Test
    void skipCancelPreviousAndAutomaticOnesGoOnAfterARestart(GitSampleRepoRule repo) throws Throwable {
        Repository.init(repo, "");
        SimProject automatic = Commits.project(gitpod, repo).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        SimProject undecided = Commits.project(gitpod, repo);
        SimProject replaced = gitpod.simulator().addProject("replaced").plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        SimProject skipped = gitpod.simulator().addProject("skipped").plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        Fault.Hang look = Fault.hangBeforeActing();
        Fault.Hang read = Fault.hangBeforeActing();
        sessions.then(jenkins -> {
            gitpod.connect();
            jenkins.jenkins.setNumExecutors(10);
            jenkins.buildAndAssertSuccess(freestyle(jenkins, "automatic", repo, automatic));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Commits.made(gitpod, automatic).size() == 1);
            // replaced by a newer one, whose build waits
            pipeline(jenkins, "older", gitpod.stepOf(replaced, "whenActive: 'CANCEL_PREVIOUS'"), "RUNNING");
            pipeline(jenkins, "newer", gitpod.stepOf(replaced, "whenActive: 'CANCEL_PREVIOUS'"), "RUNNING");
            // nothing decided yet
            pipeline(jenkins, "active", gitpod.stepOf(skipped, "whenActive: 'JOIN'"), "RUNNING");
            gitpod.simulator()
                    .faults()
                    .add(FaultRule.on("ListPrebuilds", look)
                            .forever()
                            .when(call -> call.body().contains("PREBUILD_PHASE_PENDING")));
            gitpod.simulator()
                    .faults()
                    .add(FaultRule.on("GetProject", read)
                            .forever()
                            .when(call -> call.body().contains(undecided.id())));
            pipeline(jenkins, "skips", gitpod.stepOf(skipped, "whenActive: 'SKIP'"), "Start of Pipeline");
            jenkins.buildAndAssertSuccess(freestyle(jenkins, "undecided", repo, undecided));
            await().atMost(Duration.ofSeconds(60)).until(() -> look.held() >= 1 && read.held() >= 1);
        });
        gitpod.simulator().faults().clear();
        look.release();
        read.release();
        sessions.then(jenkins -> {
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(last(jenkins, "older")));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last(jenkins, "skips")));
            jenkins.assertLogContains(
                    "A prebuild requested by active#1 is already running", (WorkflowRun) last(jenkins, "skips"));
            assertEquals(
                    EndStatus.COMPLETED,
                    Commits.awaitEnd(last(jenkins, "undecided")).getConclusion());
            assertEquals(
                    1,
                    DecisionLog.of(last(jenkins, "undecided").getParent())
                            .newestFirst()
                            .size());
            for (SimProject each : List.of(automatic, replaced, skipped)) {
                Commits.made(gitpod, each).stream()
                        .filter(SimPrebuild::isActive)
                        .forEach(one -> one.forcePhase(SimPhase.COMPLETED));
            }
            for (String name : List.of("newer", "active")) {
                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last(jenkins, name)));
            }
            assertEquals(
                    EndStatus.COMPLETED,
                    Commits.awaitEnd(last(jenkins, "automatic")).getConclusion());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> LedgerFiles.open().isEmpty());
            assertEquals(0, Commits.undecided());
        });
        assertEquals(1, Commits.made(gitpod, automatic).size());
        assertEquals(1, Commits.made(gitpod, undecided).size());
        assertEquals(1, Commits.made(gitpod, skipped).size());
        assertEquals(2, Commits.made(gitpod, replaced).size());
        assertEquals(5, gitpod.simulator().records().count("CreatePrebuild"));
        assertEquals(0, gitpod.simulator().records().active().size());
    }

    @Test
    void whatIsDeferredSurvivesARestart(GitSampleRepoRule repo) throws Throwable {
        Repository.init(repo, "");
        SimProject nightly = Commits.project(gitpod, repo);
        SimProject success = Commits.project(gitpod, repo);
        SimProject aborted = Commits.project(gitpod, repo);
        sessions.then(jenkins -> {
            gitpod.connect();
            FreeStyleProject job = freestyle(jenkins, "nightly", repo, nightly);
            job.getProperty(GitpodPrebuildProperty.class).setTrigger(PrebuildTrigger.NIGHTLY);
            job.save();
            jenkins.buildAndAssertSuccess(job);
            waitsForSuccess(jenkins, repo, "success", success);
            waitsForSuccess(jenkins, repo, "aborted", aborted);
        });
        assertEquals(0, gitpod.simulator().records().count("CreatePrebuild"));
        sessions.then(jenkins -> {
            Job<?, ?> job = last(jenkins, "nightly").getParent();
            job.renameTo("renamed");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> last(jenkins, "success").isBuilding()
                            && PrebuildService.get().isUp());
            SemaphoreStep.success("success/1", null);
            SemaphoreStep.failure("aborted/1", new IllegalStateException("on purpose"));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last(jenkins, "success")));
            jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(last(jenkins, "aborted")));
            ZonedDateTime tomorrow = ZonedDateTime.now().plusDays(1);
            NightlyWork.run(tomorrow.minusMinutes(5), tomorrow);
            assertEquals(
                    EndStatus.COMPLETED,
                    Commits.awaitEnd(last(jenkins, "renamed")).getConclusion());
            assertEquals(
                    EndStatus.COMPLETED,
                    Commits.awaitEnd(last(jenkins, "success")).getConclusion());
            Commits.assertMade(gitpod, nightly, 1);
            Commits.assertMade(gitpod, success, 1);
            Commits.assertMade(gitpod, aborted, 0);
        });
    }

    private static void waitsForSuccess(JenkinsRule jenkins, GitSampleRepoRule repo, String name, SimProject project)
            throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(project.id());
        property.setTrigger(PrebuildTrigger.SUCCESS);
        job.addProperty(property);
        job.setDefinition(new CpsFlowDefinition("node { git '" + repo + "' }\nsemaphore '" + name + "'", true));
        SemaphoreStep.waitForStart(name + "/1", job.scheduleBuild2(0).waitForStart());
    }

    private static FreeStyleProject freestyle(
            JenkinsRule jenkins, String name, GitSampleRepoRule repo, SimProject project) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject(name);
        job.setScm(Repository.scm(repo));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(project.id());
        job.addProperty(property);
        return job;
    }

    private static void pipeline(JenkinsRule jenkins, String name, String script, String until) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        Builds.awaitLog(job.scheduleBuild2(0).waitForStart(), until);
    }

    private static Run<?, ?> last(JenkinsRule jenkins, String name) {
        return jenkins.jenkins.getItemByFullName(name, Job.class).getLastBuild();
    }
}
