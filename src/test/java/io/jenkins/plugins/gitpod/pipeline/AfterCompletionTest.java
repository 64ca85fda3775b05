package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.time.Duration;
import java.util.List;
import okhttp3.OkHttpClient;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What follows the completion of a prebuild: the wait for the warm pool, and the deletion of older ones. */
@ExtendWith(FastLimits.class)
@WithJenkins
class AfterCompletionTest extends GitpodTestBase {

    private static final String ECHO = "\necho \"phase ${p.phase}, pool ${p.warmPool}\"";

    @AfterEach
    void clear() {
        gitpod.simulator().faults().clear();
    }

    private static SimProject project(String name) {
        return gitpod.simulator().addProject(name).plan(PhasePlan.quick(Duration.ofSeconds(1)));
    }

    private static List<SimPrebuild> of(SimProject project) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(each -> each.projectId().equals(project.id()))
                .toList();
    }

    private static List<String> completed(SimProject project) {
        return of(project).stream()
                .filter(each -> each.phase() == SimPhase.COMPLETED)
                .map(SimPrebuild::id)
                .toList();
    }

    private static WorkflowRun run(String script) throws Exception {
        return pipeline(jenkins, script).scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun success(String script) throws Exception {
        return jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run(script)));
    }

    // ---- the warm pool

    @Test
    void aPipelineContinuesWhenThePoolServesTheSnapshot() throws Exception {
        SimProject project = project("pooled");
        gitpod.simulator().addWarmPool(project).rotation(Duration.ofSeconds(2));
        WorkflowRun build = run("def p = " + gitpod.stepOf(project, "waitForWarmPool: true") + ECHO);
        awaitLog(
                build, "Waiting until the warm pool of the environment class serves its snapshot, at most 15 min 0 s.");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        jenkins.assertLogContains("The warm pool of the environment class serves a new snapshot.", build);
        jenkins.assertLogContains("phase COMPLETED, pool READY", build);
        PrebuildRecord record =
                build.getAction(PrebuildAction.class).getRecords().get(0);
        assertEquals("READY", record.getResult().getWarmPool());
    }

    @Test
    void withoutPoolOrPermissionTheBuildSaysSoOnceAndContinues() throws Exception {
        SimProject project = project("poolless");
        FreeStyleProject job = freestyle("poolless", null);
        GitpodPrebuildBuilder step = job.getBuildersList().get(GitpodPrebuildBuilder.class);
        step.setProjectId(project.id());
        step.setWaitForWarmPool(true);
        FreeStyleBuild none = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("The project has no warm pool for the environment class", none);

        Fault refusal = Fault.status(403, "permission_denied", "warm pools need Enterprise");
        gitpod.simulator().faults().add(FaultRule.on("ListWarmPools", refusal).forever());
        WorkflowRun denied = success("def p = " + gitpod.stepOf(project, "waitForWarmPool: true") + ECHO);
        jenkins.assertLogContains("warm pools need Enterprise", denied);
        jenkins.assertLogContains("phase COMPLETED, pool UNKNOWN", denied);
        assertEquals(2, JenkinsRule.getLog(denied).split("cannot be read", -1).length, "one line");
    }

    @Test
    void anAbortEndsTheWaitForThePoolAtOnceAndCancelsNothing() throws Exception {
        SimProject project = project("slow pool");
        gitpod.simulator().addWarmPool(project).rotation(Duration.ofHours(1));
        WorkflowRun build = run(gitpod.stepOf(project, "waitForWarmPool: true", "cancelOnAbort: false"));
        awaitLog(build, "Waiting until the warm pool");
        int cancels = gitpod.simulator().records().count("CancelPrebuild");
        build.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("does not serve a new snapshot yet", build);
        jenkins.assertLogNotContains("keeps running", build);
        assertEquals(cancels, gitpod.simulator().records().count("CancelPrebuild"));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> PrebuildService.get().queries().orElseThrow().open().stream()
                        .noneMatch(each -> each.getProjectId().equals(project.id())));
        assertThat(
                build.getAction(PrebuildAction.class)
                        .getRecords()
                        .get(0)
                        .getResult()
                        .getWarmPool(),
                is("NOT_READY"));
    }

    @Test
    void aPrebuildThatOnlyWaitsForItsPoolIsNotOneThatIsRunning() throws Exception {
        SimProject project = project("joined pool");
        gitpod.simulator().addWarmPool(project).rotation(Duration.ofHours(1));
        WorkflowRun waits = run(gitpod.stepOf(project, "waitForWarmPool: true"));
        awaitLog(waits, "Waiting until the warm pool");
        WorkflowRun second = success(gitpod.stepOf(project, "whenActive: 'JOIN'"));
        jenkins.assertLogContains("Created Gitpod prebuild", second);
        assertThat(of(project), hasSize(2));
        waits.doStop();
        jenkins.waitForCompletion(waits);
    }

    // ---- older prebuilds

    /** A person creates a prebuild with the account that Jenkins uses. */
    private static String person(SimProject project) throws Exception {
        return new GitpodClient(
                        new OkHttpClient(),
                        GitpodEndpoint.parse(gitpod.simulator().apiUrl().toString()),
                        BearerToken.of(gitpod.account().token()),
                        ClientLimits.defaults(),
                        "test")
                .createPrebuild(project.id(), null, null)
                .id();
    }

    @Test
    void olderPrebuildsOfThisJenkinsAreDeletedAndNoOthers() throws Exception {
        SimProject project = project("kept");
        success(gitpod.stepOf(project));
        success(gitpod.stepOf(project));
        String personal = person(project);
        success(gitpod.stepOf(project));
        await().atMost(Duration.ofSeconds(30)).until(() -> completed(project).size() == 4);
        List<SimPrebuild> made = of(project);

        WorkflowRun build = success(gitpod.stepOf(project, "keepPrebuilds: 2"));
        assertThat(
                completed(project),
                contains(personal, made.get(3).id(), of(project).get(4).id()));
        jenkins.assertLogContains(
                "Deleted older Gitpod prebuilds of project " + project.id() + " (keepPrebuilds: 2): "
                        + made.get(0).id() + ", " + made.get(1).id(),
                build);
    }

    @Test
    void aRefusedDeletionIsOneLineAndTheNextPrebuildTriesAgain() throws Exception {
        SimProject project = project("refused");
        success(gitpod.stepOf(project));
        Fault refusal = Fault.status(403, "permission_denied", "read-only");
        gitpod.simulator().faults().add(FaultRule.on("DeletePrebuild", refusal));
        WorkflowRun build = success(gitpod.stepOf(project, "keepPrebuilds: 1"));
        jenkins.assertLogContains("Could not delete older Gitpod prebuilds of project " + project.id(), build);
        assertThat(completed(project), hasSize(2));

        success(gitpod.stepOf(project, "keepPrebuilds: 1"));
        assertThat(completed(project), contains(of(project).get(2).id()));
    }

    @Test
    void aPrebuildWithAWarningDeletesNone() throws Exception {
        SimProject project = project("warned");
        success(gitpod.stepOf(project));
        project.plan(PhasePlan.quick(Duration.ofSeconds(1)).withWarning("A task failed."));
        WorkflowRun build = success(gitpod.stepOf(project, "keepPrebuilds: 1"));
        jenkins.assertLogContains("A task failed.", build);
        jenkins.assertLogNotContains("Deleted older", build);
        assertThat(completed(project), hasSize(2));
    }

    @Test
    void aBuildThatDoesNotWaitDeletesOlderOnesAfterItsEnd() throws Exception {
        SimProject project = project("detached");
        success(gitpod.stepOf(project));
        WorkflowRun build = success(gitpod.stepOf(project, "wait: false", "keepPrebuilds: 1"));
        String newest = of(project).get(1).id();
        await().atMost(Duration.ofSeconds(30)).until(() -> completed(project).equals(List.of(newest)));
        assertThat(JenkinsRule.getLog(build), not(containsString("Deleted older")));
    }
}
