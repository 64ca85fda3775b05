package io.jenkins.plugins.gitpod.lifecycle;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.domains.Domain;
import hudson.AbortException;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Result;
import hudson.model.Run;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** However a build ends early, its prebuild is cancelled and a message says so. A build that only moves continues. */
@ExtendWith(FastLimits.class)
@WithJenkins
class EarlyEndTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();

    private static JenkinsRule jenkins;

    /** One for each test, so that the simulator's records tell the tests apart. */
    private SimProject project;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        // Where anonymous may see nothing, all must go on as well.
        rule.jenkins.setSecurityRealm(rule.createDummySecurityRealm());
        rule.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
        GITPOD.connect();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void newProject() {
        project = GITPOD.simulator().addProject("p" + UUID.randomUUID()).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
    }

    @AfterEach
    void nothingRuns() {
        GITPOD.simulator().faults().clear();
        await().atMost(Duration.ofSeconds(30)).until(this::active, List::isEmpty);
        await().atMost(Duration.ofSeconds(30)).until(LedgerFiles::open, List::isEmpty);
    }

    private List<SimPrebuild> prebuilds() {
        return GITPOD.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .toList();
    }

    private List<SimPrebuild> active() {
        return prebuilds().stream().filter(SimPrebuild::isActive).toList();
    }

    private SimPrebuild onlyPrebuild() {
        assertEquals(1, prebuilds().size(), "prebuilds made");
        return prebuilds().get(0);
    }

    private String step(String... options) {
        return GITPOD.stepOf(project, options);
    }

    private static WorkflowRun start(WorkflowJob job) throws Exception {
        WorkflowRun build = job.scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        return build;
    }

    private static WorkflowRun start(String script) throws Exception {
        return start(Builds.pipeline(jenkins, script));
    }

    private void awaitCancelled() {
        await().until(onlyPrebuild()::phase, SimPhase.CANCELLED::equals);
    }

    private static PrebuildRecord record(Run<?, ?> build) {
        return build.getAction(PrebuildAction.class).getRecords().get(0);
    }

    private static void awaitConclusion(Run<?, ?> build, EndStatus conclusion) {
        await().until(() -> record(build).getConclusion(), conclusion::equals);
    }

    private static void awaitPhase(Run<?, ?> build, String phase) {
        await().until(() -> record(build).getResult().getPhase(), phase::equals);
    }

    private static String pageOf(Run<?, ?> build) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient().login("admin")) {
            return client.getPage(build).getVisibleText();
        }
    }

    /** A build that was aborted, and is over, before Gitpod has done with cancelling its prebuild. */
    private WorkflowRun abortedEarly() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING).cancellingFor(Duration.ofHours(1)));
        WorkflowRun build = start(step());
        awaitPhase(build, "PENDING");
        build.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertThat(pageOf(build), containsString("accepted the request to cancel"));
        return build;
    }

    @Test
    void thePageOfAnAbortedBuildShowsTheTrueEndOnceItIsKnown() throws Exception {
        WorkflowRun build = abortedEarly();
        onlyPrebuild().forcePhase(SimPhase.CANCELLED);
        awaitPhase(build, "CANCELLED");
        String page = pageOf(build);
        assertThat(page, containsString("was cancelled"));
        assertThat(page, not(containsString("accepted the request to cancel")));
        assertThat(page, not(containsString("RUNNING")));
        assertEquals(EndStatus.CANCELLED, record(build).getConclusion());
        await().until(LedgerFiles::open, List::isEmpty);
        String saved = Files.readString(build.getRootDir().toPath().resolve("build.xml"));
        assertThat(saved, containsString("<phase>CANCELLED</phase>"));
    }

    @Test
    void aCancelThatCameTooLateShowsAsWell() throws Exception {
        WorkflowRun build = abortedEarly();
        onlyPrebuild().forcePhase(SimPhase.COMPLETED);
        awaitPhase(build, "COMPLETED");
        assertThat(pageOf(build), containsString(" completed after "));
        assertEquals(EndStatus.CANCELLED, record(build).getConclusion());
    }

    @Test
    void whatWasLeftRunningShowsItsEnd() throws Exception {
        WorkflowRun build = start(step("cancelOnAbort: false"));
        build.doStop();
        jenkins.waitForCompletion(build);
        assertThat(pageOf(build), containsString("keeps running after this build because cancelOnAbort is off"));
        onlyPrebuild().failWith("no disk");
        awaitPhase(build, "FAILED");
        assertThat(pageOf(build), containsString("no disk"));
        assertEquals(EndStatus.LEFT_RUNNING, record(build).getConclusion());
    }

    @Test
    void aBuildThatIsDeletedBeforeTheTrueEndStaysDeleted() throws Exception {
        WorkflowRun build = abortedEarly();
        build.delete();
        onlyPrebuild().forcePhase(SimPhase.CANCELLED);
        await().until(LedgerFiles::open, List::isEmpty);
        assertFalse(Files.exists(build.getRootDir().toPath()), "the deleted build has come back");
    }

    @Test
    void terminatedStepCancelsAndSaysSoWhileItsBuildGoesOn() throws Exception {
        WorkflowRun build = start(
                "try { " + step() + " } catch (Throwable e) { echo 'caught' }; semaphore 'afterTerm'; echo 'done'");
        build.doTerm();
        SemaphoreStep.waitForStart("afterTerm/1", build);
        // Still building, and yet:
        awaitCancelled();
        assertTrue(build.isBuilding());
        awaitLog(
                build,
                "ended forcibly. Jenkins cancels Gitpod prebuild "
                        + onlyPrebuild().id());
        awaitLog(build, "/projects/" + project.id() + "/prebuilds");
        awaitConclusion(build, EndStatus.CANCELLED);
        SemaphoreStep.success("afterTerm/1", null);
        jenkins.waitForCompletion(build);
        jenkins.assertLogContains("done", build);
    }

    @Test
    void terminatedStepWithoutCancelOnAbortLeavesItsPrebuildAloneAndSaysSo() throws Exception {
        WorkflowRun build = start(step("cancelOnAbort: false"));
        build.doTerm();
        jenkins.waitForCompletion(build);
        jenkins.assertLogContains("keeps running after this build because cancelOnAbort is off", build);
        awaitConclusion(build, EndStatus.LEFT_RUNNING);
        assertFalse(onlyPrebuild().isCancelRequested());
        onlyPrebuild().forcePhase(SimPhase.COMPLETED);
    }

    @Test
    void killedBuildCancelsAndSaysSo() throws Exception {
        WorkflowRun build = start(step());
        build.doKill();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        awaitCancelled();
        jenkins.assertLogContains(
                "ended forcibly. Jenkins cancels Gitpod prebuild "
                        + onlyPrebuild().id(),
                build);
        awaitConclusion(build, EndStatus.CANCELLED);
    }

    @Test
    void buildThatHasEndedAlreadyIsGivenNoPrebuild() throws Exception {
        WorkflowRun over = jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, "echo 'done'"));
        PrebuildOptions options = new PrebuildOptions();
        options.setProjectId(project.id());
        AbortException refused = assertThrows(
                AbortException.class,
                () -> PrebuildService.get().submit(UUID.randomUUID(), over, null, options, new DeafWaiter()));
        assertThat(refused.getMessage(), containsString("The build has ended, so no Gitpod prebuild was requested"));
        assertEquals(List.of(), LedgerFiles.open());
        assertEquals(0, prebuilds().size());
        assertNull(over.getAction(PrebuildAction.class));
    }

    /** A waiter to whom nothing is ever said. */
    private static final class DeafWaiter implements RequestListener {
        @Override
        public void line(String line) {
            throw new AssertionError(line);
        }

        @Override
        public void created(PrebuildResult result) {
            throw new AssertionError(result);
        }

        @Override
        public void concluded(PrebuildRecord record) {
            throw new AssertionError(record);
        }

        @Override
        public boolean isFor(UUID requestId) {
            return false;
        }
    }

    @Test
    void buildKilledBeforeTheCreateIsAnsweredCancelsOnceThePrebuildIsKnown() throws Exception {
        Fault.Hang hang = Fault.hangAfterActing();
        GITPOD.simulator().faults().add(FaultRule.on("CreatePrebuild", hang));
        WorkflowRun build = Builds.pipeline(jenkins, step()).scheduleBuild2(0).waitForStart();
        await().until(() -> hang.held() == 1);
        build.doKill();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        jenkins.assertLogContains("If a prebuild of project " + project.id() + " was created", build);
        hang.release();
        awaitCancelled();
    }

    @Test
    void buildDeletedAfterAKillStaysDeletedWhileItsCancelGoesOn() throws Exception {
        GITPOD.simulator()
                .faults()
                .add(FaultRule.on("CancelPrebuild", Fault.status(503, "unavailable", "down"))
                        .times(2));
        WorkflowRun build = start(step());
        // Jenkins itself refuses to delete a pipeline build that runs.
        assertThrows(IOException.class, build::delete);
        assertTrue(build.isBuilding());
        build.doKill();
        jenkins.waitForCompletion(build);
        await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            build.delete();
            return true;
        });
        awaitCancelled();
        await().until(LedgerFiles::open, List::isEmpty);
        assertFalse(Files.exists(build.getRootDir().toPath()), "the deleted build has come back");
    }

    @Test
    void deletionOfTheJobCancelsAndLeavesNothingBehind() throws Exception {
        WorkflowRun build = start(step());
        build.getParent().delete();
        awaitCancelled();
        await().until(LedgerFiles::open, List::isEmpty);
        assertFalse(Files.exists(build.getParent().getRootDir().toPath()), "the deleted job has come back");
    }

    @Test
    void deletionOfTheJobIsNotHeldUpByADeadApi() throws Exception {
        WorkflowRun build = start(step());
        GITPOD.simulator()
                .faults()
                .add(FaultRule.on("CancelPrebuild", Fault.status(503, "unavailable", "down"))
                        .forever());
        long before = System.nanoTime();
        build.getParent().delete();
        assertThat(Duration.ofNanos(System.nanoTime() - before), lessThan(Duration.ofSeconds(14)));
        assertTrue(onlyPrebuild().isActive());
        GITPOD.simulator().faults().clear();
        awaitCancelled();
    }

    @Test
    void deletionOfTheFolderWithItsCredentialCancelsAsWell() throws Exception {
        Folder folder = jenkins.createProject(Folder.class);
        Account account = GITPOD.simulator().account("folder");
        CredentialsStore store = null;
        for (CredentialsStore each : CredentialsProvider.lookupStores(folder)) {
            if (each.getProvider() instanceof FolderCredentialsProvider) {
                store = each;
            }
        }
        store.addCredentials(Domain.global(), GitpodFixture.secretText("folders", account.token()));
        WorkflowJob job = folder.createProject(WorkflowJob.class, "inside");
        job.setDefinition(new CpsFlowDefinition(step("credentialsId: 'folders'"), true));
        WorkflowRun build = start(job);
        assertEquals(account, onlyPrebuild().creator());
        folder.delete();
        awaitCancelled();
        assertNull(jenkins.jenkins.getItemByFullName(folder.getName()));
        assertFalse(Files.exists(build.getRootDir().toPath()));
    }

    @Test
    void jobThatIsRenamedAndMovedWhileWaitingGoesOnAndItsRecordFollows() throws Exception {
        WorkflowJob job = Builds.pipeline(jenkins, "def p = " + step() + "; echo \"ended ${p.phase}\"");
        WorkflowRun build = start(job);
        job.renameTo("renamed-" + job.getName());
        Folder folder = jenkins.createProject(Folder.class);
        hudson.model.Items.move(job, folder);
        folder.renameTo("renamed-" + folder.getName());
        String fullName = folder.getName() + "/" + job.getName();
        assertTrue(LedgerFiles.text().contains("<jobFullName>" + fullName + "</jobFullName>"), LedgerFiles.text());
        onlyPrebuild().forcePhase(SimPhase.COMPLETED);
        WorkflowRun same =
                jenkins.jenkins.getItemByFullName(fullName, WorkflowJob.class).getBuildByNumber(build.getNumber());
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(same));
        jenkins.assertLogContains("ended COMPLETED", same);
        assertEquals(EndStatus.COMPLETED, record(same).getConclusion());
        assertFalse(onlyPrebuild().isCancelRequested());
    }

    @Test
    void jobThatWasRenamedWhileWaitingIsStillCancelledByItsKill() throws Exception {
        WorkflowRun build = start(step());
        build.getParent().renameTo("other-" + build.getParent().getName());
        build.doKill();
        awaitCancelled();
        awaitConclusion(build, EndStatus.CANCELLED);
    }

    @Test
    void abortEndsTheStepInTimeThoughTheApiIsDeadAndTheCancelGoesOn() throws Exception {
        WorkflowRun build = start("try { " + step() + " } finally { echo 'cleaned up' }");
        GITPOD.simulator().stopListening();
        long before = System.nanoTime();
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertThat(Duration.ofNanos(System.nanoTime() - before), lessThan(Duration.ofSeconds(10)));
        jenkins.assertLogContains(
                "Gitpod has not confirmed that prebuild " + onlyPrebuild().id()
                        + " is cancelled; Jenkins keeps trying after this build",
                build);
        jenkins.assertLogContains("/projects/" + project.id() + "/prebuilds", build);
        jenkins.assertLogContains("cleaned up", build);
        GITPOD.simulator().listen();
        await().atMost(Duration.ofSeconds(30)).until(onlyPrebuild()::phase, SimPhase.CANCELLED::equals);
        awaitConclusion(build, EndStatus.CANCELLED);
    }

    private FreeStyleBuild startFreestyle(String label) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder builder = new GitpodPrebuildBuilder();
        builder.setProjectId(project.id());
        job.getBuildersList().add(builder);
        if (label != null) {
            job.setAssignedLabel(jenkins.jenkins.getLabel(label));
        }
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        return build;
    }

    @Test
    void abortedFreestyleBuildCancels() throws Exception {
        FreeStyleBuild build = startFreestyle(null);
        build.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        awaitCancelled();
    }

    @Test
    void deletionOfAFreestyleJobCancels() throws Exception {
        FreeStyleBuild build = startFreestyle(null);
        build.getParent().delete();
        awaitCancelled();
    }

    @Test
    void agentLostAroundAFreestyleBuildEndsItAndCancels() throws Exception {
        DumbSlave agent = jenkins.createOnlineSlave();
        FreeStyleBuild build = startFreestyle(agent.getNodeName());
        agent.toComputer().disconnect(new OfflineCause.ByCLI("lost"));
        jenkins.waitForCompletion(build);
        jenkins.assertLogContains("lost its agent", build);
        awaitCancelled();
        jenkins.jenkins.removeNode(agent);
    }

    @Test
    void failedBranchCancelsThePrebuildsOfAllOthers() throws Exception {
        WorkflowRun build = Builds.pipeline(
                        jenkins,
                        "parallel failFast: true, one: { " + step() + " }, two: { " + step()
                                + " }, tests: { semaphore 'branch'; error 'a test failed' }")
                .scheduleBuild2(0)
                .waitForStart();
        await().until(() -> prebuilds().size() == 2);
        SemaphoreStep.success("branch/1", null);
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
        await().until(() -> prebuilds().stream().allMatch(prebuild -> prebuild.phase() == SimPhase.CANCELLED));
    }

    @Test
    void detachedPrebuildSurvivesTheKillAndTheDeletionOfItsBuild() throws Exception {
        WorkflowRun build = start(step("wait: false") + "; semaphore 'detached'");
        SemaphoreStep.waitForStart("detached/1", build);
        build.doKill();
        jenkins.waitForCompletion(build);
        await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            build.delete();
            return true;
        });
        assertFalse(onlyPrebuild().isCancelRequested());
        onlyPrebuild().forcePhase(SimPhase.COMPLETED);
        await().until(LedgerFiles::open, List::isEmpty);
        assertFalse(onlyPrebuild().isCancelRequested());
        assertFalse(Files.exists(build.getRootDir().toPath()), "the deleted build has come back");
    }

    /** The anonymous user may not even see that there are jobs. */
    @Test
    void recordIsSavedThoughAnonymousMaySeeNoJob() throws Exception {
        try (var ignored = hudson.security.ACL.as2(Jenkins.ANONYMOUS2)) {
            assertFalse(jenkins.jenkins.hasPermission(Item.READ));
        }
        WorkflowRun build = start(step("wait: false"));
        jenkins.waitForCompletion(build);
        onlyPrebuild().failWith("later");
        awaitConclusion(build, EndStatus.FAILED);
    }
}
