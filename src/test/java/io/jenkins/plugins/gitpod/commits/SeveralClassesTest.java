package io.jenkins.plugins.gitpod.commits;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.page.PrebuildCard;
import io.jenkins.plugins.gitpod.page.PrebuildTab;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.TestBuilder;

/** Prebuilds of each environment class that a project has configured, or of several that are named. */
@ExtendWith(FastLimits.class)
class SeveralClassesTest extends RepositoryTestBase {

    private static SimEnvironmentClass small;
    private static SimEnvironmentClass large;
    private static SimEnvironmentClass huge;

    @BeforeAll
    static void addClasses() {
        small = gitpod.simulator().addEnvironmentClass("Small");
        large = gitpod.simulator().addEnvironmentClass("Large");
        huge = gitpod.simulator().addEnvironmentClass("Huge");
    }

    @BeforeEach
    void twoOfThreeClassesGetPrebuilds() {
        project.environmentClasses(small, large, huge).prebuildClasses(small, large);
    }

    @AfterEach
    void nothingIsLeftRunning() {
        await().atMost(Duration.ofSeconds(30)).until(() -> made().stream().noneMatch(SimPrebuild::isActive));
        assertEquals(List.of(), gitpod.simulator().records().violations());
    }

    private String step(String... options) {
        return gitpod.stepOf(project, options);
    }

    private WorkflowRun start(String script) throws Exception {
        return Builds.pipeline(jenkins, script).scheduleBuild2(0).waitForStart();
    }

    private SimPrebuild madeOf(SimEnvironmentClass environmentClass) {
        await().atMost(Duration.ofSeconds(30)).until(() -> count(environmentClass) == 1);
        return made().stream()
                .filter(each -> each.environmentClassId().equals(environmentClass.id()))
                .findFirst()
                .orElseThrow();
    }

    private long count(SimEnvironmentClass environmentClass) {
        return made().stream()
                .filter(each -> each.environmentClassId().equals(environmentClass.id()))
                .count();
    }

    private static List<PrebuildRecord> records(Run<?, ?> build) {
        return build.getAction(PrebuildAction.class).getRecords();
    }

    @Test
    void allMeansEachConfiguredClassWithOneResultAndARowEach() throws Exception {
        WorkflowRun build = jenkins.buildAndAssertSuccess(Builds.pipeline(
                jenkins,
                "def p = " + step("environmentClassId: 'all'")
                        + "\np.parts.each { echo \"part ${it.environmentClassId} ${it.phase}\" }"
                        + "\necho \"all ${p.phase}\""));
        jenkins.assertLogContains("part " + small.id() + " COMPLETED", build);
        jenkins.assertLogContains("part " + large.id() + " COMPLETED", build);
        jenkins.assertLogContains("all COMPLETED", build);
        jenkins.assertLogContains("Gitpod prebuilds of 2 environment classes: 2 completed.", build);
        jenkins.assertLogContains(
                "[Small] Created Gitpod prebuild " + madeOf(small).id(), build);
        jenkins.assertLogContains(
                "[Large] Created Gitpod prebuild " + madeOf(large).id(), build);
        assertMade(2);
        for (String name : List.of("Small", "Large")) {
            long lines = jenkins.getLog(build)
                    .lines()
                    .filter(line -> line.contains("[" + name + "]"))
                    .count();
            assertThat(lines, lessThanOrEqualTo(8L));
        }
        List<PrebuildCard> cards = build.getAction(PrebuildTab.class).getCards();
        assertThat(
                cards.stream().map(PrebuildCard::getEnvironmentClass).toList(), containsInAnyOrder("Small", "Large"));
        assertThat(
                records(build).stream()
                        .map(PrebuildRecord::getEnvironmentClassId)
                        .toList(),
                containsInAnyOrder(small.id(), large.id()));
    }

