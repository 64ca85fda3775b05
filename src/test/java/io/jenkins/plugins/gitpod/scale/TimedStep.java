package io.jenkins.plugins.gitpod.scale;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import io.jenkins.plugins.gitpod.pipeline.GitpodPrebuildStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * {@code timedPrebuild}: a {@code gitpodPrebuild} whose calls on the thread of the pipeline are timed. Jenkins calls it like any
 * other step. Must have ended before Jenkins restarts, because its class is one of the tests.
 */
public final class TimedStep extends Step {

    static final List<Long> STARTS = new ArrayList<>();
    static final List<Long> RESUMES = new ArrayList<>();
    static final List<Long> STOPS = new ArrayList<>();

    private final String projectId;

    @DataBoundConstructor
    public TimedStep(String projectId) {
        this.projectId = projectId;
    }

    public String getProjectId() {
        return projectId;
    }

    @Override
    public StepExecution start(StepContext context) throws Exception {
        long begun = System.nanoTime();
        GitpodPrebuildStep step = new GitpodPrebuildStep();
        step.setProjectId(projectId);
        StepExecution execution = step.start(context);
        return new Execution(context, execution, System.nanoTime() - begun);
    }

    private static synchronized void add(List<Long> times, long nanos) {
        times.add(nanos);
    }

    static final class Execution extends StepExecution {
        private static final long serialVersionUID = 1L;

        private final StepExecution timed;
        private final long madeIn;

        Execution(StepContext context, StepExecution timed, long madeIn) {
            super(context);
            this.timed = timed;
            this.madeIn = madeIn;
        }

        @Override
        public boolean start() throws Exception {
            long begun = System.nanoTime();
            boolean ended = timed.start();
            add(STARTS, madeIn + System.nanoTime() - begun);
            return ended;
        }

        @Override
        public void onResume() {
            long begun = System.nanoTime();
            timed.onResume();
            add(RESUMES, System.nanoTime() - begun);
        }

        @Override
        public void stop(@NonNull Throwable cause) throws Exception {
            long begun = System.nanoTime();
            timed.stop(cause);
            add(STOPS, System.nanoTime() - begun);
        }
    }

    /** Makes the step known. */
    static void register() {
        ExtensionList.lookup(StepDescriptor.class).add(new DescriptorImpl());
    }

    /** Not found by itself. */
    public static final class DescriptorImpl extends StepDescriptor {

        @Override
        public String getFunctionName() {
            return "timedPrebuild";
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return ExtensionList.lookupSingleton(GitpodPrebuildStep.DescriptorImpl.class)
                    .getRequiredContext();
        }

        @Override
        public Step newInstance(Map<String, Object> arguments) {
            return new TimedStep((String) arguments.get("projectId"));
        }
    }
}
