package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.FilePath;
import hudson.model.FreeStyleBuild;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.SCMListener;
import hudson.scm.SCM;
import hudson.scm.SCMRevisionState;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import java.io.File;
import java.nio.file.Files;
import java.time.Duration;
import java.util.logging.Level;
import org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.TestExtension;

/** A build with automatic prebuilds goes its way, whatever Gitpod does. */
@ExtendWith(FastLimits.class)
class BuildIndependenceTest extends RepositoryTestBase {

    @Test
    void gitpodThatHangsHoldsUpNothing() throws Exception {
        Fault.Hang hang = Fault.hangBeforeActing();
        gitpod.simulator().faults().add(FaultRule.onAny(hang).forever());
        FreeStyleBuild build;
        try {
            build = jenkins.buildAndAssertSuccess(freestyle(new GitpodPrebuildProperty()));
            assertFalse(build.isBuilding());
            assertEquals(1, Commits.undecided(), "the build was over before anything was known");
            PrebuildRecord record = Commits.awaitEnd(build);
            assertEquals(EndStatus.ERROR, record.getConclusion());
            assertThat(record.getMessage(), containsString("Could not look up the Gitpod project"));
        } finally {
            gitpod.simulator().faults().clear();
            hang.release();
        }
        jenkins.assertBuildStatusSuccess(build);
        assertMade(0);
        // nothing was made, so the commit is new still
        jenkins.buildAndAssertSuccess(freestyle(new GitpodPrebuildProperty()));
        assertMade(1);
    }

    @Test
    void deadGitpodFailsNothing() throws Exception {
        gitpod.simulator().stopListening();
        try {
            FreeStyleBuild build = jenkins.buildAndAssertSuccess(freestyle(new GitpodPrebuildProperty()));
            assertEquals(EndStatus.ERROR, Commits.awaitEnd(build).getConclusion());
            jenkins.assertBuildStatusSuccess(build);
        } finally {
            gitpod.simulator().listen();
        }
        assertMade(0);
    }

    @Test
    void prebuildThatFailsIsShownAndFailsNothing() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(freestyle(new GitpodPrebuildProperty()));
        assertMade(1);
        made().get(0).failWith("out of memory");
        PrebuildRecord record = Commits.awaitEnd(build);
        assertEquals(EndStatus.FAILED, record.getConclusion());
        jenkins.assertBuildStatusSuccess(build);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            assertThat(client.getPage(build).asNormalizedText(), containsString("out of memory"));
        }
        // the commit was acted on
        jenkins.buildAndAssertSuccess(build.getParent());
        assertMade(1);
    }

    @Test
    void abortedBuildLeavesWhatAnotherOneWantsToo() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        Repository.push(repo, "Jenkinsfile", "node { checkout scm }\nsleep 600");
        WorkflowJob first = pipeline(joining());
        WorkflowJob second = pipeline(joining());
        WorkflowRun one = first.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(one, "Sleeping for");
        assertMade(1);
        Repository.push(repo, "file", "two");
        WorkflowRun two = second.scheduleBuild2(0).waitForStart();
        await().atMost(Duration.ofSeconds(60)).until(() -> two.getAction(PrebuildAction.class) != null);
        // a stop while its script is being checked out would not reach it
        Builds.awaitLog(two, "Sleeping for");
        one.doStop();
        jenkins.waitForCompletion(one);
        assertEquals(EndStatus.LEFT_RUNNING, Commits.awaitEnd(one).getConclusion());
        assertTrue(made().get(0).isActive());
        two.doStop();
        jenkins.waitForCompletion(two);
        await().atMost(Duration.ofSeconds(60)).until(() -> made().get(0).phase() == SimPhase.CANCELLED);
        assertMade(1);
    }

    private static GitpodPrebuildProperty joining() {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setWhenActive(WhenActive.JOIN);
        property.setCancelWithBuild(true);
        return property;
    }

    private WorkflowJob pipeline(GitpodPrebuildProperty property) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.addProperty(property);
        job.setDefinition(new CpsScmFlowDefinition(Repository.scm(repo), "Jenkinsfile"));
        return job;
    }

    /** Holds up a pipeline right after the checkout of its script, until its prebuild is over. */
    @TestExtension("recordIsSavedThoughThePipelineIsStillStarting")
    public static final class SlowStart extends SCMListener {
        @Override
        public void onCheckout(
                Run<?, ?> build,
                SCM scm,
                FilePath workspace,
                TaskListener listener,
                File changelogFile,
                SCMRevisionState pollingBaseline) {
            Commits.awaitEnd(build);
        }
    }

    @Test
    void recordIsSavedThoughThePipelineIsStillStarting() throws Exception {
        try (LogRecorder log = new LogRecorder()
                .record("io.jenkins.plugins.gitpod", Level.WARNING)
                .capture(10)) {
            WorkflowJob job = pipeline(new GitpodPrebuildProperty());
            Repository.push(repo, "Jenkinsfile", "echo 'started'");
            WorkflowRun build = jenkins.buildAndAssertSuccess(job);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(build.getRootDir().toPath().resolve("build.xml"))
                            .contains("COMPLETED"));
            assertThat(log.getMessages(), empty());
            assertEquals(EndStatus.COMPLETED, Commits.awaitEnd(build).getConclusion());
        }
    }
}
