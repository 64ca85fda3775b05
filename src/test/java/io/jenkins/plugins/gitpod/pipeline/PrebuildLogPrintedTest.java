package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Result;
import hudson.security.AuthorizationStrategy;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.net.URL;
import java.util.List;
import java.util.UUID;
import jenkins.model.Jenkins;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
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

    private static WebResponse logPage(JenkinsRule.WebClient client, WorkflowRun build, String requestId)
            throws Exception {
        URL url = new URL(jenkins.getURL() + build.getUrl() + "gitpod-prebuilds/log?requestId=" + requestId);
        return client.loadWebResponse(new WebRequest(url));
    }

    @Test
    void thePageHasTheLogAsLongAsGitpodHasItForThoseWhoMayReadTheBuild() throws Exception {
        WorkflowRun build = start(", logs: 'NONE', propagate: false");
        SimPrebuild prebuild = last();
        prebuild.log("\u001b[32mnpm ci\u001b[0m").log("<script>").forcePhase(SimPhase.RUNNING);
        awaitLog(build, "RUNNING");
        String requestId =
                build.getAction(PrebuildAction.class).getRecords().get(0).getRequestId();
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader")
                .grant(Jenkins.READ)
                .everywhere()
                .to("stranger"));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.setThrowExceptionOnFailingStatusCode(false);
            client.login("reader");
            WebResponse running = logPage(client, build, requestId);
            assertThat(running.getStatusCode(), is(200));
            assertThat(running.getContentType(), is("text/plain"));
            assertThat(running.getContentAsString(), startsWith("| npm ci\n| <script>\nThe log of Gitpod prebuild"));

            prebuild.keepLog().log("out of memory").failWith("it failed");
            jenkins.waitForCompletion(build);
            assertThat(
                    logPage(client, build, requestId).getContentAsString(),
                    is("| npm ci\n| <script>\n| out of memory\n"));
            assertThat(logPage(client, build, UUID.randomUUID().toString()).getStatusCode(), is(404));
            client.login("stranger");
            assertThat(logPage(client, build, requestId).getStatusCode(), is(404));
        } finally {
            jenkins.jenkins.setAuthorizationStrategy(new AuthorizationStrategy.Unsecured());
        }
        assertThat(GITPOD.simulator().records().violations(), empty());
    }
}
