package io.jenkins.plugins.gitpod.lifecycle;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs that are renamed or deleted before their requests have reached Gitpod. */
@ExtendWith(FastLimits.class)
class MovedWhilePendingTest extends GitpodTestBase {

    private static final String WAITS = "waiting for one of them to end";

    private SimProject project;

    @BeforeEach
    void newProject() {
        project = gitpod.simulator().addProject("p" + UUID.randomUUID()).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
    }

    @AfterEach
    void nothingRuns() {
        gitpod.simulator().faults().clear();
        maximum(null);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> prebuilds().stream().filter(SimPrebuild::isActive).toList(), List::isEmpty);
        await().atMost(Duration.ofSeconds(30)).until(LedgerFiles::open, List::isEmpty);
    }

    private List<SimPrebuild> prebuilds() {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .toList();
    }

    private static void maximum(Integer concurrent) {
        GitpodConnection connection =
                GitpodGlobalConfiguration.get().getConnections().get(0);
        connection.setMaximumConcurrent(concurrent);
        GitpodGlobalConfiguration.get().setConnections(List.of(connection));
    }

    private WorkflowRun start(String... options) throws Exception {
        return Builds.pipeline(jenkins, gitpod.stepOf(project, options))
                .scheduleBuild2(0)
                .waitForStart();
    }

    private static void rename(WorkflowRun build) throws Exception {
        build.getParent().renameTo("other-" + build.getParent().getName());
    }

    private static void awaitConclusion(Run<?, ?> build, EndStatus expected) {
        await().until(
                        () -> build.getAction(PrebuildAction.class),
                        action -> action != null && action.getRecords().get(0).getConclusion() == expected);
    }

    private void awaitCancelled() {
        await().until(() -> prebuilds().get(0).phase(), SimPhase.CANCELLED::equals);
    }

    /** A build whose request is undecided, because Gitpod does not answer, and whose job is renamed meanwhile. */
    private WorkflowRun renamedWhileUndecided(Fault.Hang hang) throws Exception {
        gitpod.simulator().faults().add(FaultRule.on("GetProject", hang));
        WorkflowRun build = start("whenActive: 'JOIN'");
        await().until(() -> hang.held() == 1);
        rename(build);
        return build;
    }

    @Test
    void aBuildThatWasRenamedWhileUndecidedIsRecordedAndCancelledByItsKill() throws Exception {
        Fault.Hang hang = Fault.hangBeforeActing();
        WorkflowRun build = renamedWhileUndecided(hang);
        hang.release();
        awaitLog(build, "Created Gitpod prebuild");
        await().until(() -> build.getAction(PrebuildAction.class) != null);
        build.doKill();
        awaitCancelled();
        awaitConclusion(build, EndStatus.CANCELLED);
    }

    @Test
    void aBuildThatWasRenamedAndKilledWhileUndecidedGetsNoPrebuild() throws Exception {
        Fault.Hang hang = Fault.hangBeforeActing();
        WorkflowRun build = renamedWhileUndecided(hang);
        build.doKill();
        awaitConclusion(build, EndStatus.CANCELLED);
        hang.release();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertEquals(List.of(), prebuilds());
    }

    @Test
    void aBuildThatWasRenamedWhileItWaitedForAPlaceIsRecordedAndCancelledByItsKill() throws Exception {
        maximum(1);
        WorkflowRun first = start();
        awaitLog(first, "Created Gitpod prebuild");
        WorkflowRun second = start();
        WorkflowRun third = start();
        awaitLog(second, WAITS);
        awaitLog(third, WAITS);
        rename(second);
        third.getParent().delete();
        prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        awaitLog(second, "Created Gitpod prebuild");
        second.doKill();
        await().until(() -> prebuilds().get(1).phase(), SimPhase.CANCELLED::equals);
        awaitConclusion(second, EndStatus.CANCELLED);
        maximum(null);
        assertEquals(2, prebuilds().size(), "none for the job that was deleted");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
    }

    @Test
    void aBuildThatLeftItsPrebuildToOthersIsRecordedUnderItsNewName() throws Exception {
        WorkflowRun first = start("whenActive: 'JOIN'");
        awaitLog(first, "Created Gitpod prebuild");
        WorkflowRun second = start("whenActive: 'JOIN'");
        awaitConclusionOfNone(second);
        second.doStop();
        awaitConclusion(second, EndStatus.LEFT_RUNNING);
        jenkins.waitForCompletion(second);
        rename(second);
        prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        await().until(() -> second.getAction(PrebuildAction.class)
                .getRecords()
                .get(0)
                .getResult()
                .getPhase()
                .equals("COMPLETED"));
        assertFalse(prebuilds().get(0).isCancelRequested());
    }

    private static void awaitConclusionOfNone(Run<?, ?> build) {
        awaitConclusion(build, null);
    }
}
