package io.jenkins.plugins.gitpod.testing;

import hudson.model.FreeStyleProject;
import hudson.model.InvisibleAction;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.RequestListener;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.concurrent.locks.ReentrantLock;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** What tests do in a Jenkins of another process. */
public final class Remote {

    private Remote() {}

    /** How a build stands: what a test in another process wants to know of it. */
    public static final class Build implements Serializable {
        private static final long serialVersionUID = 1L;

        public final String job;
        public final boolean building;
        public final String result;
        public final String log;
        public final String prebuildId;
        public final String phase;
        public final String conclusion;
        public final int records;
        public final boolean detached;
        public final ArrayList<PhaseChange> phases = new ArrayList<>();

        Build(Run<?, ?> build) throws Exception {
            job = build.getParent().getName();
            result = String.valueOf(build.getResult());
            log = JenkinsRule.getLog(build);
            building = build.isBuilding() && isAlive(build, log);
            PrebuildAction action = build.getAction(PrebuildAction.class);
            PrebuildRecord record = action == null ? null : action.getRecords().get(0);
            records = action == null ? 0 : action.getRecords().size();
            prebuildId = record == null || record.getResult() == null
                    ? null
                    : record.getResult().getId();
            phase = prebuildId == null ? null : record.getResult().getPhase();
            detached = record != null && record.isDetached();
            conclusion = record == null ? null : String.valueOf(record.getConclusion());
            if (record != null) {
                phases.addAll(record.getPhases());
            }
        }

        /**
         * Whether something is still to be awaited of a build that Jenkins says is building. A pipeline that was killed before
         * it was first saved has no program; one that was killed while its step ended may come back without any step, and
         * then does nothing more.
         */
        private static boolean isAlive(Run<?, ?> build, String log) throws Exception {
            if (!(build instanceof WorkflowRun run)) {
                return true;
            }
            FlowExecution execution = run.getExecution();
            if (execution == null) {
                return build.getExecutor() != null;
            }
            return !execution.isComplete()
                    && !(log.contains("Ready to run at")
                            && execution.getCurrentExecutions(true).get().stream()
                                    .noneMatch(RequestListener.class::isInstance));
        }

        @Override
        public String toString() {
            return job + ": building " + building + ", " + result + ", prebuild " + prebuildId + " " + conclusion + "\n"
                    + log;
        }
    }

    /** Starts another process's Jenkins with the tests' limits. */
    public static RealJenkinsExtension extension() {
        RealJenkinsExtension real = new RealJenkinsExtension();
        FastLimits.properties().forEach((name, value) -> real.javaOptions("-D" + name + "=" + value));
        return real.javaOptions("-Xmx512m");
    }

    /** Kills the process and waits until it is dead. */
    public static void kill(RealJenkinsExtension real) throws InterruptedException {
        Process process = real.getProcess();
        real.stopJenkinsForcibly();
        process.waitFor();
    }

    public static void connect(JenkinsRule rule, String apiUrl, String text) throws Exception {
        rule.jenkins.setNumExecutors(20);
        GitpodFixture.connect(apiUrl, text);
    }

    public static void startPipeline(JenkinsRule rule, String name, String script, String durability) throws Exception {
        WorkflowJob job = rule.jenkins.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        job.addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.valueOf(durability)));
        job.scheduleBuild2(0).waitForStart();
    }

    public static void startFreestyle(JenkinsRule rule, String name, String projectId, Integer timeout)
            throws Exception {
        FreeStyleProject job = rule.jenkins.createProject(FreeStyleProject.class, name);
        GitpodPrebuildBuilder builder = new GitpodPrebuildBuilder();
        builder.setProjectId(projectId);
        builder.setTimeout(timeout);
        job.getBuildersList().add(builder);
        job.scheduleBuild2(0).waitForStart();
    }

    private static Run<?, ?> last(String job) {
        return Jenkins.get().getItemByFullName(job, Job.class).getLastBuild();
    }

    /** Ends the last build of a job, if it runs: in an orderly way, by termination, or by force. */
    public static void end(JenkinsRule rule, String job, String how) throws Exception {
        Run<?, ?> build = last(job);
        if (build == null || !build.isBuilding()) {
            return;
        }
        if (how.equals("TERM") && build instanceof WorkflowRun run) {
            run.doTerm();
        } else if (how.equals("KILL") && build instanceof WorkflowRun run) {
            run.doKill();
        } else if (build.getExecutor() != null) {
            build.getExecutor().interrupt();
        }
    }

    public static void rename(JenkinsRule rule, String job, String to) throws Exception {
        rule.jenkins.getItemByFullName(job, Job.class).renameTo(to);
    }

    /** From now on the last build of a job cannot be saved, because of an action of another plugin. */
    public static void breakSaving(JenkinsRule rule, String job) {
        Run<?, ?> build = last(job);
        if (build != null && build.isBuilding()) {
            build.addAction(new RefusedAction());
        }
    }

    /** Core refuses to serialize the class of its field, and turns that into an IOException. */
    public static final class RefusedAction extends InvisibleAction {
        @SuppressWarnings("unused")
        private final ReentrantLock lock = new ReentrantLock();
    }

    public static Build build(JenkinsRule rule, String job) throws Exception {
        return new Build(last(job));
    }

    /** The last builds of all jobs. */
    public static ArrayList<Build> builds(JenkinsRule rule) throws Exception {
        ArrayList<Build> builds = new ArrayList<>();
        for (Job<?, ?> job : rule.jenkins.getAllItems(Job.class)) {
            if (job.getLastBuild() != null) {
                builds.add(new Build(job.getLastBuild()));
            }
        }
        return builds;
    }
}
