package io.jenkins.plugins.gitpod.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;

/** A run says in one line when no new environment would use its snapshot. */
@ExtendWith(FastLimits.class)
class UnusedSnapshotTest extends GitpodTestBase {

    private static final PhasePlan QUICK = PhasePlan.quick(Duration.ofSeconds(1));
    private static final String OFF = "[Gitpod] Prebuilds are disabled for the Gitpod project ";

    @AfterEach
    void calm() {
        gitpod.simulator().faults().clear();
    }

    private static SimProject project(String name) {
        return gitpod.simulator().addProject(name).plan(QUICK);
    }

    private static WorkflowRun run(SimProject project, String... options) throws Exception {
        return jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, gitpod.stepOf(project, options)));
    }

    private static long lines(WorkflowRun build, String text) throws Exception {
        return JenkinsRule.getLog(build)
                .lines()
                .filter(line -> line.contains(text))
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait: true", "wait: false", "whenActive: 'JOIN'"})
    void prebuildsThatAreOffAreSaidOnce(String option) throws Exception {
        WorkflowRun build = run(project("off").prebuildsEnabled(false), option);
        assertEquals(1, lines(build, OFF + "off, so new environments do not use this prebuild."));
    }

    @Test
    void aClassWithoutPrebuildsIsSaid() throws Exception {
        SimEnvironmentClass regular = gitpod.simulator().addEnvironmentClass("regular");
        SimEnvironmentClass large = gitpod.simulator().addEnvironmentClass("large");
        SimProject project =
                project("classes").environmentClasses(regular, large).prebuildClasses(regular);
        String unused = "[Gitpod] The environment class " + large.id() + " is not one of the prebuild classes";
        assertEquals(1, lines(run(project, "environmentClassId: '" + large.id() + "'"), unused));
        assertEquals(0, lines(run(project), "prebuild classes"));
        project.prebuildClasses(large);
        WorkflowRun standard = run(gitpod.simulator()
                .addProject("default")
                .plan(QUICK)
                .environmentClasses(regular, large)
                .prebuildClasses(large));
        assertEquals(
                1, lines(standard, "The environment class " + regular.id() + " is not one of the prebuild classes"));
    }

    @Test
    void aProjectThatIsSetUpForPrebuildsIsReadOnceAndNothingIsSaid() throws Exception {
        gitpod.simulator().records().clear();
        SimProject project = project("on");
        WorkflowRun build = run(project);
        assertEquals(0, lines(build, "so new environments do not use"));
        List<String> methods = gitpod.simulator().records().calls().stream()
                .map(call -> call.method())
                .filter(method -> method.equals("CreatePrebuild") || method.equals("GetProject"))
                .toList();
        assertEquals(List.of("CreatePrebuild", "GetProject"), methods);
    }

    @Test
    void aProjectThatCannotBeReadDisturbsNothing() throws Exception {
        gitpod.simulator()
                .faults()
                .add(FaultRule.on("GetProject", Fault.status(403, "permission_denied", "not you"))
                        .times(10));
        WorkflowRun build = run(project("secret").prebuildsEnabled(false), "wait: false");
        jenkins.assertLogNotContains("not you", build);
        jenkins.assertLogNotContains(OFF, build);
    }

    @Test
    void aProjectWhoseReadHangsHoldsUpNoStep() throws Exception {
        Fault.Hang hang = Fault.hangBeforeActing();
        gitpod.simulator().faults().add(FaultRule.on("GetProject", hang));
        try {
            run(project("slow"), "wait: false");
        } finally {
            hang.release();
        }
    }

    @Test
    void anIdInUpperCaseIsSentInLowerCaseAndABlankClassIsNone() throws Exception {
        SimProject project = project("upper");
        gitpod.simulator().records().clear();
        jenkins.buildAndAssertSuccess(Builds.pipeline(
                jenkins,
                "gitpodPrebuild projectId: ' " + project.id().toUpperCase(Locale.ROOT) + " ', environmentClassId: ''"));
        assertEquals(
                "{\"projectId\":\"" + project.id() + "\",\"spec\":{}}",
                gitpod.simulator().records().calls("CreatePrebuild").get(0).body());
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId("${PROJECT}");
        step.setEnvironmentClassId(" ");
        job.getBuildersList().add(step);
        job.addProperty(new hudson.model.ParametersDefinitionProperty(new hudson.model.StringParameterDefinition(
                "PROJECT", project.id().toUpperCase(Locale.ROOT) + " ")));
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("of project " + project.id(), build);
        assertEquals(
                "{\"projectId\":\"" + project.id() + "\",\"spec\":{}}",
                gitpod.simulator().records().calls("CreatePrebuild").get(1).body());
    }
}