    @Test
    void oneThatIsRefusedOrFailsDoesNotStopTheOthers() throws Exception {
        project.refusesUnconfigured();
        WorkflowRun build = start(step("environmentClassId: ['" + huge.id() + "', '" + large.id() + "']"));
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        assertEquals(SimPhase.COMPLETED, madeOf(large).phase());
        assertMade(1);
        jenkins.assertLogContains("1 completed, 1 failed. Huge: Gitpod did not create", build);
        assertThat(
                records(build).stream()
                        .filter(each -> each.getConclusion() == EndStatus.ERROR)
                        .map(PrebuildRecord::getEnvironmentClassId)
                        .toList(),
                contains(huge.id()));
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun failing = start("def p = " + step("environmentClassId: 'all'", "propagate: false", "force: true")
                + "\necho \"got ${p.phase} ${p.failureMessage}\"");
        await().atMost(Duration.ofSeconds(30)).until(() -> made().size() == 3);
        madeOf(small).failWith("no disk");
        awaitLog(failing, "[Small] Gitpod prebuild " + madeOf(small).id() + " failed");
        assertTrue(failing.isBuilding());
        made().stream().filter(SimPrebuild::isActive).forEach(each -> each.forcePhase(SimPhase.COMPLETED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(failing));
        jenkins.assertLogContains("got FAILED no disk", failing);
    }

    @Test
    void anAbortCancelsAll() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = start(step("environmentClassId: '" + small.id() + "," + huge.id() + "'"));
        awaitLog(build, "[Small] Created Gitpod prebuild");
        awaitLog(build, "[Huge] Created Gitpod prebuild");
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        await().until(() ->
                madeOf(small).phase() == SimPhase.CANCELLED && madeOf(huge).phase() == SimPhase.CANCELLED);
        assertMade(2);
    }

