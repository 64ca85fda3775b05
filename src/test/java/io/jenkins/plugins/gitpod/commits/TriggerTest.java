package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import jenkins.branch.BranchProperty;
import jenkins.branch.BranchSource;
import jenkins.branch.DefaultBranchPropertyStrategy;
import jenkins.branch.NoTriggerBranchProperty;
import jenkins.plugins.git.AbstractGitSCMSource;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import jenkins.scm.api.SCMHead;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.FailureBuilder;
import org.jvnet.hudson.test.UnstableBuilder;

/** When the prebuild of a commit is requested: by the push, at the checkout, after success, at night, or without a commit. */
@ExtendWith(FastLimits.class)
class TriggerTest extends RepositoryTestBase {

    private static GitpodPrebuildProperty with(PrebuildTrigger trigger) {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setTrigger(trigger);
        return property;
    }

    // ---- by the push, and at the checkout

    private WorkflowMultiBranchProject multibranch(GitpodPrebuildProperty property, BranchProperty... more)
            throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        BranchSource branches = new BranchSource(source);
        BranchProperty[] all = new BranchProperty[more.length + 1];
        all[0] = new GitpodPrebuildBranchProperty(property);
        System.arraycopy(more, 0, all, 1, more.length);
        branches.setStrategy(new DefaultBranchPropertyStrategy(all));
        multi.getSourcesList().add(branches);
        return multi;
    }

    /** A build of the branch that waits long before its checkout. */
    private WorkflowRun waitingBuild(String semaphore, GitpodPrebuildProperty property) throws Exception {
        Repository.push(repo, "Jenkinsfile", "semaphore '" + semaphore + "'\nnode { checkout scm }");
        WorkflowMultiBranchProject multi = multibranch(property);
        return firstBuild(semaphore, multi);
    }

    private static WorkflowRun firstBuild(String semaphore, WorkflowMultiBranchProject multi) throws Exception {
        multi.scheduleBuild2(0).getFuture().get();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> multi.getItem("master").getLastBuild() != null);
        WorkflowRun build = multi.getItem("master").getLastBuild();
        SemaphoreStep.waitForStart(semaphore + "/1", build);
        return build;
    }

    /** Waits for the request itself, which comes at about the same time as the first step. */
    private void awaitMade(int expected) {
        await().atMost(Duration.ofSeconds(30)).until(() -> made().size() == expected);
        assertMade(expected);
    }

    private static void release(String semaphore, WorkflowRun build) throws Exception {
        SemaphoreStep.success(semaphore, null);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    @Test
    void aPushGetsItsPrebuildLongBeforeTheCheckout() throws Exception {
        WorkflowRun build = waitingBuild("push", new GitpodPrebuildProperty());
        awaitMade(1);
        release("push/1", build);
        assertMade(1);
        jenkins.assertLogNotContains("already handled", build);
        assertEquals(EndStatus.COMPLETED, Commits.awaitEnd(build).getConclusion());
        assertEquals(1, DecisionLog.of(build.getParent()).newestFirst().size());
    }

    @Test
    void aPushDoesNotWaitForTheBuildBeforeIt() throws Exception {
        String script = "properties([disableConcurrentBuilds()])\nsemaphore 'queued'";
        Repository.push(repo, "Jenkinsfile", script);
        WorkflowMultiBranchProject multi = multibranch(new GitpodPrebuildProperty());
        WorkflowRun first = firstBuild("queued", multi);
        WorkflowJob master = first.getParent();
        awaitMade(1);
        String pushed = Repository.push(repo, "file", "two");
        multi.scheduleBuild2(0).getFuture().get();
        awaitMade(2);
        assertEquals(pushed, DecisionLog.of(master).newestFirst().get(0).commit());
        assertEquals(1, master.getLastBuild().getNumber(), "the second build waits");
        SemaphoreStep.success("queued/1", null);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        await().atMost(Duration.ofSeconds(30)).until(() -> master.getLastBuild().getNumber() == 2);
        WorkflowRun second = master.getLastBuild();
        release("queued/2", second);
        assertMade(2);
        assertEquals(2, DecisionLog.of(master).newestFirst().size(), "the commit of the second build was handled");
    }

    @Test
    void anAbortedBuildCancelsItsOwnPrebuildAlsoIfItWasQueued() throws Exception {
        String script = "properties([disableConcurrentBuilds()])\nsemaphore 'own'";
        Repository.push(repo, "Jenkinsfile", script);
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setCancelWithBuild(true);
        WorkflowMultiBranchProject multi = multibranch(property);
        WorkflowRun first = firstBuild("own", multi);
        WorkflowJob master = first.getParent();
        awaitMade(1);
        Commits.awaitEnd(first);
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        String pushed = Repository.push(repo, "file", "two");
        multi.scheduleBuild2(0).getFuture().get();
        // as the queue does a second later
        CommitPrebuildsAction.requestQueued(
                first,
                PrebuildSetting.of(master),
                new AbstractGitSCMSource.SCMRevisionImpl(new SCMHead("master"), pushed));
        assertMade(1);
        SemaphoreStep.success("own/1", null);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        await().atMost(Duration.ofSeconds(30)).until(() -> master.getLastBuild().getNumber() == 2);
        WorkflowRun second = master.getLastBuild();
        SemaphoreStep.waitForStart("own/2", second);
        awaitMade(2);
        second.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(second));
        assertEquals(EndStatus.CANCELLED, Commits.awaitEnd(second).getConclusion());
    }

    @Test
    void whatDependsOnTheChangedFilesIsRequestedAtTheCheckout() throws Exception {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setOnlyIfChanged("Jenkinsfile");
        WorkflowRun build = waitingBuild("changed", property);
        assertMade(0);
        release("changed/1", build);
        assertMade(1);
    }

    @Test
    void withCheckoutTheCommitCountsOnceItIsCheckedOut() throws Exception {
        WorkflowRun build = waitingBuild("checkout", with(PrebuildTrigger.CHECKOUT));
        assertMade(0);
        release("checkout/1", build);
        assertMade(1);
    }

    @Test
    void aCommitWhoseBuildIsSuppressedGetsNoneUntilOneIsBuilt() throws Exception {
        Repository.push(repo, "Jenkinsfile", "echo 'no checkout'");
        repo.git("checkout", "-b", "docs");
        repo.git("rm", "Jenkinsfile");
        repo.git("commit", "--message=no Jenkinsfile");
        WorkflowMultiBranchProject multi = multibranch(new GitpodPrebuildProperty(), new NoTriggerBranchProperty());
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        assertNull(multi.getItem("docs"), "without a Jenkinsfile there is no job");
        WorkflowJob master = multi.getItem("master");
        assertNotNull(master);
        assertNull(master.getLastBuild());
        assertMade(0);
        jenkins.buildAndAssertSuccess(master);
        assertMade(1);
    }

    // ---- after success

    private static String lastDecision(Job<?, ?> job) {
        return DecisionLog.of(job).newestFirst().get(0).text();
    }

    private static int deferred() {
        return LedgerFiles.in(LedgerFiles.directory().resolve("deferred-commits"))
                .size();
    }

    @Test
    void onlyASuccessfulBuildGetsOne() throws Exception {
        FreeStyleProject job = freestyle(with(PrebuildTrigger.SUCCESS));
        job.getBuildersList().add(new FailureBuilder());
        FreeStyleBuild failed = jenkins.buildAndAssertStatus(Result.FAILURE, job);
        jenkins.assertLogContains("A prebuild is requested if this build succeeds.", failed);
        String reason = "Skipped: A prebuild is requested only after a successful build. The result of this build is ";
        jenkins.assertLogContains(reason + "FAILURE.", failed);
        assertEquals(reason + "FAILURE.", lastDecision(job));
        job.getBuildersList().clear();
        job.getBuildersList().add(new UnstableBuilder());
        jenkins.assertLogContains(reason + "UNSTABLE.", jenkins.buildAndAssertStatus(Result.UNSTABLE, job));
        assertMade(0);
        job.getBuildersList().clear();
        FreeStyleBuild succeeded = jenkins.buildAndAssertSuccess(job);
        assertEquals(EndStatus.COMPLETED, Commits.awaitEnd(succeeded).getConclusion());
        assertMade(1);
        assertEquals(0, deferred());
    }

    // ---- at night

    /** As if it were the time of the job in the first night after so many days. */
    private static void night(Job<?, ?> job, int days) {
        ZonedDateTime then = NightlyTime.of(job.getFullName())
                .next(ZonedDateTime.now().plusDays(days))
                .atZone(ZonedDateTime.now().getZone());
        NightlyWork.run(then.minusMinutes(5), then);
    }

    @Test
    void theNewestCommitGetsOneAtNight() throws Exception {
        FreeStyleProject job = freestyle(with(PrebuildTrigger.NIGHTLY));
        FreeStyleBuild first = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("here at " + NightlyTime.of(job.getFullName()).time(), first);
        String newest = Repository.push(repo, "file", "two");
        FreeStyleBuild second = jenkins.buildAndAssertSuccess(job);
        assertMade(0);
        assertEquals(1, deferred());
        assertEquals(
                "Skipped: At night, only the newest commit gets a prebuild. Commit " + newest.substring(0, 8)
                        + " is newer.",
                lastDecision(job));
        NightlyWork.run(ZonedDateTime.now().minusMinutes(5), ZonedDateTime.now().minusSeconds(1));
        assertMade(0);
        night(job, 0);
        assertMade(1);
        assertEquals(EndStatus.COMPLETED, Commits.awaitEnd(second).getConclusion());
        assertEquals(newest, DecisionLog.of(job).lastPrebuild().commit());
        night(job, 1);
        assertMade(1);
        assertEquals(0, deferred());
    }

    // ---- without a commit

    private static void awaitEnds(FreeStyleBuild build, EndStatus... ends) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> build.getAction(PrebuildAction.class).getRecords().stream()
                        .map(PrebuildRecord::getConclusion)
                        .toList()
                        .equals(List.of(ends)));
    }

    @Test
    void anOldPrebuildAndAFailedOneAreReplaced() throws Exception {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        FreeStyleProject job = freestyle(property);
        gitpod.simulator().clockOffset(Duration.ofDays(-6));
        FreeStyleBuild build;
        try {
            build = jenkins.buildAndAssertSuccess(job);
            Commits.awaitEnd(build);
        } finally {
            gitpod.simulator().clockOffset(Duration.ZERO);
        }
        night(job, 5);
        assertMade(1);
        property.setKeepFresh(true);
        night(job, 3);
        assertMade(1);
        project.plan(PhasePlan.failing("A task failed.").scaled(0.003));
        night(job, 6);
        assertMade(2);
        awaitEnds(build, EndStatus.COMPLETED, EndStatus.FAILED);
        night(job, -1); // as after a restart: it was requested since that time
        assertMade(2);
        project.plan(PhasePlan.quick(Duration.ofMillis(300)));
        job.disable();
        night(job, 0);
        assertMade(2);
        job.enable();
        night(job, 0);
        assertMade(3);
        awaitEnds(build, EndStatus.COMPLETED, EndStatus.FAILED, EndStatus.COMPLETED);
        // now there is a young one, whatever the job's own history says
        night(job, 6);
        assertMade(3);
        assertThat(lastDecision(job), startsWith("Requested"));
    }
}
