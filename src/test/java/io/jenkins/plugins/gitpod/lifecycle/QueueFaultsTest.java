package io.jenkins.plugins.gitpod.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * The fault matrix of QUEUE: one build whose prebuild is requested, two builds that are queued, and each call with each fault.
 * Two prebuilds of a project never run at the same time, none is made twice, and no build hangs. All cells run side by side,
 * each with a project of its own.
 */
@ExtendWith(FastLimits.class)
class QueueFaultsTest extends GitpodTestBase {

    private static final int BUILDS = 3;

    /** Of those that end by themselves. */
    private static final Duration LENGTH = Duration.ofMillis(500);

    private static final Map<Cell, WorkflowJob> JOBS = new LinkedHashMap<>();
    private static final Map<Cell, SimProject> PROJECTS = new LinkedHashMap<>();
    private static final Map<Cell, Instant> FIRST_ENDS = new LinkedHashMap<>();
    private static final Set<Cell> STRUCK = ConcurrentHashMap.newKeySet();

    /**
     * One cell.
     *
     * @param isForQueued whether the fault strikes when the first prebuild was made
     * @param fails how many builds fail, at most
     */
    private record Cell(String method, String name, Fault fault, boolean isForQueued, int fails) {

        /** Whether the first build gets a prebuild, which then runs until the other builds are queued. */
        boolean isFirstMade() {
            return fails == 0 || isForQueued;
        }

        FaultRule rule() {
            FaultRule rule = FaultRule.on(method, fault);
            return fails == BUILDS ? rule.forever() : rule;
        }

        @Override
        public String toString() {
            return method
                    + (isForQueued ? " of the queued: " : " of the first: ")
                    + name
                    + (fails == BUILDS ? ", always" : "");
        }
    }

