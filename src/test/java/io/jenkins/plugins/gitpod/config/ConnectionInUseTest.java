package io.jenkins.plugins.gitpod.config;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.Executor;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** A connection is renamed or deleted while it is in use. */
@ExtendWith(FastLimits.class)
@WithJenkins
class ConnectionInUseTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();

    private static JenkinsRule jenkins;
    private static List<GitpodConnection> connections;

    private FreeStyleProject job;
    private FreeStyleBuild build;
    private SimPrebuild prebuild;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        connections = GitpodGlobalConfiguration.get().getConnections();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void begin() throws Exception {
        GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
        job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(GITPOD.project().id());
        step.setConnection("sim");
        job.getBuildersList().add(step);
        build = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Gitpod prebuild: RUNNING", build);
        List<SimPrebuild> all = GITPOD.simulator().records().prebuilds();
        prebuild = all.get(all.size() - 1);
    }

    @AfterEach
    void reset() {
        GitpodGlobalConfiguration.get().setConnections(connections);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> GITPOD.simulator().records().active().isEmpty());
    }

    private static GitpodConnection renamed() {
        GitpodConnection renamed =
                new GitpodConnection("renamed", GITPOD.simulator().apiUrl().toString());
        renamed.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        return renamed;
    }

    /** A slow machine may find the build over: it gives up after a while if no token works. */
    private void abort() {
        Executor executor = build.getExecutor();
        if (executor != null) {
            executor.interrupt();
        }
    }

    @Test
    void renamedWhatIsUnderWayGoesOnAndNewBuildsSayWhatTheyMiss() throws Exception {
        GitpodGlobalConfiguration.get().setConnections(List.of(renamed()));
        FreeStyleBuild next = jenkins.buildAndAssertStatus(Result.FAILURE, job(job));
        jenkins.assertLogContains("No Gitpod connection is named \"sim\". Configured connections: renamed.", next);
        prebuild.plan(PhasePlan.quick(Duration.ofMillis(100)));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    @Test
    void deletedWhatIsUnderWayIsCancelledAllTheSame() throws Exception {
        GitpodGlobalConfiguration.get().setConnections(List.of());
        FreeStyleBuild next = jenkins.buildAndAssertStatus(Result.FAILURE, job(job));
        jenkins.assertLogContains("No Gitpod connection is configured", next);
        abort();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertTrue(prebuild.isCancelRequested());
    }

    @Test
    void renamedItIsStillCancelledWhenItsTokenIsReplacedAsWell() throws Exception {
        GitpodGlobalConfiguration.get().setConnections(List.of(renamed()));
        String before = GITPOD.account().token();
        String after = GITPOD.account().rotate();
        GitpodFixture.updateCredential(GitpodFixture.CREDENTIALS_ID, before, after);
        abort();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        await().atMost(Duration.ofSeconds(30)).until(prebuild::isCancelRequested);
    }

    @Test
    void aTokenGoesNowhereButWhereItsConnectionLeads() throws Exception {
        try (GitpodSimulator elsewhere = GitpodSimulator.builder().start()) {
            String foreign = elsewhere.account("other").token();
            GitpodFixture.addCredential("elsewhere", foreign);
            GitpodConnection moved =
                    new GitpodConnection("sim", elsewhere.apiUrl().toString());
            moved.setCredentialsId("elsewhere");
            GitpodGlobalConfiguration.get().setConnections(List.of(moved));
            String before = GITPOD.account().token();
            String after = GITPOD.account().rotate();
            jenkins.waitForMessage("token", build);
            GitpodFixture.updateCredential(GitpodFixture.CREDENTIALS_ID, before, after);
            abort();
            jenkins.waitForCompletion(build);
            await().atMost(Duration.ofSeconds(30)).until(prebuild::isCancelRequested);
            assertThat(
                    GITPOD.simulator().records().calls().stream()
                            .map(call -> call.header("Authorization"))
                            .toList(),
                    not(hasItem(containsString(foreign))));
            assertThat(elsewhere.records().calls(), is(empty()));
        }
    }

    @Test
    void afterARestartAConnectionThatWasDeletedIsStillKnownForWhatIsUnderWay() throws Exception {
        Connection way = connections.get(0).toEngine();
        GitpodGlobalConfiguration.get().setConnections(List.of());
        GitpodGlobalConfiguration read = new GitpodGlobalConfiguration();
        assertThat(read.getConnections(), is(empty()));
        assertEquals(
                GitpodFixture.CREDENTIALS_ID,
                read.credentialConnection(way, true).getCredentialsId());
        assertNull(read.credentialConnection(way, false), "nothing new is made over it");
        GitpodConnection back = new GitpodConnection("sim", way.endpoint().toString());
        back.setCredentialsId("new");
        read.setConnections(List.of(back));
        assertEquals("new", read.credentialConnection(way, true).getCredentialsId());
        read.setConnections(List.of());
        assertEquals("new", read.credentialConnection(way, true).getCredentialsId());
        abort();
        jenkins.waitForCompletion(build);
    }

    /** Another job like it, for the first is still being built. */
    private static FreeStyleProject job(FreeStyleProject like) throws Exception {
        FreeStyleProject other = jenkins.createFreeStyleProject();
        other.getBuildersList().addAll(like.getBuildersList().toList());
        return other;
    }
}
