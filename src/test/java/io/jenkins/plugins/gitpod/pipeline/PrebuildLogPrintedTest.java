package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The prebuild's own log in the logs of builds, in a real Jenkins. */
@ExtendWith(FastLimits.class)
@WithJenkins
class PrebuildLogPrintedTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static JenkinsRule jenkins;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        GITPOD.project().plan(PhasePlan.typical());
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    private static SimPrebuild last() {
        List<SimPrebuild> all = GITPOD.simulator().records().prebuilds();
        return all.get(all.size() - 1);
    }

    private static WorkflowRun start(String options) throws Exception {
        WorkflowRun build =
                pipeline(jenkins, GITPOD.step() + options).scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        return build;
    }

    @Test
    void fullPrintsTheLogWhileThePrebuildRuns() throws Exception {
        WorkflowRun build = start(", logs: 'FULL'");
        SimPrebuild prebuild = last();
        prebuild.log("[section-create] {\"title\":\"Install\"}")
                .log("\u001b[32mnpm ci\u001b[0m")
                .forcePhase(SimPhase.RUNNING);
        awaitLog(build, "[Gitpod] |-- Install");
        awaitLog(build, "[Gitpod] | npm ci");
        prebuild.keepLog().log("the last line").forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatus(Result.SUCCESS, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("[Gitpod] | the last line", build);
        assertThat(GITPOD.simulator().records().violations(), empty());
    }

    @Test
    void aWarningShowsTheLastLinesThatWereReadBeforeTheEnvironmentWentAway() throws Exception {
        WorkflowRun build = start("");
        SimPrebuild prebuild = last();
        prebuild.log("task failed: exit code 1").forcePhase(SimPhase.STOPPING);
        awaitLog(build, "STOPPING");
        await().until(() -> GITPOD.simulator().records().count("Logs") > 0);
        prebuild.forcePhase(SimPhase.SNAPSHOTTING);
        awaitLog(build, "SNAPSHOTTING");
        prebuild.warn("tasks failed").forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatus(Result.SUCCESS, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("[Gitpod] | task failed: exit code 1", build);
    }

    @Test
    void aLogThatIsGoneIsSaidToBeAndTheBuildFailsForThePrebuildOnly() throws Exception {
        WorkflowRun build = start("");
        last().failWith("no space left");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("no space left", build);
        jenkins.assertLogContains("[Gitpod] The log of Gitpod prebuild " + last().id() + " cannot be shown", build);
    }

    @Test
    void noneCostsNoCall() throws Exception {
        GITPOD.simulator().records().clear();
        WorkflowRun build = start(", logs: 'NONE', propagate: false");
        last().log("hidden").keepLog().failWith("no space left");
        jenkins.assertBuildStatus(Result.SUCCESS, jenkins.waitForCompletion(build));
        jenkins.assertLogNotContains("hidden", build);
        assertThat(GITPOD.simulator().records().calls("CreatePrebuildLogsToken"), empty());
    }

    @Test
    void aFreestyleBuildPrintsTheLastLinesOfAFailedPrebuild() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder builder = new GitpodPrebuildBuilder();
        builder.setProjectId(GITPOD.project().id());
        builder.setLogs(Logs.ON_FAILURE);
        job.getBuildersList().add(builder);
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        last().log("out of memory").keepLog().failWith("it failed");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("[Gitpod] | out of memory", build);
    }
}
