package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import java.time.Duration;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** The step in builds with real checkouts: its project, its commit, and running prebuilds. */
@ExtendWith(FastLimits.class)
class StepTest extends RepositoryTestBase {

    @BeforeEach
    void projectOfAnotherUrl() {
        project.remoteUri(repo + ".git");
    }

    private String checkout() {
        return "node { git '" + repo + "' }\n";
    }

    @Test
    void findsTheProjectByTheRepositoryAndSkipsARebuildUnlessForced() throws Exception {
        WorkflowJob job = Builds.pipeline(
                jenkins, checkout() + "def p = gitpodPrebuild()\necho \"got ${p.phase} ${p.skipped} ${p.id}\"");
        WorkflowRun first = jenkins.buildAndAssertSuccess(job);
        String id = made().get(0).id();
        jenkins.assertLogContains("got COMPLETED false " + id, first);
        jenkins.assertLogContains(project.id() + "), found by the repository " + repo, first);
        WorkflowRun again = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("got COMPLETED true " + id, again);
        assertEquals(1, made().size());
        jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, checkout() + "gitpodPrebuild force: true"));
        assertEquals(2, made().size());
    }

    @Test
    void aCommitWhosePrebuildWasDeletedGetsAnotherOne() throws Exception {
        String commit = Repository.head(repo, "master");
        jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, checkout() + "gitpodPrebuild()"));
        WorkflowJob rebuild = Builds.pipeline(
                jenkins,
                "node { checkout scmGit(branches: [[name: '" + commit + "']], userRemoteConfigs: [[url: '" + repo
                        + "']]) }\ngitpodPrebuild()");
        String first = made().get(0).id();
        jenkins.assertLogContains(
                "already has the completed prebuild " + first, jenkins.buildAndAssertSuccess(rebuild));
        Repository.push(repo, "file", "two");
        WorkflowRun second =
                jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, checkout() + "gitpodPrebuild keepPrebuilds: 1"));
        jenkins.assertLogContains("(keepPrebuilds: 1): " + first, second);
        jenkins.assertLogContains("Created Gitpod prebuild", jenkins.buildAndAssertSuccess(rebuild));
        assertEquals(3, made().size());
    }

    @Test
    void noneAndSeveralProjectsAreListed() throws Exception {
        SimProject twin = gitpod.simulator().addProject("twin").remoteUri(repo.toString());
        WorkflowRun several =
                jenkins.buildAndAssertStatus(Result.FAILURE, Builds.pipeline(jenkins, checkout() + "gitpodPrebuild()"));
        jenkins.assertLogContains(project.id(), several);
        jenkins.assertLogContains("twin (" + twin.id() + ")", several);
        twin.remoteUri("https://git.example.com/twin");
        project.remoteUri("https://git.example.com/elsewhere");
        // Answers are kept for some seconds, but for the token that asked.
        WorkflowJob none = Builds.pipeline(
                jenkins,
                "node { checkout scmGit(branches: [[name: 'master']], userRemoteConfigs: [[url: 'file://" + repo
                        + "']]) }\ngitpodPrebuild()");
        WorkflowRun build = jenkins.buildAndAssertStatus(Result.FAILURE, none);
        jenkins.assertLogContains(
                "no Gitpod project was found for the repository that this build checked out."
                        + " Searched over the connection \"sim\" for file://",
                build);
    }

    @Test
    void failedCheckoutWithStaleDataTellsNothing() throws Exception {
        WorkflowJob job = Builds.pipeline(jenkins, checkout() + "gitpodPrebuild()");
        jenkins.buildAndAssertSuccess(job);
        job.setDefinition(new CpsFlowDefinition(
                "node { try { git url: '" + repo
                        + "', branch: 'nowhere' } catch (e) { echo 'failed' } }\ngitpodPrebuild()",
                true));
        WorkflowRun build = jenkins.buildAndAssertStatus(Result.FAILURE, job);
        jenkins.assertLogContains("this build has not checked out a repository", build);
        assertEquals(1, made().size());
    }

    @Test
    void otherBranchIsSaidAndIfAskedSkipped() throws Exception {
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "other", "file");
        String feature = "node { git url: '" + repo + "', branch: 'feature' }\n";
        WorkflowRun made = jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, feature + "gitpodPrebuild()"));
        jenkins.assertLogContains(
                "This build is of branch feature, but Gitpod creates the prebuild from the branch of the project: master.",
                made);
        assertEquals(1, made().size());
        WorkflowRun skipped = jenkins.buildAndAssertSuccess(Builds.pipeline(
                jenkins,
                feature + "def p = gitpodPrebuild(onlyProjectBranch: true)\necho \"got '${p.id}' ${p.phase}\""));
        jenkins.assertLogContains("got '' SKIPPED", skipped);
        jenkins.assertLogContains("Skipped: This build is of branch feature", skipped);
        assertEquals(1, made().size());
    }

    @Test
    void minimumIntervalKeepsPrebuildsApart() throws Exception {
        WorkflowJob job = Builds.pipeline(jenkins, checkout() + "gitpodPrebuild minimumInterval: 60, force: true");
        jenkins.buildAndAssertSuccess(job);
        WorkflowRun second = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("the minimum interval is 60 min", second);
        assertEquals(1, made().size());
    }

    @Test
    void maxAgeUsesAYoungPrebuildAndSaysWhich() throws Exception {
        String options = "onlyIfChanged: '.devcontainer/**', maxAge: 12";
        WorkflowJob job = Builds.pipeline(
                jenkins,
                checkout() + "def p = gitpodPrebuild(" + options + ")\n"
                        + "echo \"got ${p.id} ${p.phase} ${p.skipped} ${p.reused} ${p.snapshotSizeBytes > 0}\"");
        gitpod.simulator().clockOffset(Duration.ofHours(-13));
        try {
            jenkins.buildAndAssertSuccess(job);
        } finally {
            gitpod.simulator().clockOffset(Duration.ZERO);
        }
        Repository.push(repo, ".devcontainer/devcontainer.json", "{}");
        WorkflowRun second = jenkins.buildAndAssertSuccess(job);
        assertEquals(2, made().size(), "the first one is too old");
        jenkins.assertLogContains("got " + made().get(1).id() + " COMPLETED false false true", second);
        Repository.push(repo, ".devcontainer/devcontainer.json", "{ }");
        WorkflowRun third = jenkins.buildAndAssertSuccess(job);
        assertEquals(2, made().size(), "the second one is young enough");
        String young = made().get(1).id();
        jenkins.assertLogContains("got " + young + " COMPLETED true true true", third);
        jenkins.assertLogContains(
                "Skipped: Prebuild " + young + ", created 0 min ago, is younger than maxAge (12 h).", third);
        PrebuildRecord record =
                third.getAction(PrebuildAction.class).getRecords().get(0);
        assertEquals(EndStatus.SKIPPED, record.getConclusion());
        assertEquals(young, record.getResult().getId());
        assertThat(record.getResult().isReused(), is(true));
        assertThat(record.getResult().getCommit(), not(Repository.head(repo, "master")));
        // the commit that got none is not forgotten
        made().get(1).delete();
        Repository.push(repo, "README.md", "nothing that matters");
        jenkins.buildAndAssertSuccess(job);
        assertEquals(3, made().size());
        // of the commit that was built, by the same line as without maxAge
        WorkflowRun rebuilt = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains(
                "already has the completed prebuild " + made().get(2).id(), rebuilt);
    }

    @Test
    void maxAgeCountsPrebuildsOfAnyoneAndOfTheClassOnly() throws Exception {
        SimEnvironmentClass large = gitpod.simulator().addEnvironmentClass("Large");
        project.environmentClasses(gitpod.simulator().addEnvironmentClass("Small"), large);
        String step = "gitpodPrebuild(projectId: '" + project.id() + "', maxAge: 1";
        jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, step + ", environmentClassId: '" + large.id() + "')"));
        WorkflowJob standard = Builds.pipeline(jenkins, step + ")");
        jenkins.buildAndAssertSuccess(standard);
        assertEquals(2, made().size());
        made().get(1).scheduled();
        jenkins.assertLogContains(
                "Skipped: Prebuild " + made().get(1).id() + ", created", jenkins.buildAndAssertSuccess(standard));
        assertEquals(2, made().size());
    }

    @Test
    void lastOwnerOutCancels() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowJob job = Builds.pipeline(jenkins, checkout() + "gitpodPrebuild whenActive: 'JOIN'");
        job.setConcurrentBuild(true);
        WorkflowRun first = job.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(first, "Created Gitpod prebuild");
        Repository.push(repo, "file", "two");
        WorkflowRun second = job.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(second, "may lack it");
        first.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(first));
        jenkins.assertLogContains("keeps running because other builds wait for it", first);
        assertThat(made().get(0).phase(), not(SimPhase.CANCELLED));
        assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
        second.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(second));
        await().atMost(Duration.ofSeconds(30)).until(() -> made().get(0).phase() == SimPhase.CANCELLED);
        assertEquals(1, made().size());
    }

    @Test
    void skipReturnsTheOneUnderWayAlsoIfNotOurs() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun first = Builds.pipeline(jenkins, checkout() + "gitpodPrebuild wait: false")
                .scheduleBuild2(0)
                .waitForStart();
        jenkins.waitForCompletion(first);
        String id = made().get(0).id();
        WorkflowRun skipped = jenkins.buildAndAssertSuccess(Builds.pipeline(
                jenkins, checkout() + "def p = gitpodPrebuild(whenActive: 'SKIP')\necho \"got ${p.id} ${p.skipped}\""));
        jenkins.assertLogContains("got " + id + " true", skipped);
        assertThat(JenkinsRule.getLog(skipped), containsString("requested by " + first.getExternalizableId()));
        made().get(0).forcePhase(SimPhase.COMPLETED);
        assertEquals(1, made().size());
    }

    @Test
    void onlyIfChangedJudgesByTheChangeLogAndForgetsNothing() throws Exception {
        WorkflowJob job = Builds.pipeline(
                jenkins,
                checkout() + "def p = gitpodPrebuild(onlyIfChanged: '.devcontainer/**, **/package-lock.json')\n"
                        + "echo \"got ${p.phase} ${p.skipped}\"");
        // no change log to judge by
        jenkins.assertLogContains("got COMPLETED false", jenkins.buildAndAssertSuccess(job));
        Repository.push(repo, "src/Main.java", "class Main {}");
        WorkflowRun skipped = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("Skipped: No changed file matches .devcontainer/**", skipped);
        jenkins.assertLogContains("got SKIPPED true", skipped);
        Repository.push(repo, "web/package-lock.json", "{}");
        jenkins.assertLogContains("got COMPLETED false", jenkins.buildAndAssertSuccess(job));
        assertEquals(2, made().size());
        // a change that matters and meets an active one is remembered
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        Repository.push(repo, ".devcontainer/devcontainer.json", "{}");
        WorkflowRun waits = job.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(waits, "Created Gitpod prebuild");
        Repository.push(repo, ".devcontainer/devcontainer.json", "{ }");
        job.setConcurrentBuild(true);
        WorkflowJob skips = Builds.pipeline(
                jenkins, checkout() + "gitpodPrebuild onlyIfChanged: '.devcontainer/**', whenActive: 'SKIP'");
        jenkins.assertLogContains("is already running", jenkins.buildAndAssertSuccess(skips));
        made().get(2).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(waits));
        project.plan(PhasePlan.quick(Duration.ofMillis(300)));
        Repository.push(repo, "README.md", "nothing that matters");
        jenkins.buildAndAssertSuccess(skips);
        assertEquals(4, made().size());
    }

    @Test
    void intervalHoldsNobodyBackFromJoining() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        String options = "gitpodPrebuild whenActive: 'JOIN', minimumInterval: 60";
        WorkflowRun first =
                Builds.pipeline(jenkins, checkout() + options).scheduleBuild2(0).waitForStart();
        Builds.awaitLog(first, "Created Gitpod prebuild");
        WorkflowRun second =
                Builds.pipeline(jenkins, checkout() + options).scheduleBuild2(0).waitForStart();
        Builds.awaitLog(second, "Waiting for Gitpod prebuild " + made().get(0).id());
        made().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(second));
        assertEquals(1, made().size());
    }

    @Test
    void branchThatIsNotKnownIsSaid() throws Exception {
        WorkflowRun build = jenkins.buildAndAssertSuccess(
                Builds.pipeline(jenkins, "gitpodPrebuild projectId: '" + project.id() + "', onlyProjectBranch: true"));
        jenkins.assertLogContains("Jenkins cannot tell whether it is of the project's branch", build);
        assertEquals(1, made().size());
    }

    @Test
    void buildAbortedBeforeAnythingIsDecidedMakesNone() throws Exception {
        Fault.Hang hang = Fault.hangBeforeActing();
        gitpod.simulator().faults().add(FaultRule.on("ListProjects", hang).forever());
        try {
            WorkflowRun build = Builds.pipeline(jenkins, checkout() + "gitpodPrebuild()")
                    .scheduleBuild2(0)
                    .waitForStart();
            await().atMost(Duration.ofSeconds(60)).until(() -> hang.held() == 1);
            build.doStop();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
            jenkins.assertLogContains("No Gitpod prebuild was created.", build);
        } finally {
            gitpod.simulator().faults().clear();
            hang.release();
        }
        jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, checkout() + "gitpodPrebuild()"));
        assertEquals(1, made().size());
    }
}
