package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.Run;
import hudson.plugins.git.BranchSpec;
import hudson.plugins.git.GitSCM;
import hudson.triggers.SCMTrigger;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import java.time.Duration;
import java.util.List;
import jenkins.branch.BranchSource;
import jenkins.branch.DefaultBranchPropertyStrategy;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import jenkins.plugins.git.traits.TagDiscoveryTrait;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** The job property, with real repositories: what gets a prebuild and what does not. */
@ExtendWith(FastLimits.class)
class AutomaticTest extends RepositoryTestBase {

    private static void poll(FreeStyleProject job) throws Exception {
        SCMTrigger trigger = new SCMTrigger("");
        job.addTrigger(trigger);
        trigger.start(job, true);
    }

    private static PrebuildRecord awaitEnd(Run<?, ?> build) {
        return Commits.awaitEnd(build);
    }

    @Test
    void pollingFindsAPushAndTheBuildGetsADetachedPrebuild() throws Exception {
        FreeStyleProject job = freestyle(new GitpodPrebuildProperty());
        poll(job);
        FreeStyleBuild first = jenkins.buildAndAssertSuccess(job);
        PrebuildRecord record = awaitEnd(first);
        assertEquals(EndStatus.COMPLETED, record.getConclusion());
        assertEquals(true, record.isDetached());
        assertMade(1);
        Repository.push(repo, "file", "two");
        job.getTrigger(SCMTrigger.class).new Runner().run();
        jenkins.waitUntilNoActivityUpTo(60_000);
        assertEquals(2, job.getLastBuild().getNumber());
        awaitEnd(job.getLastBuild());
        assertMade(2);
    }

