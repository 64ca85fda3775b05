package io.jenkins.plugins.gitpod.lifecycle;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Run;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** What is not saved yet when Jenkins is stopped is saved then. {@link CrashTest} kills it instead. */
@ExtendWith(FastLimits.class)
class UnsavedPhasesTest {

    private static final String DELAY = "io.jenkins.plugins.gitpod.request.EngineProperties.saveDelay";
    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();
    private List<String> seen;
    private List<String> seenOfDetached;

    @BeforeEach
    void delay() {
        System.setProperty(DELAY, "1h");
    }

    @AfterEach
    void close() {
        System.clearProperty(DELAY);
        gitpod.close();
    }

    private SimPrebuild last() {
        List<SimPrebuild> all = gitpod.simulator().records().prebuilds();
        return all.get(all.size() - 1);
    }

    private WorkflowRun start(JenkinsRule jenkins, String name, String... options) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(gitpod.step(options), true));
        WorkflowRun build = job.scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        return build;
    }

    private static List<String> phases(Run<?, ?> build) {
        return build.getAction(PrebuildAction.class).getRecords().get(0).getPhases().stream()
                .map(PhaseChange::toString)
                .toList();
    }

    /** Returns the phases of the build's prebuild, the last of which is in no file yet. */
    private List<String> enterRunning(WorkflowRun build) throws Exception {
        last().forcePhase(SimPhase.RUNNING);
        await().atMost(SOON).until(() -> phases(build).size() == 2);
        Path file = build.getRootDir().toPath().resolve("build.xml");
        assertThat(Files.readString(file), not(containsString("RUNNING")));
        return phases(build);
    }

    @Test
    void aRestartLosesNeitherPhasesNorStatistics() throws Throwable {
        gitpod.project().plan(PhasePlan.stuckIn(SimPhase.PENDING));
        String projectId = gitpod.project().id();
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowRun completed = start(jenkins, "completed");
            last().forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(completed));
            seen = enterRunning(start(jenkins, "waiting"));
            // Jenkins itself saves a pipeline that runs, but not one that has ended.
            WorkflowRun detached = start(jenkins, "detached", "wait: false");
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(detached));
            seenOfDetached = enterRunning(detached);
        });
        sessions.then(jenkins -> {
            WorkflowRun waiting = jenkins.jenkins
                    .getItemByFullName("waiting", WorkflowJob.class)
                    .getLastBuild();
            assertEquals(seen, phases(waiting));
            assertEquals(
                    seenOfDetached,
                    phases(jenkins.jenkins
                            .getItemByFullName("detached", WorkflowJob.class)
                            .getLastBuild()));
            assertEquals(
                    1,
                    PrebuildService.get()
                            .queries()
                            .orElseThrow()
                            .usual(projectId, null)
                            .prebuilds());
            for (String directory : List.of("completed", "run-times")) {
                Path file = LedgerFiles.directory().resolve(directory).resolve(projectId + ".xml");
                assertThat(Files.readString(file), containsString("<prebuild>"));
            }
            gitpod.simulator().records().active().forEach(each -> each.forcePhase(SimPhase.COMPLETED));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(waiting));
        });
        assertEquals(3, gitpod.simulator().records().count("CreatePrebuild"));
    }
}
