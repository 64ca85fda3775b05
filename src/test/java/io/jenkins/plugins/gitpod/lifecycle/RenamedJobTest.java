package io.jenkins.plugins.gitpod.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Result;
import hudson.model.TopLevelItem;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.MockFolder;
import org.jvnet.hudson.test.TestExtension;

/**
 * Jobs that are renamed while the prebuild of a build runs that is over and not in memory. Jenkins does not look again for a
 * build that it has not found, and while a job is being renamed, it looks in the wrong place.
 */
@ExtendWith(FastLimits.class)
class RenamedJobTest extends GitpodTestBase {

    private SimProject project;

    @BeforeEach
    void newProject() {
        project = gitpod.simulator().addProject("p" + UUID.randomUUID()).plan(PhasePlan.stuckIn(SimPhase.PENDING));
    }

    @AfterEach
    void reset() {
        AnotherListener.onRenamed = null;
        endPrebuild();
    }

    /** The build of a new job, over and not in memory, while its prebuild runs. */
    private WorkflowJob detached(WorkflowJob job) throws Exception {
        job.setDefinition(new CpsFlowDefinition(gitpod.stepOf(project, "wait: false"), true));
        WorkflowRun build = jenkins.assertBuildStatus(Result.SUCCESS, job.scheduleBuild2(0));
        awaitPhase(build, "PENDING");
        job.getLazyBuildMixIn().getRunMap().purgeCache();
        return job;
    }

    private static void awaitPhase(WorkflowRun build, String phase) {
        await().until(
                        () -> build.getAction(PrebuildAction.class)
                                .getRecords()
                                .get(0)
                                .getResult(),
                        result -> result != null && phase.equals(result.getPhase()));
    }

    private void endPrebuild() {
        gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .filter(SimPrebuild::isActive)
                .forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
        await().until(LedgerFiles::open, List::isEmpty);
    }

    private static void assertNotLoaded(WorkflowJob job) {
        assertEquals(Map.of(), job.getLazyBuildMixIn().getRunMap().getLoadedBuilds());
    }

    private static void assertRecorded(WorkflowJob job) {
        WorkflowRun build = job.getBuildByNumber(1);
        assertNotNull(build, "Jenkins has lost the build");
        awaitPhase(build, "COMPLETED");
    }

    @Test
    void aBuildThatIsNotInMemoryIsFoundAndRecordedUnderItsNewName() throws Exception {
        WorkflowJob job = detached(Builds.pipeline(jenkins, "echo 'replaced'"));
        assertNotLoaded(job);
        job.renameTo("new-" + job.getName());
        endPrebuild();
        assertRecorded(job);
    }

    @Test
    void aBuildThatIsNotInMemoryIsFoundAndRecordedInARenamedFolder() throws Exception {
        MockFolder folder = jenkins.createFolder("folder-" + UUID.randomUUID());
        WorkflowJob job = detached(folder.createProject(WorkflowJob.class, "job"));
        assertNotLoaded(job);
        folder.renameTo("new-" + folder.getName());
        endPrebuild();
        assertRecorded(job);
    }

    @Test
    void anEndBeforeTheListenersAreToldTheNewNameIsRecorded() throws Exception {
        WorkflowJob job = detached(Builds.pipeline(jenkins, "echo 'replaced'"));
        AnotherListener.onRenamed = () -> {
            assertNotLoaded(job);
            endPrebuild();
        };
        job.renameTo("new-" + job.getName());
        assertRecorded(job);
    }

    @Test
    void anEndWhileTheFilesAreMovedAndTheJobIsFoundByItsOldNameIsRecorded() throws Exception {
        SlowFolder folder = new SlowFolder(jenkins.jenkins, "slow-" + UUID.randomUUID());
        jenkins.jenkins.putItem(folder);
        WorkflowJob job = detached(folder.createProject(WorkflowJob.class, "job"));
        folder.whileRenaming = () -> {
            assertNotLoaded(job);
            endPrebuild();
        };
        job.renameTo("new-name");
        assertRecorded(job);
    }

    /** A step that has not come back since a restart would lose its prebuild. */
    @Test
    void aBuildWhoseJobIsBeingRenamedIsNotOneThatIsGone() throws Exception {
        SlowFolder folder = new SlowFolder(jenkins.jenkins, "slow-" + UUID.randomUUID());
        jenkins.jenkins.putItem(folder);
        WorkflowJob job = folder.createProject(WorkflowJob.class, "job");
        String buildId = job.getFullName() + "#1";
        AtomicReference<OrphanCheck.Steps> found = new AtomicReference<>();
        folder.whileRenaming = () -> found.set(OrphanCheck.unlisted(buildId));
        assertNull(OrphanCheck.unlisted(buildId), "there is no such build");
        job.renameTo("new-name");
        assertNotNull(found.get());
        assertFalse(found.get().haveNone(UUID.randomUUID()));
        assertNull(OrphanCheck.unlisted(job.getFullName() + "#1"), "there is no such build");
    }

    @Test
    void aJobThatCannotTellWhereItsBuildsAreIsStillRenamedInOpenRequests() throws Exception {
        WorkflowJob job = detached(Builds.pipeline(jenkins, "echo 'replaced'"));
        JobOfAnotherPlugin broken = new JobOfAnotherPlugin(jenkins.jenkins, "broken-" + UUID.randomUUID());
        PrebuildItemListener listener = new PrebuildItemListener();
        listener.onLocationChanged(broken, job.getFullName(), "elsewhere");
        List<String> renamed = PrebuildService.get().queries().orElseThrow().open().stream()
                .map(OpenPrebuild::jobFullName)
                .toList();
        listener.onLocationChanged(job, "elsewhere", job.getFullName());
        assertEquals(List.of("elsewhere"), renamed);
        endPrebuild();
        assertRecorded(job);
    }

    private static final class JobOfAnotherPlugin extends FreeStyleProject {
        JobOfAnotherPlugin(ItemGroup<?> parent, String name) {
            super(parent, name);
        }

        @Override
        public File getBuildDir() {
            throw new IllegalStateException("no place yet");
        }
    }

    /** A listener of another plugin. */
    @TestExtension
    public static final class AnotherListener extends ItemListener {
        private static volatile Runnable onRenamed;

        @Override
        public void onRenamed(Item item, String oldName, String newName) {
            Runnable what = onRenamed;
            if (what != null) {
                what.run();
            }
        }
    }

    /** Takes its time until it knows a job by its new name. */
    private static final class SlowFolder extends MockFolder {
        private transient Runnable whileRenaming;

        SlowFolder(ItemGroup<?> parent, String name) {
            super(parent, name);
        }

        @Override
        public void onRenamed(TopLevelItem item, String oldName, String newName) throws IOException {
            whileRenaming.run();
            super.onRenamed(item, oldName, newName);
        }
    }
}