    @Test
    void notifyCommitMakesOne() throws Exception {
        FreeStyleProject job = freestyle(new GitpodPrebuildProperty());
        poll(job);
        jenkins.buildAndAssertSuccess(job);
        awaitEnd(job.getLastBuild());
        Repository.push(repo, "file", "two");
        hudson.plugins.git.ApiTokenPropertyConfiguration tokens =
                hudson.plugins.git.ApiTokenPropertyConfiguration.get();
        String token = tokens.generateApiToken("test").getString("value");
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.goTo(
                    "git/notifyCommit?url=" + java.net.URLEncoder.encode(repo.toString(), "UTF-8") + "&token=" + token,
                    "text/plain");
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> job.getLastBuild().getNumber() == 2);
        jenkins.waitUntilNoActivityUpTo(60_000);
        awaitEnd(job.getLastBuild());
        assertMade(2);
    }

    @Test
    void rebuildMakesNone() throws Exception {
        FreeStyleProject job = freestyle(new GitpodPrebuildProperty());
        awaitEnd(jenkins.buildAndAssertSuccess(job));
        FreeStyleBuild again = jenkins.buildAndAssertSuccess(job);
        assertMade(1);
        assertEquals(null, again.getAction(PrebuildAction.class));
        // nor does another job of the same repository
        jenkins.buildAndAssertSuccess(freestyle(new GitpodPrebuildProperty()));
        assertMade(1);
    }

    @Test
    void commitOutsideThePatternsMakesNone() throws Exception {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setOnlyIfChanged(".devcontainer/**, **/package-lock.json");
        FreeStyleProject job = freestyle(property);
        jenkins.buildAndAssertSuccess(job);
        assertMade(1); // no change log to judge by
        Repository.push(repo, "src/Main.java", "class Main {}");
        jenkins.buildAndAssertSuccess(job);
        assertMade(1);
        Repository.push(repo, "web/package-lock.json", "{}");
        jenkins.buildAndAssertSuccess(job);
        assertMade(2);
        Repository.push(repo, ".devcontainer/devcontainer.json", "{}");
        jenkins.buildAndAssertSuccess(job);
        assertMade(3);
    }

    @Test
    void failedCheckoutWithStaleDataMakesNone() throws Exception {
        FreeStyleProject job = freestyle(new GitpodPrebuildProperty());
        job.getBuildersList().add(new io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder());
        Commits.awaitEnds(jenkins.buildAndAssertSuccess(job));
        int before = made().size();
        Repository.push(repo, "file", "two");
        job.setScm(new GitSCM(
                GitSCM.createRepoList(repo.toString(), null),
                List.of(new BranchSpec("*/nowhere")),
                null,
                null,
                List.of()));
        FreeStyleBuild failed = jenkins.buildAndAssertStatus(Result.FAILURE, job);
        assertMade(before);
        assertEquals(null, failed.getAction(PrebuildAction.class));
    }

    @Test
    void tenPushesInARowUnderSkipMakeOne() throws Exception {
        tenPushes(WhenActive.SKIP);
    }

    @Test
    void tenPushesInARowUnderJoinMakeOne() throws Exception {
        tenPushes(WhenActive.JOIN);
    }

    private void tenPushes(WhenActive when) throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setWhenActive(when);
        FreeStyleProject job = freestyle(property);
        for (int i = 0; i < 10; i++) {
            Repository.push(repo, "file", "content " + i);
            jenkins.buildAndAssertSuccess(job);
        }
        assertMade(1);
        made().get(0).forcePhase(SimPhase.COMPLETED);
        awaitEnd(job.getFirstBuild());
        if (when == WhenActive.JOIN) {
            assertEquals(EndStatus.COMPLETED, awaitEnd(job.getLastBuild()).getConclusion());
        }
        project.plan(PhasePlan.quick(Duration.ofMillis(300)));
        Repository.push(repo, "file", "the last");
        jenkins.buildAndAssertSuccess(job);
        assertMade(2);
    }

    @Test
    void cancelPreviousLeavesOneRunning() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setWhenActive(WhenActive.CANCEL_PREVIOUS);
        FreeStyleProject job = freestyle(property);
        jenkins.buildAndAssertSuccess(job);
        assertMade(1);
        Repository.push(repo, "file", "two");
        jenkins.buildAndAssertSuccess(job);
        assertMade(2);
        await().atMost(Duration.ofSeconds(30)).until(() -> made().get(0).phase() == SimPhase.CANCELLED);
        assertEquals(true, made().get(1).isActive());
        made().get(1).forcePhase(SimPhase.COMPLETED);
    }

    @Test
    void pipelineWithTheProperty() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.addProperty(new GitpodPrebuildProperty());
        job.setDefinition(new CpsScmFlowDefinition(Repository.scm(repo), "Jenkinsfile"));
        WorkflowRun build = jenkins.buildAndAssertSuccess(job);
        assertEquals(EndStatus.COMPLETED, awaitEnd(build).getConclusion());
        assertMade(1);
        Repository.push(repo, "file", "two");
        awaitEnd(jenkins.buildAndAssertSuccess(job));
        assertMade(2);
        jenkins.buildAndAssertSuccess(job);
        assertMade(2);
    }

    @Test
    void multibranchActsOnTheProjectsOwnBranchOnly() throws Exception {
        Repository.push(repo, "Jenkinsfile", "properties([gitpodPrebuildForCommits()])\nnode { checkout scm }");
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "other", "file");
        repo.git("tag", "v1");
        WorkflowMultiBranchProject multi = multibranch();
        index(multi);
        awaitEnd(multi.getItem("master").getLastBuild());
        assertMade(1);
        // a push to another branch
        Repository.push(repo, "other", "changed");
        index(multi);
        assertEquals(2, multi.getItem("feature").getLastBuild().getNumber());
        assertMade(1);
        // a storm of indexing
        for (int i = 0; i < 3; i++) {
            index(multi);
        }
        assertMade(1);
        repo.git("checkout", "master");
        Repository.push(repo, "other", "on master");
        index(multi);
        assertMade(2);
    }

    @Test
    void multibranchWithoutChangeOfAnyJenkinsfile() throws Exception {
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "other", "file");
        WorkflowMultiBranchProject multi = multibranch(new GitpodPrebuildBranchProperty(new GitpodPrebuildProperty()));
        index(multi);
        awaitEnd(multi.getItem("master").getLastBuild());
        assertMade(1);
    }

    private WorkflowMultiBranchProject multibranch(jenkins.branch.BranchProperty... properties) throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait(), new TagDiscoveryTrait()));
        BranchSource branches = new BranchSource(source);
        branches.setStrategy(new DefaultBranchPropertyStrategy(properties));
        multi.getSourcesList().add(branches);
        return multi;
    }

    private static void index(WorkflowMultiBranchProject multi) throws Exception {
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
    }

    @Test
    void buildIsNotFailedByAGitpodThatRefuses() throws Exception {
        FreeStyleProject job = freestyle(new GitpodPrebuildProperty());
        gitpod.account().mayCreate(false);
        try {
            awaitEnd(jenkins.buildAndAssertSuccess(job));
            assertMade(0);
        } finally {
            gitpod.account().mayCreate(true);
        }
        // nothing was made, so the commit is still new
        Commits.awaitEnds(jenkins.buildAndAssertSuccess(job));
        assertMade(1);
    }

    @Test
    void abortedBuildTakesItsPrebuildAlongIfAsked() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setCancelWithBuild(true);
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.addProperty(property);
        job.setDefinition(new CpsFlowDefinition("node { git '" + repo + "' }\necho 'checked out'\nsleep 600", true));
        WorkflowRun build = job.scheduleBuild2(0).waitForStart();
        await().atMost(Duration.ofSeconds(30)).until(() -> made().size() == 1);
        Builds.awaitLog(build, "Sleeping for");
        build.doStop();
        jenkins.waitForCompletion(build);
        await().atMost(Duration.ofSeconds(30)).until(() -> made().get(0).phase() == SimPhase.CANCELLED);
    }
}