    @Test
    void withoutWaitingTheStepEndsOnceAllAreCreated() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun build = jenkins.buildAndAssertSuccess(Builds.pipeline(
                jenkins,
                "def p = " + step("environmentClassId: 'all'", "wait: false") + "\necho \"ids ${p.parts*.id}\""));
        assertMade(2);
        assertThat(
                jenkins.getLog(build),
                containsString(
                        "ids [" + madeOf(small).id() + ", " + madeOf(large).id()));
        made().forEach(each -> each.forcePhase(SimPhase.COMPLETED));
        Commits.awaitEnds(build);
    }

    @Test
    void anAbortBeforeAllAreCreatedCancelsThoseThatAreAlsoIfTheStepDoesNotWait() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        GitpodConnection connection =
                GitpodGlobalConfiguration.get().getConnections().get(0);
        connection.setMaximumConcurrent(1);
        try {
            WorkflowRun build = start(step("environmentClassId: 'all'", "wait: false"));
            awaitLog(build, "Created Gitpod prebuild");
            build.getExecutor().interrupt();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
            await().atMost(Duration.ofSeconds(30)).until(made().get(0)::phase, SimPhase.CANCELLED::equals);
            await().until(LedgerFiles::open, List::isEmpty);
            assertMade(1);
        } finally {
            connection.setMaximumConcurrent(null);
        }
    }

    @Test
    void eachClassJoinsItsOwnAndIsCancelledWithItsLastBuild() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        WorkflowRun first = start(step("environmentClassId: '" + large.id() + "'"));
        awaitLog(first, "Created Gitpod prebuild");
        WorkflowRun second = start(step("environmentClassId: 'all'", "whenActive: 'JOIN'"));
        awaitLog(second, "[Large] Waiting for Gitpod prebuild " + madeOf(large).id());
        awaitLog(second, "[Small] Created Gitpod prebuild");
        first.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(first));
        assertTrue(madeOf(large).isActive());
        second.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(second));
        await().until(() -> madeOf(large).phase() == SimPhase.CANCELLED);
        await().until(() -> madeOf(small).phase() == SimPhase.CANCELLED);
    }

    @Test
    void withoutConfiguredClassesOfTheProjectItIsTheDefaultOne() throws Exception {
        project.prebuildClasses();
        WorkflowRun build = jenkins.buildAndAssertSuccess(
                Builds.pipeline(jenkins, step("environmentClassId: 'all'", "minimumInterval: 30")));
        jenkins.assertLogContains("has configured no environment class for prebuilds", build);
        madeOf(small);
        assertMade(1);
    }

    @Test
    void whereNobodyWouldUseThemThatIsSaidOnce() throws Exception {
        project.prebuildsEnabled(false);
        WorkflowRun build = jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, step("environmentClassId: 'all'")));
        assertEquals(
                2,
                jenkins.getLog(build).split("Prebuilds are disabled for the Gitpod project", -1).length,
                "said once");
        assertMade(2);
    }

    @Test
    void aBuildOfAnotherBranchIsSkippedAsAWhole() throws Exception {
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "other", "file");
        WorkflowRun build = jenkins.buildAndAssertSuccess(Builds.pipeline(
                jenkins,
                "node { git url: '" + repo + "', branch: 'feature' }\ndef p = "
                        + step("environmentClassId: 'all'", "onlyProjectBranch: true") + "\necho \"got ${p.phase}\""));
        jenkins.assertLogContains("got SKIPPED", build);
        assertEquals(1, records(build).size());
        assertMade(0);
    }

    @Test
    void theyCountAsOneForTheMinimumInterval() throws Exception {
        WorkflowRun build = jenkins.buildAndAssertSuccess(
                Builds.pipeline(jenkins, step("environmentClassId: 'all'", "minimumInterval: 30")));
        jenkins.assertLogContains("2 completed.", build);
        WorkflowRun again = jenkins.buildAndAssertSuccess(
                Builds.pipeline(jenkins, step("environmentClassId: 'all'", "minimumInterval: 30")));
        jenkins.assertLogContains("2 skipped.", again);
        assertMade(2);
    }

    /** Prints what later steps see. */
    private static final class Seen extends TestBuilder {
        @Override
        public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
                throws InterruptedException, IOException {
            listener.getLogger()
                    .println("seen " + build.getEnvironment(listener).get("GITPOD_PREBUILD_IDS"));
            return true;
        }
    }

    @Test
    void theBuildStepWaitsForAll() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(project.id());
        step.setEnvironmentClassId("all");
        job.getBuildersList().add(step);
        job.getBuildersList().add(new Seen());
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains(
                "seen " + madeOf(small).id() + "," + madeOf(large).id(), build);
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        FreeStyleBuild aborted = job.scheduleBuild2(0).waitForStart();
        awaitLog(aborted, "[Small] Created Gitpod prebuild");
        awaitLog(aborted, "[Large] Created Gitpod prebuild");
        aborted.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(aborted));
        await().until(() -> made().stream().noneMatch(SimPrebuild::isActive));
        assertMade(4);
    }

    @Test
    void aCommitGetsOneOfEachClassOnce() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setEnvironmentClassId("all");
        property.setCancelWithBuild(true);
        FreeStyleProject job = freestyle(property);
        job.getBuildersList().add(new org.jvnet.hudson.test.SleepBuilder(60_000));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        await().atMost(Duration.ofSeconds(30)).until(() -> made().size() == 2);
        await().until(() -> DecisionLog.of(job).newestFirst().size() == 2);
        assertThat(
                DecisionLog.of(job).newestFirst().stream()
                        .map(DecisionLog.Entry::text)
                        .toList(),
                containsInAnyOrder("[Small] Requested a prebuild.", "[Large] Requested a prebuild."));
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        await().until(() -> made().stream().noneMatch(SimPrebuild::isActive));
        assertThat(made().stream().map(SimPrebuild::phase).distinct().toList(), contains(SimPhase.CANCELLED));
        assertEquals(2, Commits.awaitEnds(build).size());
    }
}
