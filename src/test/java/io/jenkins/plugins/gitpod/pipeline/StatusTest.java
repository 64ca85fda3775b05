package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.store.UsualLengths;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What the thread dump of a pipeline says of a step that waits. */
@ExtendWith(FastLimits.class)
@WithJenkins
class StatusTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static JenkinsRule jenkins;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        tookAnHour();
    }

    /** An earlier prebuild of the project ran for an hour, and its snapshot took another one. */
    private static void tookAnHour() {
        Instant zero = Instant.ofEpochSecond(1_790_000_000);
        new UsualLengths(jenkins.jenkins.getRootDir().toPath().resolve("gitpod-prebuilds/lengths"))
                .add(new PrebuildRecord(
                                "request",
                                GITPOD.project().id(),
                                "sim",
                                false,
                                new PrebuildResult("earlier", "https://gitpod.example.com", PrebuildPhase.COMPLETED),
                                EndStatus.COMPLETED,
                                null)
                        .with(
                                zero,
                                List.of(
                                        new PhaseChange("RUNNING", zero),
                                        new PhaseChange("SNAPSHOTTING", zero.plus(Duration.ofHours(1))),
                                        new PhaseChange("COMPLETED", zero.plus(Duration.ofHours(2))))));
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    private static String status(WorkflowRun build) throws Exception {
        return build.getExecution().getCurrentExecutions(true).get().get(0).getStatus();
    }

    private static SimPrebuild last() {
        List<SimPrebuild> all = GITPOD.simulator().records().prebuilds();
        return all.get(all.size() - 1);
    }

    @Test
    void theStepSaysPhaseProgressAndExpectedEndInAtMostEightLinesOfTheConsole() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.PENDING));
        WorkflowRun build = pipeline(jenkins, "node { " + GITPOD.step("logs: 'NONE'") + " }")
                .scheduleBuild2(0)
                .waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        SimPrebuild prebuild = last();
        for (SimPhase phase : List.of(SimPhase.STARTING, SimPhase.RUNNING)) {
            prebuild.forcePhase(phase);
            awaitLog(build, phase.name());
        }
        int calls = GITPOD.simulator().records().calls().size();
        String running = status(build);
        assertThat(
                running,
                matchesPattern(
                        "Gitpod prebuild " + prebuild.id() + ": Running for .+, expected to end in about 1 hr 59 min"));
        String dump = ((CpsFlowExecution) build.getExecution()).getThreadDump().toString();
        assertThat(dump, containsString("gitpodPrebuild"));
        assertThat(dump, containsString(": Running for "));
        for (int i = 0; i < 100; i++) {
            status(build);
        }
        assertThat(GITPOD.simulator().records().calls().size() - calls, lessThan(50));
        prebuild.forcePhase(SimPhase.STOPPING);
        awaitLog(build, "STOPPING");
        prebuild.plan(PhasePlan.of(
                List.of(new PhasePlan.Step(SimPhase.SNAPSHOTTING, Duration.ofSeconds(40))), SimPhase.COMPLETED));
        prebuild.forcePhase(SimPhase.SNAPSHOTTING);
        awaitLog(build, "SNAPSHOTTING");
        assertThat(status(build), containsString(": Saving the snapshot"));
        prebuild.forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        long lines = JenkinsRule.getLog(build)
                .lines()
                .filter(line -> line.contains("[Gitpod]"))
                .count();
        assertThat(lines, lessThan(9L));
    }

    @Test
    void theProgressOfTheSnapshotIsAPercentage() throws Exception {
        // A project of its own, so that its length is not among the usual ones of the other tests.
        SimProject project = GITPOD.simulator()
                .addProject("percentage")
                .plan(PhasePlan.of(
                        List.of(new PhasePlan.Step(SimPhase.SNAPSHOTTING, Duration.ofSeconds(30))),
                        SimPhase.COMPLETED));
        WorkflowRun build =
                pipeline(jenkins, GITPOD.stepOf(project)).scheduleBuild2(0).waitForStart();
        awaitLog(build, "SNAPSHOTTING");
        await().until(() -> status(build), matchesPattern(".*: Saving the snapshot \\([1-9]\\d?%\\) for .*"));
        last().forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    @Test
    void aRequestThatIsNotOpenHasNoStatus() {
        assertNull(PrebuildService.get().status(UUID.randomUUID()));
        assertFalse(PrebuildService.get().isOpen(UUID.randomUUID()));
    }
}
