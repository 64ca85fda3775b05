package io.jenkins.plugins.gitpod.store;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@ExtendWith(FastLimits.class)
@WithJenkins
class SavedStateSizeTest {

    @Test
    void waitingStepAddsLessThanTwoKilobytesToThePipelinesSavedStateAndNoSecret(JenkinsRule jenkins) throws Exception {
        try (GitpodFixture gitpod = new GitpodFixture()) {
            gitpod.connect();
            gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
            long one = savedState(jenkins, gitpod, 1);
            long many = savedState(jenkins, gitpod, 51);
            long each = (many - one) / 50;
            System.out.println("Saved pipeline state per waiting step: " + each + " bytes");
            assertThat(each, lessThan(2048L));
        }
    }

    private static long savedState(JenkinsRule jenkins, GitpodFixture gitpod, int steps) throws Exception {
        int before = gitpod.simulator().records().prebuilds().size();
        String step = gitpod.step("timeout: 90", "connection: 'sim'", "credentialsId: 'gitpod'", "propagate: true");
        WorkflowRun build = Builds.pipeline(
                        jenkins,
                        "def b = [:]; for (int i = 0; i < " + steps + "; i++) { b[\"b${i}\"] = { " + step
                                + " } }; parallel b")
                .scheduleBuild2(0)
                .waitForStart();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> gitpod.simulator().records().prebuilds().size() == before + steps);
        Path program = build.getRootDir().toPath().resolve("program.dat");
        await().until(() -> Files.exists(program));
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20)).until(() -> {
            return !Files.getLastModifiedTime(program)
                    .toInstant()
                    .isAfter(java.time.Instant.now().minusMillis(500));
        });
        byte[] saved = Files.readAllBytes(program);
        assertFalse(new String(saved, StandardCharsets.ISO_8859_1)
                .contains(gitpod.account().token()));
        gitpod.simulator().records().prebuilds().forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        return saved.length;
    }
}
