package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
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
import java.util.List;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Requests that wait until a running prebuild has ended, with a restart of Jenkins in the middle. */
@ExtendWith(FastLimits.class)
@WithGitSampleRepo
class QueueTest {

    private static final String CANCEL_LIMIT = "io.jenkins.plugins.gitpod.request.EngineProperties.cancelPreviousLimit";

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();
    private final PhasePlan endless = PhasePlan.stuckIn(SimPhase.RUNNING).scaled(0.02);

    @BeforeEach
    void everyRowIsTooOld() {
        System.setProperty(CANCEL_LIMIT, "1ms");
    }

    @AfterEach
    void close() {
        System.clearProperty(CANCEL_LIMIT);
        gitpod.close();
    }

    private List<SimPrebuild> made(SimProject project) {
        return Commits.made(gitpod, project);
    }

    private SimPrebuild awaitMade(SimProject project, int count) {
        await().atMost(Duration.ofSeconds(60)).until(() -> made(project).size() == count);
        return made(project).get(count - 1);
    }

    private WorkflowJob job(JenkinsRule jenkins, String name, SimProject project, String whenActive) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        String step = gitpod.stepOf(project, "whenActive: '" + whenActive + "'");
        job.setDefinition(new CpsFlowDefinition("def p = " + step + "\necho \"got ${p.id} ${p.phase}\"", true));
        job.setConcurrentBuild(true);
        return job;
    }

    private static WorkflowRun start(WorkflowJob job, String until) throws Exception {
        WorkflowRun build = job.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(build, until);
        return build;
    }

    private static void complete(JenkinsRule jenkins, SimPrebuild prebuild, WorkflowRun... builds) throws Exception {
        prebuild.forcePhase(SimPhase.COMPLETED);
        for (WorkflowRun build : builds) {
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            jenkins.assertLogContains("got " + prebuild.id() + " COMPLETED", build);
        }
    }

    private FreeStyleProject automatic(JenkinsRule jenkins, String name, GitSampleRepoRule repo, SimProject project)
            throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject(name);
        job.setScm(Repository.scm(repo));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(project.id());
        property.setWhenActive(WhenActive.QUEUE);
        job.addProperty(property);
        return job;
    }

    private static void awaitDecision(Job<?, ?> job, String text) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> DecisionLog.of(job).newestFirst().stream()
                        .anyMatch(decision -> decision.text().equals(text)));
    }

    private static String brief(String commit) {
        return commit.substring(0, 8);
    }

    private static <T extends Job<?, ?>> T job(JenkinsRule jenkins, String name, Class<T> type) {
        return jenkins.jenkins.getItemByFullName(name, type);
    }

    @Test
    void oneRunsAndOneFollowsAfterARestartToo(GitSampleRepoRule repo) throws Throwable {
        Repository.init(repo, "");
        SimProject steps = gitpod.simulator().addProject("steps").plan(endless);
        SimProject commits = Commits.project(gitpod, repo).plan(endless);
        SimProject replaced = gitpod.simulator().addProject("replaced").plan(endless);
        sessions.then(jenkins -> {
            gitpod.connect();
            jenkins.jenkins.setNumExecutors(10);
            WorkflowJob queued = job(jenkins, "queued", steps, "QUEUE");
            start(queued, "Gitpod prebuild: RUNNING");
            String waits =
                    "Waiting for Gitpod prebuild " + made(steps).get(0).id() + ", requested by queued#1, to end.";
            WorkflowRun aborted = start(queued, waits);
            assertThat(
                    aborted.getExecution()
                            .getCurrentExecutions(true)
                            .get()
                            .get(0)
                            .getStatus(),
                    containsString(waits));
            start(queued, waits);
            aborted.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(aborted));
            jenkins.assertLogContains("No Gitpod prebuild was created.", aborted);

            FreeStyleProject job = automatic(jenkins, "automatic", repo, commits);
            jenkins.buildAndAssertSuccess(job);
            awaitMade(commits, 1);
            Repository.push(repo, "file", "two");
            jenkins.buildAndAssertSuccess(job);
            String newest = Repository.push(repo, "file", "three");
            jenkins.buildAndAssertSuccess(job);
            awaitDecision(
                    job, "Skipped: A newer request, for commit " + brief(newest) + ", waits for the next prebuild.");
            assertEquals(1, Commits.undecided());

            WorkflowJob replaces = job(jenkins, "replaces", replaced, "CANCEL_PREVIOUS");
            start(replaces, "Gitpod prebuild: RUNNING");
            start(replaces, made(replaced).get(0).id() + " of replaces#1 is not cancelled, because none has completed");
        });
        sessions.then(jenkins -> {
            WorkflowJob queued = job(jenkins, "queued", WorkflowJob.class);
            WorkflowRun running = queued.getBuildByNumber(1);
            WorkflowRun waits = queued.getBuildByNumber(3);
            Builds.awaitLog(running, "Resumed waiting");
            WorkflowRun last = start(queued, "requested by queued#1, to end.");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> JenkinsRule.getLog(waits).split("to end\\.", -1).length == 3);
            complete(jenkins, made(steps).get(0), running);
            SimPrebuild next = awaitMade(steps, 2);
            Builds.awaitLog(waits, next.id());
            Builds.awaitLog(last, next.id());
            complete(jenkins, next, waits, last);
            jenkins.assertLogNotContains("may not contain it", waits);
            jenkins.assertLogNotContains("may not contain it", last);

            FreeStyleProject job = job(jenkins, "automatic", FreeStyleProject.class);
            assertEquals(1, Commits.undecided());
            made(commits).get(0).forcePhase(SimPhase.COMPLETED);
            awaitMade(commits, 2).forcePhase(SimPhase.COMPLETED);
            assertNull(job.getBuildByNumber(2).getAction(PrebuildAction.class));
            assertEquals(
                    EndStatus.COMPLETED,
                    Commits.awaitEnd(job.getBuildByNumber(3)).getConclusion());

            WorkflowJob replaces = job(jenkins, "replaces", WorkflowJob.class);
            complete(jenkins, made(replaced).get(0), replaces.getBuildByNumber(1));
            complete(jenkins, awaitMade(replaced, 2), replaces.getBuildByNumber(2));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> LedgerFiles.open().isEmpty());
        });
        assertEquals(2, made(steps).size());
        assertEquals(2, made(commits).size());
        assertEquals(2, made(replaced).size());
        assertEquals(6, gitpod.simulator().records().count("CreatePrebuild"));
        assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
    }
}
