package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What is set for a connection is what its builds do; elsewhere in this Jenkins prebuilds are read five times a second. */
@ExtendWith(FastLimits.class)
@WithJenkins
class ConnectionLimitsTest {

    private static FreeStyleProject job(JenkinsRule jenkins, GitpodFixture gitpod) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(gitpod.project().id());
        job.getBuildersList().add(step);
        return job;
    }

    @Test
    void aChangeIsForTheNextBuildAndTheOneThatWaitsGoesOn(JenkinsRule jenkins) throws Exception {
        try (GitpodFixture gitpod = new GitpodFixture()) {
            gitpod.connect();
            // An event would have a prebuild read before its time.
            gitpod.simulator()
                    .faults()
                    .add(FaultRule.on("WatchEvents", Fault.status(501, "unimplemented", "no events"))
                            .forever());
            gitpod.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
            FreeStyleBuild waiting = job(jenkins, gitpod).scheduleBuild2(0).waitForStart();
            jenkins.waitForMessage("Gitpod prebuild: RUNNING", waiting);
            SimPrebuild running = gitpod.simulator().records().prebuilds().get(0);

            GitpodConnection slow =
                    new GitpodConnection("sim", gitpod.simulator().apiUrl().toString());
            slow.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
            slow.setShortestPollSeconds(5);
            GitpodGlobalConfiguration.get().setConnections(List.of(slow));

            gitpod.project().plan(PhasePlan.quick(Duration.ofMillis(100)));
            jenkins.buildAndAssertSuccess(job(jenkins, gitpod));
            SimPrebuild second = gitpod.simulator().records().prebuilds().get(1);
            Instant firstRead = gitpod.simulator().records().calls("GetPrebuild").stream()
                    .filter(call -> call.body().contains(second.id()))
                    .map(Call::at)
                    .findFirst()
                    .orElseThrow();
            // Five seconds, give or take a tenth.
            assertThat(Duration.between(second.createdAt(), firstRead), greaterThan(Duration.ofMillis(4400)));

            running.plan(PhasePlan.quick(Duration.ofMillis(100)));
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(waiting));
        }
    }
}
