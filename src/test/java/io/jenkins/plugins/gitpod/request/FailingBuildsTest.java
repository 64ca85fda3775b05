package io.jenkins.plugins.gitpod.request;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.thoughtworks.xstream.converters.Converter;
import com.thoughtworks.xstream.converters.MarshallingContext;
import com.thoughtworks.xstream.converters.UnmarshallingContext;
import com.thoughtworks.xstream.io.HierarchicalStreamReader;
import com.thoughtworks.xstream.io.HierarchicalStreamWriter;
import hudson.model.FreeStyleProject;
import hudson.model.InvisibleAction;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import io.jenkins.plugins.gitpod.testing.Remote;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.log.TaskListenerDecorator;
import org.jenkinsci.plugins.workflow.test.steps.SemaphoreStep;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Builds that cannot be saved, consoles that cannot be written, and listeners of other plugins that throw. */
@ExtendWith(FastLimits.class)
@WithJenkins
class FailingBuildsTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();

    /** Of the builds whose console hangs. */
    private static final CountDownLatch CONSOLES = new CountDownLatch(1);

    private static JenkinsRule jenkins;

    private SimProject project;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        rule.jenkins.setNumExecutors(10);
        GITPOD.connect();
    }

    @AfterAll
    static void close() {
        CONSOLES.countDown();
        GITPOD.close();
    }

    @BeforeEach
    void newProject() {
        project = GITPOD.simulator().addProject("p" + UUID.randomUUID()).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
    }

    @AfterEach
    void nothingRuns() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> prebuilds().stream().filter(SimPrebuild::isActive).toList(), List::isEmpty);
        await().atMost(Duration.ofSeconds(30)).until(LedgerFiles::open, List::isEmpty);
    }

    private List<SimPrebuild> prebuilds() {
        return GITPOD.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .toList();
    }

    private WorkflowRun start(String name, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    /** What core lets through: a class of another plugin is missing. Only where the plugin saves, or Jenkins ends the build. */
    public static final class UnlinkedAction extends InvisibleAction {

        /** Found by XStream. */
        public static final class ConverterImpl implements Converter {
            @Override
            public boolean canConvert(Class type) {
                return type == UnlinkedAction.class;
            }

            @Override
            public void marshal(Object source, HierarchicalStreamWriter writer, MarshallingContext context) {
                if (Thread.currentThread().getName().startsWith("gitpod-prebuild")) {
                    throw new NoClassDefFoundError("on purpose");
                }
            }

            @Override
            public Object unmarshal(HierarchicalStreamReader reader, UnmarshallingContext context) {
                return new UnlinkedAction();
            }
        }
    }

    @Test
    void aBuildThatCannotBeSavedEndsWellAndSoDoTheBuildsThatJoinedIt() throws Exception {
        for (InvisibleAction broken : List.of(new Remote.RefusedAction(), new UnlinkedAction())) {
            String name = broken.getClass().getSimpleName();
            project = GITPOD.simulator().addProject(name).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
            String step = GITPOD.stepOf(project, "whenActive: 'JOIN'");
            WorkflowRun first = start(name, step + "; semaphore '" + name + "'");
            awaitLog(first, "Created Gitpod prebuild");
            WorkflowRun joined = start(name + "-joined", step);
            awaitLog(joined, prebuilds().get(0).id());
            first.addOrReplaceAction(broken);
            prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(joined));
            SemaphoreStep.waitForStart(name + "/1", first);
            first.removeActions(broken.getClass());
            SemaphoreStep.success(name + "/1", null);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        }
    }

    @Test
    void aBuildWhoseConsoleThrowsEndsWellAndSoDoTheBuildsThatJoinedIt() throws Exception {
        String step = GITPOD.stepOf(project, "whenActive: 'JOIN'");
        WorkflowRun first = start("throws", step);
        await().until(() -> first.getAction(PrebuildAction.class) != null);
        WorkflowRun joined = start("throws-not", step);
        awaitLog(joined, prebuilds().get(0).id());
        prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(joined));
        jenkins.assertLogNotContains("[Gitpod]", first);
    }

    @Test
    void buildsWhoseConsoleHangsDelayNoOtherBuild() throws Exception {
        List<WorkflowRun> hanging = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            hanging.add(start("hangs" + i, GITPOD.stepOf(project)));
        }
        await().until(() -> prebuilds().size() == 6);
        String step = GITPOD.stepOf(GITPOD.project());
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(start("hangs-not", step)));
        CONSOLES.countDown();
        prebuilds().forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
        for (WorkflowRun build : hanging) {
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        }
    }

    @Test
    void aKilledBuildCancelsAlthoughAListenerOfAnotherPluginThrows() throws Exception {
        WorkflowRun build = start("listener-throws", GITPOD.stepOf(project));
        awaitLog(build, "Created Gitpod prebuild");
        build.doKill();
        await().until(() -> prebuilds().get(0).phase(), SimPhase.CANCELLED::equals);

        FreeStyleProject job = jenkins.createFreeStyleProject("listener-throws-too");
        GitpodPrebuildBuilder builder = new GitpodPrebuildBuilder();
        builder.setProjectId(GITPOD.project().id());
        job.getBuildersList().add(builder);
        jenkins.assertBuildStatus(Result.SUCCESS, job.scheduleBuild2(0));
        assertEquals(1, prebuilds().size());
    }

    private static final class Waiter implements RequestListener {
        private final CompletableFuture<PrebuildRecord> end = new CompletableFuture<>();

        @Override
        public boolean isFor(UUID requestId) {
            return false;
        }

        @Override
        public void line(String line) {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void created(PrebuildResult result) {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void concluded(PrebuildRecord record) {
            end.complete(record);
        }
    }

    @Test
    void aRequestThatCannotBeHandedOverFailsInsteadOfHanging() throws Exception {
        WorkflowRun build = start("handed-over", "semaphore 'handed-over'");
        SemaphoreStep.waitForStart("handed-over/1", build);
        UUID requestId = UUID.randomUUID();
        PrebuildOptions options = new PrebuildOptions();
        options.setProjectId(project.id());
        Waiter first = new Waiter();
        PrebuildService.get().submit(requestId, build, null, options, first);
        await().until(() -> prebuilds().size() == 1);

        PrebuildOptions withCondition = new PrebuildOptions();
        withCondition.setProjectId(project.id());
        withCondition.setMinimumInterval(1);
        Waiter second = new Waiter();
        // The engine refuses an id that is in use.
        PrebuildService.get().submit(requestId, build, null, withCondition, second);
        assertEquals(EndStatus.ERROR, second.end.get(60, TimeUnit.SECONDS).getConclusion());

        prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        assertEquals(EndStatus.COMPLETED, first.end.get(60, TimeUnit.SECONDS).getConclusion());
        SemaphoreStep.success("handed-over/1", null);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    /** A log store of another plugin. */
    @TestExtension
    public static final class LogStore implements TaskListenerDecorator.Factory {
        @Override
        public TaskListenerDecorator of(FlowExecutionOwner owner) {
            try {
                String job = ((Run<?, ?>) owner.getExecutable()).getParent().getName();
                boolean throwsAlways = job.equals("throws");
                boolean hangs = job.matches("hangs\\d");
                return throwsAlways || hangs ? new Decorator(hangs) : null;
            } catch (IOException e) {
                return null;
            }
        }
    }

    private static final class Decorator extends TaskListenerDecorator {
        private static final long serialVersionUID = 1L;

        private final boolean hangs;

        Decorator(boolean hangs) {
            this.hangs = hangs;
        }

        @Override
        public OutputStream decorate(OutputStream logger) {
            return new FilterOutputStream(logger) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    if (new String(bytes, offset, length, StandardCharsets.UTF_8).contains("[Gitpod]")) {
                        if (!hangs) {
                            throw new IllegalStateException("on purpose");
                        }
                        try {
                            CONSOLES.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    out.write(bytes, offset, length);
                }
            };
        }
    }

    /** A listener of another plugin. */
    @TestExtension
    public static final class Listener extends RunListener<Run<?, ?>> {

        private static void disturb(Run<?, ?> run) {
            if (run.getParent().getName().startsWith("listener-throws")) {
                throw new StackOverflowError("on purpose");
            }
        }

        @Override
        public void onCompleted(Run<?, ?> run, TaskListener listener) {
            disturb(run);
        }

        @Override
        public void onFinalized(Run<?, ?> run) {
            disturb(run);
        }
    }
}
