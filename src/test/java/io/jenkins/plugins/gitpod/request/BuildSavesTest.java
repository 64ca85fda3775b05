package io.jenkins.plugins.gitpod.request;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.XmlFile;
import hudson.model.Run;
import hudson.model.Saveable;
import hudson.model.listeners.SaveableListener;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.TestExtension;

/** How often the file of a build is written for its prebuilds, and what becomes of changes that are not written yet. */
@ExtendWith(FastLimits.class)
class BuildSavesTest extends GitpodTestBase {

    private static final String DELAY = "io.jenkins.plugins.gitpod.request.EngineProperties.saveDelay";
    private static final Duration SOON = Duration.ofSeconds(60);

    private SimProject project;

    /** Notes the builds that this plugin has saved. */
    @TestExtension
    public static final class Saves extends SaveableListener {

        static final List<String> BUILDS = new CopyOnWriteArrayList<>();

        @Override
        public void onChange(Saveable saved, XmlFile file) {
            boolean isOurs = StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> frame.getClassName().equals(BuildRecorder.class.getName())));
            if (saved instanceof Run<?, ?> run && isOurs) {
                BUILDS.add(run.getExternalizableId());
            }
        }
    }

    @BeforeEach
    void newProject() {
        System.setProperty(DELAY, "1h");
        Saves.BUILDS.clear();
        project = gitpod.simulator().addProject("p" + UUID.randomUUID()).plan(PhasePlan.stuckIn(SimPhase.PENDING));
    }

    @AfterEach
    void endPrebuilds() {
        System.clearProperty(DELAY);
        prebuilds().stream().filter(SimPrebuild::isActive).forEach(each -> each.forcePhase(SimPhase.COMPLETED));
        await().atMost(SOON).until(LedgerFiles::open, List::isEmpty);
    }

    private List<SimPrebuild> prebuilds() {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(each -> each.projectId().equals(project.id()))
                .toList();
    }

    private static List<PrebuildRecord> records(Run<?, ?> build) {
        PrebuildAction action = build.getAction(PrebuildAction.class);
        return action == null ? List.of() : action.getRecords();
    }

    private static boolean isIn(PrebuildRecord record, SimPhase phase) {
        return record.getResult() != null && record.getResult().getPhase().equals(phase.name());
    }

    /** Returns when all prebuilds of the build are in a phase, as pages show it. */
    private void enter(SimPhase phase, Run<?, ?> build) {
        prebuilds().forEach(each -> each.forcePhase(phase));
        await(phase.name()).atMost(SOON).until(() -> records(build).stream().allMatch(each -> isIn(each, phase)));
    }

    private static String file(File directory) throws IOException {
        return Files.readString(directory.toPath().resolve("build.xml"));
    }

    private static String phase(SimPhase phase) {
        return "<phase>" + phase.name() + "</phase>";
    }

    private static int count(Run<?, ?> build, SimPhase phase) throws IOException {
        return file(build.getRootDir()).split(phase(phase), -1).length - 1;
    }

    /** A build that has ended, with a prebuild that is starting, which is not in its file yet. */
    private WorkflowRun unsaved() throws Exception {
        WorkflowRun build = jenkins.buildAndAssertSuccess(pipeline(jenkins, gitpod.stepOf(project, "wait: false")));
        await().atMost(SOON).until(() -> !records(build).isEmpty());
        enter(SimPhase.STARTING, build);
        assertThat(file(build.getRootDir()), not(containsString(phase(SimPhase.STARTING))));
        return build;
    }

    private static void saveAll() {
        PrebuildService.get().delayedSaves().saveAll();
    }

    @Test
    void aBuildIsSavedWhenItsPrebuildIsCreatedAndWhenThatEnds() throws Exception {
        WorkflowRun build =
                pipeline(jenkins, gitpod.stepOf(project)).scheduleBuild2(0).waitForStart();
        awaitLog(build, "Created Gitpod prebuild");
        List<SimPhase> phases = List.of(SimPhase.STARTING, SimPhase.RUNNING, SimPhase.STOPPING, SimPhase.SNAPSHOTTING);
        for (SimPhase phase : phases) {
            enter(phase, build);
        }
        assertEquals(List.of(build.getExternalizableId()), Saves.BUILDS);
        assertThat(file(build.getRootDir()), containsString(prebuilds().get(0).id()));
        prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertEquals(2, Saves.BUILDS.size());
        for (SimPhase phase : phases) {
            assertThat(file(build.getRootDir()), containsString(phase(phase)));
        }
        saveAll();
        assertEquals(2, Saves.BUILDS.size(), "nothing is left to save");
    }

    @Test
    void phasesAreSavedAfterAWhile() throws Exception {
        System.setProperty(DELAY, "1s");
        WorkflowRun build = jenkins.buildAndAssertSuccess(pipeline(jenkins, gitpod.stepOf(project, "wait: false")));
        await().atMost(SOON).until(() -> !records(build).isEmpty());
        enter(SimPhase.STARTING, build);
        await().atMost(SOON).until(() -> file(build.getRootDir()).contains(phase(SimPhase.STARTING)));
        assertEquals(2, Saves.BUILDS.size());
    }

    @Test
    void theChangesOfAllPrebuildsOfABuildAreSavedTogether() throws Exception {
        String step = gitpod.stepOf(project);
        WorkflowRun build = pipeline(jenkins, "parallel a: { " + step + " }, b: { " + step + " }")
                .scheduleBuild2(0)
                .waitForStart();
        await().atMost(SOON).until(() -> records(build).size() == 2);
        enter(SimPhase.STARTING, build);
        Saves.BUILDS.clear();
        saveAll();
        assertEquals(1, Saves.BUILDS.size());
        assertEquals(4, count(build, SimPhase.STARTING), "the states and the timelines of both");
        enter(SimPhase.COMPLETED, build);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    @Test
    void anImportantChangeOfOnePrebuildSavesTheOthersToo() throws Exception {
        String step = gitpod.stepOf(project);
        WorkflowRun build = pipeline(jenkins, "parallel a: { " + step + " }, b: { " + step + " }")
                .scheduleBuild2(0)
                .waitForStart();
        await().atMost(SOON).until(() -> records(build).size() == 2);
        enter(SimPhase.STARTING, build);
        Saves.BUILDS.clear();
        prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        await().atMost(SOON).until(() -> !Saves.BUILDS.isEmpty());
        assertEquals(3, count(build, SimPhase.STARTING), "both timelines, and the state of the other");
        saveAll();
        assertEquals(1, Saves.BUILDS.size());
        prebuilds().get(1).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    @Test
    void aBuildIsSavedUnderTheNewNameOfItsJob() throws Exception {
        WorkflowRun build = unsaved();
        File before = build.getRootDir();
        WorkflowJob job = build.getParent();
        job.renameTo("new-" + job.getName());
        saveAll();
        assertFalse(before.exists());
        assertThat(file(job.getBuildByNumber(1).getRootDir()), containsString(phase(SimPhase.STARTING)));
    }

    @Test
    void aDeletedBuildIsNotSaved() throws Exception {
        WorkflowRun build = unsaved();
        build.delete();
        Saves.BUILDS.clear();
        saveAll();
        assertFalse(build.getRootDir().exists());
        assertEquals(List.of(), Saves.BUILDS);
    }

    @Test
    void aBuildOfADeletedJobIsNotSaved() throws Exception {
        WorkflowRun build = unsaved();
        build.getParent().delete();
        Saves.BUILDS.clear();
        saveAll();
        assertFalse(build.getRootDir().exists());
        assertEquals(List.of(), Saves.BUILDS);
    }

    @Test
    void aBuildThatJenkinsHasLoadedAgainGetsTheChangesToo() throws Exception {
        WorkflowRun build = unsaved();
        WorkflowJob job = build.getParent();
        job.getLazyBuildMixIn().getRunMap().purgeCache();
        WorkflowRun again = job.getBuildByNumber(1);
        assertNotSame(build, again);
        saveAll();
        assertTrue(isIn(records(again).get(0), SimPhase.STARTING));
        assertThat(file(build.getRootDir()), containsString(phase(SimPhase.STARTING)));
        assertEquals(
                List.of("PENDING", "STARTING"),
                records(again).get(0).getPhases().stream()
                        .map(PhaseChange::getPhase)
                        .toList());
    }
}
