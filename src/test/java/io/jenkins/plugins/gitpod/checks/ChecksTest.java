package io.jenkins.plugins.gitpod.checks;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.plugins.git.GitSCM;
import io.jenkins.plugins.checks.api.ChecksConclusion;
import io.jenkins.plugins.checks.api.ChecksDetails;
import io.jenkins.plugins.checks.api.ChecksPublisher;
import io.jenkins.plugins.checks.api.ChecksPublisherFactory;
import io.jenkins.plugins.checks.api.ChecksStatus;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The checks of real builds, as a plugin that publishes checks gets them. */
@ExtendWith(FastLimits.class)
@WithJenkins
@WithGitSampleRepo
class ChecksTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static JenkinsRule jenkins;
    private static SimEnvironmentClass small;
    private static SimEnvironmentClass large;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        small = GITPOD.simulator().addEnvironmentClass("Small");
        large = GITPOD.simulator().addEnvironmentClass("Large");
        GITPOD.project().environmentClasses(small, large).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    private static SimPrebuild last() {
        List<SimPrebuild> all = GITPOD.simulator().records().prebuilds();
        return all.get(all.size() - 1);
    }

    private static WorkflowRun start(String... options) throws Exception {
        WorkflowRun build =
                pipeline(jenkins, GITPOD.step(options)).scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        return build;
    }

    /** The checks of a build. Those of other builds may still come. */
    private static List<ChecksDetails> awaitChecks(Run<?, ?> build, int number) {
        await().atMost(Duration.ofSeconds(60)).until(() -> checks(build).size() >= number);
        return checks(build);
    }

    private static List<ChecksDetails> checks(Run<?, ?> build) {
        return Publishers.PUBLISHED.stream()
                .filter(check -> check.build().equals(build.getExternalizableId()))
                .map(Published::details)
                .toList();
    }

    private record Published(String build, ChecksDetails details) {}

    private static void assertConclusion(ChecksConclusion expected, ChecksDetails check) {
        assertEquals(ChecksStatus.COMPLETED, check.getStatus());
        assertEquals(expected, check.getConclusion());
    }

    private static String title(ChecksDetails check) {
        return check.getOutput().orElseThrow().getTitle().orElseThrow();
    }

    private static String summary(ChecksDetails check) {
        return check.getOutput().orElseThrow().getSummary().orElseThrow();
    }

    @Test
    void aPrebuildThatCompletes() throws Exception {
        WorkflowRun build = start();
        ChecksDetails running = awaitChecks(build, 1).get(0);
        assertEquals("Gitpod prebuild", running.getName().orElseThrow());
        assertEquals(ChecksStatus.IN_PROGRESS, running.getStatus());
        assertEquals(ChecksConclusion.NONE, running.getConclusion());
        assertEquals(
                jenkins.getURL() + build.getUrl() + "gitpod-prebuilds/",
                running.getDetailsURL().orElseThrow());
        assertTrue(running.getStartedAt().isPresent());
        last().forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        List<ChecksDetails> checks = awaitChecks(build, 2);
        assertThat(checks, hasSize(2));
        assertConclusion(ChecksConclusion.SUCCESS, checks.get(1));
        assertEquals("Gitpod prebuild", checks.get(1).getName().orElseThrow());
        assertEquals("Completed", title(checks.get(1)));
        assertThat(summary(checks.get(1)), startsWith("Project: "));
        assertTrue(checks.get(1).getCompletedAt().isPresent());
        assertFalse(checks.get(1).getOutput().orElseThrow().getText().isPresent());
    }

    @Test
    void eachEnvironmentClassHasACheckOfItsOwnWhicheverIsFirst() throws Exception {
        WorkflowRun build = start("environmentClassId: 'all'");
        List<String> names = awaitChecks(build, 2).stream()
                .map(check -> check.getName().orElseThrow())
                .toList();
        assertThat(names, containsInAnyOrder("Gitpod prebuild (Small)", "Gitpod prebuild (Large)"));
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
    }

    @Test
    void aWarningIsNeutralAndNoMarkupForTheService() throws Exception {
        WorkflowRun build = start("logs: 'NONE'");
        last().warn("task [one](https://evil.example) <b>failed</b>").forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        ChecksDetails check = awaitChecks(build, 2).get(1);
        assertConclusion(ChecksConclusion.NEUTRAL, check);
        assertThat(summary(check), containsString("task \\[one\\]\\(https://evil.example\\) \\<b\\>failed\\</b\\>"));
    }

    @Test
    void aDetachedPrebuildThatFailsHasTheLastLinesOfItsLog() throws Exception {
        WorkflowRun build = jenkins.buildAndAssertSuccess(pipeline(jenkins, GITPOD.step("wait: false")));
        awaitChecks(build, 1);
        SimPrebuild prebuild = last();
        for (int i = 1; i <= 60; i++) {
            prebuild.log("line " + i);
        }
        prebuild.log("~~~~~~~~ out of memory " + "x".repeat(1_000)).keepLog().failWith("it failed");
        List<ChecksDetails> checks = awaitChecks(build, 3);
        assertConclusion(ChecksConclusion.FAILURE, checks.get(1));
        assertConclusion(ChecksConclusion.FAILURE, checks.get(2));
        assertEquals(
                jenkins.getURL() + build.getUrl() + "gitpod-prebuilds/",
                checks.get(2).getDetailsURL().orElseThrow());
        assertThat(summary(checks.get(2)), containsString("it failed"));
        String text = checks.get(2).getOutput().orElseThrow().getText().orElseThrow();
        assertThat(text, containsString("\n| line 60\n| ~ out of memory xxx"));
        assertThat(text, not(containsString("line 11\n")));
        assertThat(text.lines().count(), lessThan(60L));
        assertThat(text.length(), lessThan(2_000));
        assertThat(GITPOD.simulator().records().violations(), empty());
    }

    @Test
    void anAutomaticPrebuildThatFailsIsHeardOf(GitSampleRepoRule repo) throws Exception {
        repo.init();
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.setScm(new GitSCM(repo.toString()));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(GITPOD.project().id());
        property.setOnlyProjectBranch(false);
        job.addProperty(property);
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        awaitChecks(build, 1);
        last().failWith("no space left");
        ChecksDetails check = awaitChecks(build, 2).get(1);
        assertConclusion(ChecksConclusion.FAILURE, check);
        assertThat(summary(check), containsString("no space left"));
    }

    @Test
    void anAbortedBuildCancels() throws Exception {
        WorkflowRun build = start();
        awaitChecks(build, 1);
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertConclusion(ChecksConclusion.CANCELED, awaitChecks(build, 2).get(1));
    }

    @Test
    void theOptionTurnsItOff() throws Exception {
        WorkflowRun build = start("skipPublishingChecks: true");
        last().failWith("it failed");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder builder = new GitpodPrebuildBuilder();
        builder.setProjectId(GITPOD.project().id());
        builder.setSkipPublishingChecks(true);
        builder.setPropagate(false);
        job.getBuildersList().add(builder);
        FreeStyleBuild freestyle = job.scheduleBuild2(0).waitForStart();
        awaitLog(freestyle, "Created Gitpod prebuild");
        last().forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(freestyle));
        // One queue for all builds: what comes after them is published after them.
        aPrebuildThatCompletes();
        assertThat(checks(build), empty());
        assertThat(checks(freestyle), empty());
    }

    @Test
    void theSecondPrebuildOfABuildHasANameOfItsOwn() throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        PrebuildAction.put(build, record("one", EndStatus.SKIPPED));
        PrebuildRecord second = PrebuildAction.put(build, record("two", EndStatus.LEFT_RUNNING));
        ChecksDetails left = new PrebuildCheck(build, second, List.of()).details();
        assertEquals("Gitpod prebuild 2", left.getName().orElseThrow());
        assertEquals(ChecksStatus.IN_PROGRESS, left.getStatus());
        PrebuildRecord first = PrebuildAction.put(build, record("one", EndStatus.SKIPPED));
        ChecksDetails skipped = new PrebuildCheck(build, first, Collections.nCopies(50, "y".repeat(2_000))).details();
        assertEquals("Gitpod prebuild", skipped.getName().orElseThrow());
        assertConclusion(ChecksConclusion.SKIPPED, skipped);
        assertThat(skipped.getOutput().orElseThrow().getText().orElseThrow().length(), lessThan(20_000));
        for (EndStatus how : List.of(EndStatus.CANCELLED_IN_GITPOD, EndStatus.DELETED, EndStatus.CANCELLED)) {
            assertConclusion(
                    ChecksConclusion.CANCELED, new PrebuildCheck(build, record("three", how), List.of()).details());
        }
        assertConclusion(
                ChecksConclusion.FAILURE,
                new PrebuildCheck(build, record("three", EndStatus.ERROR), List.of()).details());
    }

    private static PrebuildRecord record(String requestId, EndStatus how) {
        PrebuildResult result = new PrebuildResult("id", "https://gitpod.example.com", PrebuildPhase.RUNNING);
        return new PrebuildRecord(requestId, "project", "sim", false, result, how, "message");
    }

    /** Takes the place of GitHub Checks. */
    @TestExtension
    public static final class Publishers extends ChecksPublisherFactory {

        static final List<Published> PUBLISHED = new CopyOnWriteArrayList<>();

        @Override
        protected Optional<ChecksPublisher> createPublisher(Run<?, ?> run, TaskListener listener) {
            return Optional.of(new ChecksPublisher() {
                @Override
                public void publish(ChecksDetails details) {
                    // Other plugins publish the state of the build itself.
                    if (details.getName().orElse("").startsWith("Gitpod")) {
                        PUBLISHED.add(new Published(run.getExternalizableId(), details));
                    }
                }
            });
        }
    }
}
