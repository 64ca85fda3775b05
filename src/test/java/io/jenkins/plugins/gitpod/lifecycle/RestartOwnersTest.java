package io.jenkins.plugins.gitpod.lifecycle;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DisableResumeJobProperty;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Many builds over one restart: those that come back and those that do not. */
@ExtendWith(FastLimits.class)
class RestartOwnersTest {

    private static final List<SimPhase> PHASES = List.of(
            SimPhase.PENDING,
            SimPhase.STARTING,
            SimPhase.RUNNING,
            SimPhase.STOPPING,
            SimPhase.SNAPSHOTTING,
            SimPhase.CANCELLING);

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();
    private final Map<String, SimProject> projects = new ConcurrentHashMap<>();

    @AfterEach
    void close() {
        gitpod.close();
    }

    private SimProject project(String job) {
        return projects.computeIfAbsent(
                job, name -> gitpod.simulator().addProject(name).plan(PhasePlan.stuckIn(SimPhase.RUNNING)));
    }

    private List<SimPrebuild> prebuilds(String job) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project(job).id()))
                .toList();
    }

    private SimPrebuild only(String job) {
        assertEquals(1, prebuilds(job).size(), "prebuilds of " + job);
        return prebuilds(job).get(0);
    }

    private WorkflowJob pipeline(JenkinsRule jenkins, String name, String... options) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        String script = "def p = " + gitpod.stepOf(project(name), options) + "\necho \"ended ${p.phase}\"";
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private static Run<?, ?> last(JenkinsRule jenkins, String job) {
        return jenkins.jenkins.getItemByFullName(job, Job.class).getLastBuild();
    }

    private static PrebuildRecord record(Run<?, ?> build, int index) {
        return build.getAction(PrebuildAction.class).getRecords().get(index);
    }

    /** Numbers of the builds that are in memory; asking for them loads none. */
    private static Set<Integer> loaded(JenkinsRule jenkins, String job) {
        return jenkins.jenkins
                .getItemByFullName(job, WorkflowJob.class)
                .getLazyBuildMixIn()
                ._getRuns()
                .getLoadedBuilds()
                .keySet();
    }

    @Test
    void eachPhaseAtEachDurabilityLevelSurvivesARestartWhichLoadsNoFinishedBuild() throws Throwable {
        List<String> names = new ArrayList<>();
        sessions.then(jenkins -> {
            gitpod.connect();
            for (FlowDurabilityHint hint : FlowDurabilityHint.values()) {
                for (SimPhase phase : PHASES) {
                    String name = hint.name() + "-" + phase;
                    names.add(name);
                    project(name).plan(PhasePlan.stuckIn(phase));
                    WorkflowJob job = pipeline(jenkins, name);
                    job.addProperty(new DurabilityHintJobProperty(hint));
                    job.scheduleBuild2(0).waitForStart();
                }
            }
            WorkflowJob detached = pipeline(jenkins, "detached", "wait: false");
            jenkins.buildAndAssertSuccess(detached);
            jenkins.buildAndAssertSuccess(detached);
            WorkflowJob finished = pipeline(jenkins, "finished");
            project("finished").plan(PhasePlan.quick(Duration.ofMillis(50)));
            jenkins.buildAndAssertSuccess(finished);
            for (String name : names) {
                awaitLog(last(jenkins, name), "Created Gitpod prebuild");
            }
            assertEquals(20, LedgerFiles.open().size());
        });
        sessions.then(jenkins -> {
            int reads = gitpod.simulator().records().count("ListPrebuilds");
            await().until(() -> gitpod.simulator().records().count("ListPrebuilds") > reads + 2);
            assertEquals(Set.of(), loaded(jenkins, "detached"), "loaded without a need");
            assertEquals(Set.of(), loaded(jenkins, "finished"), "loaded without a need");
            for (String name : names) {
                awaitLog(
                        last(jenkins, name),
                        "Resumed waiting for Gitpod prebuild " + only(name).id() + ".");
                only(name).forcePhase(name.endsWith("CANCELLING") ? SimPhase.CANCELLED : SimPhase.COMPLETED);
            }
            for (String name : names) {
                Run<?, ?> build = jenkins.waitForCompletion(last(jenkins, name));
                if (name.endsWith("CANCELLING")) {
                    jenkins.assertBuildStatus(Result.ABORTED, build);
                    jenkins.assertLogContains("was cancelled in Gitpod by someone else", build);
                } else {
                    jenkins.assertBuildStatusSuccess(build);
                    jenkins.assertLogContains("ended COMPLETED", build);
                }
            }
            assertEquals(Set.of(), loaded(jenkins, "detached"), "loaded without a need");
            prebuilds("detached").forEach(prebuild -> prebuild.failWith("late"));
            WorkflowJob detached = jenkins.jenkins.getItemByFullName("detached", WorkflowJob.class);
            for (int number = 1; number <= 2; number++) {
                WorkflowRun build = detached.getBuildByNumber(number);
                await().until(() -> record(build, 0).getConclusion(), EndStatus.FAILED::equals);
                assertThat(record(build, 0).getMessage(), containsString("late"));
            }
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
        assertEquals(21, gitpod.simulator().records().count("CreatePrebuild"));
    }

    private final LogRecorder log = new LogRecorder();

    @Test
    void ownersThatDoNotComeBackAreCancelledAndADamagedEntryStopsNothing() throws Throwable {
        List<Path> damaged = new ArrayList<>();
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowJob noResume = pipeline(jenkins, "noResume");
            noResume.addProperty(new DisableResumeJobProperty());
            noResume.scheduleBuild2(0).waitForStart();
            pipeline(jenkins, "aborted").scheduleBuild2(0).waitForStart();
            pipeline(jenkins, "waiting").scheduleBuild2(0).waitForStart();
            pipeline(jenkins, "damaged").scheduleBuild2(0).waitForStart();
            FreeStyleProject freestyle = jenkins.createFreeStyleProject("freestyle");
            GitpodPrebuildBuilder builder = new GitpodPrebuildBuilder();
            builder.setProjectId(project("freestyle").id());
            freestyle.getBuildersList().add(builder);
            freestyle.scheduleBuild2(0).waitForStart();
            for (String name : List.of("noResume", "aborted", "waiting", "damaged", "freestyle")) {
                awaitLog(last(jenkins, name), "Created Gitpod prebuild");
            }
            for (Path file : LedgerFiles.open()) {
                if (Files.readString(file).contains("damaged#1")) {
                    damaged.add(file);
                }
            }
            gitpod.simulator()
                    .faults()
                    .add(FaultRule.on("CancelPrebuild", Fault.status(503, "unavailable", "down"))
                            .forever());
            Run<?, ?> aborted = last(jenkins, "aborted");
            aborted.getExecutor().interrupt();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(aborted));
            jenkins.assertLogContains("Gitpod has not confirmed that prebuild", aborted);
        });
        assertEquals(1, damaged.size());
        Files.writeString(damaged.get(0), "<gitpod-prebuild-request><requestId>half an entry");
        Files.writeString(damaged.get(0).resolveSibling("x.xml-atomic1.tmp"), "<left");
        gitpod.simulator().faults().clear();
        log.record("io.jenkins.plugins.gitpod.store.XmlFolder", java.util.logging.Level.WARNING)
                .capture(100);
        sessions.then(jenkins -> {
            for (String name : List.of("noResume", "aborted", "freestyle")) {
                await().atMost(Duration.ofSeconds(30)).until(only(name)::phase, SimPhase.CANCELLED::equals);
            }
            Run<?, ?> lost = jenkins.waitForCompletion(last(jenkins, "damaged"));
            jenkins.assertBuildStatus(Result.FAILURE, lost);
            jenkins.assertLogContains(
                    "Cannot tell what happened to Gitpod prebuild "
                            + only("damaged").id() + ": its record is missing or damaged",
                    lost);
            jenkins.assertLogContains("/projects/" + project("damaged").id(), lost);
            assertTrue(log.getMessages().stream().anyMatch(line -> line.contains("is damaged and was set aside")));
            assertTrue(Files.exists(LedgerFiles.directory()
                    .resolve("damaged")
                    .resolve(damaged.get(0).getFileName())));
            assertFalse(Files.exists(damaged.get(0).resolveSibling("x.xml-atomic1.tmp")));
            // Only prebuilds in the ledger are ever touched.
            assertFalse(only("damaged").isCancelRequested());
            assertTrue(last(jenkins, "waiting").isBuilding());
            assertFalse(only("waiting").isCancelRequested());
            only("waiting").forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last(jenkins, "waiting")));
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(5, gitpod.simulator().records().count("CreatePrebuild"));
    }

    @Test
    void detachedStepEndsOnceItsLostCreateIsFoundAfterTheRestart() throws Throwable {
        Fault.Hang unanswered = Fault.hangAfterActing();
        gitpod.simulator().faults().add(FaultRule.on("CreatePrebuild", unanswered));
        sessions.then(jenkins -> {
            gitpod.connect();
            pipeline(jenkins, "detached", "wait: false").scheduleBuild2(0).waitForStart();
            await().until(() -> unanswered.held() == 1);
        });
        sessions.then(jenkins -> {
            Run<?, ?> build = jenkins.waitForCompletion(last(jenkins, "detached"));
            jenkins.assertBuildStatusSuccess(build);
            jenkins.assertLogContains("ended", build);
            assertEquals(only("detached").id(), record(build, 0).getResult().getId());
            assertTrue(only("detached").isActive());
            only("detached").forcePhase(SimPhase.COMPLETED);
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(1, gitpod.simulator().records().count("CreatePrebuild"));
        assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
    }

    @Test
    void buildThatWasNotSavedInTimeShowsItsPrebuildAgain() throws Throwable {
        Path[] file = new Path[1];
        sessions.then(jenkins -> {
            gitpod.connect();
            pipeline(jenkins, "unsaved").scheduleBuild2(0).waitForStart();
            Run<?, ?> build = last(jenkins, "unsaved");
            awaitLog(build, "Created Gitpod prebuild");
            file[0] = build.getRootDir().toPath().resolve("build.xml");
        });
        String saved = Files.readString(file[0]);
        String action = PrebuildAction.class.getName();
        String without = saved.replaceAll("(?s)<" + action + "[ >].*</" + action + ">", "");
        assertFalse(without.equals(saved), "the record was there");
        Files.writeString(file[0], without);
        sessions.then(jenkins -> {
            Run<?, ?> build = last(jenkins, "unsaved");
            awaitLog(
                    build,
                    "Resumed waiting for Gitpod prebuild " + only("unsaved").id() + ".");
            await().until(() -> build.getAction(PrebuildAction.class) != null);
            assertEquals(only("unsaved").id(), record(build, 0).getResult().getId());
            only("unsaved").forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        });
    }

    /** A pipeline whose program is set back to what was saved before its step, as a crash may leave it. */
    private WorkflowRun startOlder(JenkinsRule jenkins, String script, Path[] program, byte[][] before)
            throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "older");
        job.setDefinition(new CpsFlowDefinition("semaphore 'before'\n" + script, true));
        WorkflowRun build = job.scheduleBuild2(0).waitForStart();
        SemaphoreStep.waitForStart("before/1", build);
        program[0] = build.getRootDir().toPath().resolve("program.dat");
        await().until(() -> Files.exists(program[0]));
        before[0] = Files.readAllBytes(program[0]);
        SemaphoreStep.success("before/1", null);
        return build;
    }

    @Test
    void stepThatASavedPipelineDoesNotKnowOfLosesItsPrebuild() throws Throwable {
        Path[] program = new Path[1];
        byte[][] before = new byte[1][];
        sessions.then(jenkins -> {
            gitpod.connect();
            awaitLog(startOlder(jenkins, gitpod.stepOf(project("older")), program, before), "Created Gitpod prebuild");
        });
        Files.write(program[0], before[0]);
        sessions.then(jenkins -> {
            await().atMost(Duration.ofSeconds(30)).until(only("older")::phase, SimPhase.CANCELLED::equals);
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(1, gitpod.simulator().records().count("CreatePrebuild"));
    }

    @Test
    void stepThatJenkinsRunsOnceMoreGoesOnWithItsFirstPrebuildAndOtherStepsGetTheirOwn() throws Throwable {
        Path[] program = new Path[1];
        byte[][] before = new byte[1][];
        String script = "parallel a: { " + gitpod.stepOf(project("older")) + "; echo 'a ended' }, b: { "
                + gitpod.stepOf(project("older"), "timeout: 30") + "; echo 'b ended' }";
        sessions.then(jenkins -> {
            gitpod.connect();
            startOlder(jenkins, script, program, before);
            await().until(() ->
                    prebuilds("older").size() == 2 && LedgerFiles.text().split("<prebuildId>").length == 3);
        });
        Files.write(program[0], before[0]);
        sessions.then(jenkins -> {
            SemaphoreStep.success("before/1", null);
            Run<?, ?> build = last(jenkins, "older");
            for (SimPrebuild prebuild : prebuilds("older")) {
                awaitLog(build, "Resumed waiting for Gitpod prebuild " + prebuild.id() + ".");
            }
        });
        // What was taken over survives a further restart as well.
        sessions.then(jenkins -> {
            prebuilds("older").forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
            Run<?, ?> build = jenkins.waitForCompletion(last(jenkins, "older"));
            jenkins.assertBuildStatusSuccess(build);
            jenkins.assertLogContains("a ended", build);
            jenkins.assertLogContains("b ended", build);
            assertEquals(2, build.getAction(PrebuildAction.class).getRecords().size());
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(2, gitpod.simulator().records().count("CreatePrebuild"));
        assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
    }

    /** Jenkins' own list of running pipelines still has the old name, so that it resumes the build only if something loads it. */
    @Test
    void waitingBuildOfAJobThatWasRenamedKeepsItsPrebuildThoughNothingElseLoadsTheBuild() throws Throwable {
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowJob job = pipeline(jenkins, "before");
            awaitLog(job.scheduleBuild2(0).waitForStart(), "Created Gitpod prebuild");
            job.renameTo("after");
        });
        // A phase that is read loads the build, too.
        Fault.Hang hang = Fault.hangBeforeActing();
        gitpod.simulator().faults().add(FaultRule.on("GetPrebuild", hang).forever());
        sessions.then(jenkins -> {
            await().atMost(Duration.ofSeconds(30)).until(() -> loaded(jenkins, "after"), Set.of(1)::equals);
            hang.release();
            only("before").forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last(jenkins, "after")));
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(0, gitpod.simulator().records().count("CancelPrebuild"));
    }
}