    private static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        Map<String, Fault> create = Map.of(
                "reset before", Fault.resetBeforeActing(),
                "reset after", Fault.resetAfterActing(),
                "closed after", Fault.closeAfterActing(),
                "truncated", Fault.truncatedJson(),
                "500", Fault.status(500, "internal", "oops"),
                "502", Fault.htmlStatus(502),
                "502 after", Fault.htmlStatus(502).afterActing(),
                "503 at once", Fault.retryAfterZero503(),
                "429", Fault.rateLimit(Duration.ofSeconds(1)));
        create.forEach((name, fault) -> {
            cells.add(new Cell("CreatePrebuild", name, fault, false, 0));
            cells.add(new Cell("CreatePrebuild", name, fault, true, 0));
        });
        Fault refused = Fault.status(403, "permission_denied", "no");
        cells.add(new Cell("CreatePrebuild", "refused", refused, false, 1));
        cells.add(new Cell("CreatePrebuild", "refused", refused, true, 2));
        cells.add(new Cell("CreatePrebuild", "refused", refused, false, BUILDS));
        Map<String, Fault> read = Map.of(
                "reset before", Fault.resetBeforeActing(),
                "502", Fault.htmlStatus(502),
                "truncated", Fault.truncatedJson());
        read.forEach((name, fault) -> {
            cells.add(new Cell("GetProject", name, fault, false, 0));
            cells.add(new Cell("ListPrebuilds", name, fault, false, 0));
            cells.add(new Cell("ListPrebuilds", name, fault, true, 0));
            cells.add(new Cell("GetPrebuild", name, fault, true, 0));
        });
        return cells;
    }

    private static boolean strikes(Cell cell, SimProject project, String body) {
        boolean isAbout = body.contains(project.id())
                || made(project).stream().anyMatch(prebuild -> body.contains(prebuild.id()));
        boolean strikes = isAbout && (!cell.isForQueued() || !made(project).isEmpty());
        if (strikes) {
            STRUCK.add(cell);
        }
        return strikes;
    }

    private static List<SimPrebuild> made(SimProject project) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .toList();
    }

    private static boolean isRequested(SimProject project) {
        return gitpod.simulator().records().calls("CreatePrebuild").stream()
                .anyMatch(call -> call.body().contains(project.id()));
    }

    @BeforeAll
    static void startAll() throws Exception {
        for (Cell cell : cells()) {
            SimProject project = gitpod.simulator()
                    .addProject(cell.toString())
                    .plan(cell.isFirstMade() ? PhasePlan.stuckIn(SimPhase.RUNNING) : PhasePlan.quick(LENGTH));
            gitpod.simulator().faults().add(cell.rule().when(call -> strikes(cell, project, call.body())));
            WorkflowJob job = Builds.pipeline(jenkins, gitpod.stepOf(project, "whenActive: 'QUEUE'"));
            job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("number", "")));
            job.setConcurrentBuild(true);
            JOBS.put(cell, job);
            PROJECTS.put(cell, project);
            job.scheduleBuild2(0).waitForStart();
        }
        for (Cell cell : JOBS.keySet()) {
            await().atMost(Duration.ofSeconds(60)).until(() -> isRequested(PROJECTS.get(cell)));
            for (int i = 1; i < BUILDS; i++) {
                JOBS.get(cell)
                        .scheduleBuild2(0, new ParametersAction(new StringParameterValue("number", String.valueOf(i))));
            }
        }
        JOBS.keySet().stream().filter(Cell::isFirstMade).forEach(QueueFaultsTest::endFirst);
    }

    private static void endFirst(Cell cell) {
        SimProject project = PROJECTS.get(cell);
        await(cell.toString())
                .atMost(Duration.ofSeconds(60))
                .until(() -> made(project).size() == 1 && hasWaited(JOBS.get(cell)) == BUILDS - 1);
        project.plan(PhasePlan.quick(LENGTH));
        FIRST_ENDS.put(cell, Instant.now());
        made(project).get(0).forcePhase(SimPhase.COMPLETED);
    }

    private static int hasWaited(WorkflowJob job) throws Exception {
        int waited = 0;
        for (WorkflowRun build : job.getBuilds()) {
            waited += JenkinsRule.getLog(build).contains("The next one is created then.") ? 1 : 0;
        }
        return waited;
    }

    static Stream<Cell> all() {
        return JOBS.keySet().stream();
    }

    private static void awaitEnds(WorkflowJob job) {
        await().atMost(Duration.ofSeconds(120))
                .until(() -> job.getBuilds().size() == BUILDS
                        && job.getBuilds().stream().noneMatch(WorkflowRun::isBuilding));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void oneRunsNoneIsDoubledAndNoneHangs(Cell cell) throws Exception {
        awaitEnds(JOBS.get(cell));
        assertTrue(STRUCK.contains(cell), "the fault never struck");
        int failed = 0;
        for (WorkflowRun build : JOBS.get(cell).getBuilds()) {
            failed += Result.FAILURE.equals(build.getResult()) ? 1 : 0;
            if (!Result.FAILURE.equals(build.getResult())) {
                jenkins.assertBuildStatusSuccess(build);
            }
        }
        assertThat("failed builds", failed, is(lessThanOrEqualTo(cell.fails())));
        List<SimPrebuild> made = made(PROJECTS.get(cell));
        if (cell.fails() == 0) {
            assertEquals(2, made.size(), made.toString());
        }
        for (int i = 1; i < made.size(); i++) {
            Instant end = i == 1 && cell.isFirstMade()
                    ? FIRST_ENDS.get(cell)
                    : made.get(i - 1).createdAt().plus(LENGTH);
            assertFalse(made.get(i).createdAt().isBefore(end), "two at the same time: " + made);
        }
        made.forEach(one -> assertFalse(one.isCancelRequested(), "surplus: " + one));
    }

    @Test
    void nothingIsLeft() {
        JOBS.values().forEach(QueueFaultsTest::awaitEnds);
        await().atMost(Duration.ofSeconds(60)).until(() -> LedgerFiles.open().isEmpty());
        assertEquals(0, gitpod.simulator().records().active().size());
    }
}
