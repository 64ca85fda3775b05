package io.jenkins.plugins.gitpod.lifecycle;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** A request for several environment classes over a restart: each part is found again, and none is requested twice. */
@ExtendWith(FastLimits.class)
class ClassesAfterRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();
    private SimEnvironmentClass small;
    private SimEnvironmentClass large;

    @BeforeEach
    void twoClasses() {
        small = gitpod.simulator().addEnvironmentClass("Small");
        large = gitpod.simulator().addEnvironmentClass("Large");
        gitpod.project().environmentClasses(small, large).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
    }

    @AfterEach
    void close() {
        gitpod.close();
    }

    private String script() {
        return "def p = " + gitpod.step("environmentClassId: 'all'", "connection: 'sim'")
                + "\necho \"ended ${p.parts*.phase}\"";
    }

    private SimPrebuild of(SimEnvironmentClass environmentClass) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(each -> each.environmentClassId().equals(environmentClass.id()))
                .findFirst()
                .orElseThrow();
    }

    private static WorkflowRun build(org.jvnet.hudson.test.JenkinsRule jenkins) {
        return jenkins.jenkins.getAllItems(WorkflowJob.class).get(0).getLastBuild();
    }

    @Test
    void waitsForBothAlsoIfOneEndedBeforeAndTheConnectionWasRenamed() throws Throwable {
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowRun build = pipeline(jenkins, script()).scheduleBuild2(0).waitForStart();
            awaitLog(build, "[Small] Created Gitpod prebuild");
            awaitLog(build, "[Large] Created Gitpod prebuild");
            of(small).forcePhase(SimPhase.COMPLETED);
            awaitLog(build, "[Small] Gitpod prebuild " + of(small).id() + " completed");
            GitpodConnection before =
                    GitpodGlobalConfiguration.get().getConnections().get(0);
            GitpodConnection renamed = new GitpodConnection("renamed", before.getApiUrl());
            renamed.setCredentialsId(before.getCredentialsId());
            GitpodGlobalConfiguration.get().setConnections(List.of(renamed));
        });
        sessions.then(jenkins -> {
            WorkflowRun build = build(jenkins);
            awaitLog(build, "Resumed waiting for Gitpod prebuild " + of(large).id());
            of(large).forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            jenkins.assertLogContains("ended [COMPLETED, COMPLETED]", build);
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(2, gitpod.simulator().records().count("CreatePrebuild"));
        assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
    }

    @Test
    void requestsThePartThatWasNotSentAndAdoptsTheOneWhoseResponseWasLost() throws Throwable {
        sessions.then(jenkins -> {
            gitpod.connect();
            GitpodGlobalConfiguration.get().getConnections().get(0).setMaximumConcurrent(1);
            gitpod.simulator().faults().add(FaultRule.on("CreatePrebuild", Fault.resetAfterActing()));
            gitpod.simulator()
                    .faults()
                    .add(FaultRule.on("ListPrebuilds", Fault.status(503, "unavailable", "later"))
                            .forever());
            WorkflowRun build = pipeline(jenkins, script()).scheduleBuild2(0).waitForStart();
            awaitLog(build, "No response to the create request");
            await().until(() -> LedgerFiles.open().size() == 1);
        });
        gitpod.simulator().faults().clear();
        // What is configured now does not matter: the build has asked already.
        gitpod.project().prebuildClasses(gitpod.simulator().addEnvironmentClass("Other"));
        sessions.then(jenkins -> {
            GitpodGlobalConfiguration.get().getConnections().get(0).setMaximumConcurrent(null);
            WorkflowRun build = build(jenkins);
            await().until(() -> gitpod.simulator().records().prebuilds().size() == 2);
            // The one that is looked for may be found before the step is back, which then resumes waiting for it.
            awaitLog(build, "Gitpod prebuild " + of(small).id());
            awaitLog(build, "Gitpod prebuild " + of(large).id());
            of(small).forcePhase(SimPhase.COMPLETED);
            of(large).forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            jenkins.assertLogContains("ended [COMPLETED, COMPLETED]", build);
        });
        assertEquals(2, gitpod.simulator().records().prebuilds().size());
    }

    @Test
    void anAbortCancelsBoth() throws Throwable {
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowRun build = pipeline(jenkins, script()).scheduleBuild2(0).waitForStart();
            awaitLog(build, "[Small] Created Gitpod prebuild");
            awaitLog(build, "[Large] Created Gitpod prebuild");
        });
        sessions.then(jenkins -> {
            WorkflowRun build = build(jenkins);
            awaitLog(build, "Resumed waiting for Gitpod prebuild " + of(small).id());
            awaitLog(build, "Resumed waiting for Gitpod prebuild " + of(large).id());
            build.getExecutor().interrupt();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
            await().until(() -> !of(small).isActive() && !of(large).isActive());
        });
        assertEquals(2, gitpod.simulator().records().prebuilds().size());
    }

    /** Its program is set back to what was saved before the step, as a crash may leave it. */
    @Test
    void aStepThatJenkinsRunsOnceMoreGoesOnWithAllItsPrebuilds() throws Throwable {
        Path[] program = new Path[1];
        byte[][] before = new byte[1][];
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowRun build = pipeline(jenkins, "semaphore 'before'\n" + script())
                    .scheduleBuild2(0)
                    .waitForStart();
            SemaphoreStep.waitForStart("before/1", build);
            program[0] = build.getRootDir().toPath().resolve("program.dat");
            await().until(() -> Files.exists(program[0]));
            before[0] = Files.readAllBytes(program[0]);
            SemaphoreStep.success("before/1", null);
            await().until(() -> LedgerFiles.text().split("<prebuildId>").length == 3);
        });
        Files.write(program[0], before[0]);
        sessions.then(jenkins -> {
            SemaphoreStep.success("before/1", null);
            WorkflowRun build = build(jenkins);
            awaitLog(build, "Resumed waiting for Gitpod prebuild " + of(small).id());
            awaitLog(build, "Resumed waiting for Gitpod prebuild " + of(large).id());
            of(small).forcePhase(SimPhase.COMPLETED);
            of(large).forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            jenkins.assertLogContains("ended [COMPLETED, COMPLETED]", build);
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(2, gitpod.simulator().records().count("CreatePrebuild"));
    }
}
