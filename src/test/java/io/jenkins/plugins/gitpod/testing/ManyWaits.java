package io.jenkins.plugins.gitpod.testing;

import hudson.model.Computer;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.model.queue.QueueTaskFuture;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** What a test of many waits does in another process's Jenkins. */
public final class ManyWaits {

    private static final String WAITING = "waiting";
    /** Its build waits for something else: what a pipeline costs that waits at all. */
    private static final String ASLEEP = "asleep";

    private static final String ENDED = "ended";
    private static final int ENDED_BUILDS = 20;

    private ManyWaits() {}

    /** How that Jenkins stands. */
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1L;

        public int threads;
        public String ours;
        public int executors;
        public int building;
        public int waiting;
        public int succeeded;
        public long programBytes;
        public long programBytesAsleep;
        public int longestLog;
    }

    /** Connects, makes a job for each project, one whose builds have ended, and one that sleeps. */
    public static void prepare(JenkinsRule rule, String url, String token, List<String> projects) throws Exception {
        GitpodFixture.connect(url, token);
        for (int i = 0; i < projects.size(); i++) {
            job(rule, WAITING + i, "gitpodPrebuild projectId: '" + projects.get(i) + "'\necho 'done'");
        }
        job(rule, ASLEEP, "sleep 3600\necho 'done'").scheduleBuild2(0).waitForStart();
        WorkflowJob ended = job(rule, ENDED, "echo 'done'");
        for (int i = 0; i < ENDED_BUILDS; i++) {
            rule.buildAndAssertSuccess(ended);
        }
    }

    private static WorkflowJob job(JenkinsRule rule, String name, String script) throws Exception {
        WorkflowJob job = rule.jenkins.createProject(WorkflowJob.class, name);
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("number", "")));
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private static List<WorkflowJob> jobs(JenkinsRule rule) {
        return rule.jenkins.getAllItems(WorkflowJob.class).stream()
                .filter(job -> job.getName().startsWith(WAITING))
                .toList();
    }

    /** Starts so many builds, spread over the jobs. */
    public static void start(JenkinsRule rule, int number) throws Exception {
        List<WorkflowJob> jobs = jobs(rule);
        List<Future<WorkflowRun>> starts = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            QueueTaskFuture<WorkflowRun> build = jobs.get(i % jobs.size())
                    .scheduleBuild2(0, new ParametersAction(new StringParameterValue("number", String.valueOf(i))));
            starts.add(build.getStartCondition());
        }
        for (Future<WorkflowRun> start : starts) {
            start.get();
        }
    }

    public static void abortOne(JenkinsRule rule) throws Exception {
        jobs(rule).get(0).getLastBuild().getExecutor().interrupt(Result.ABORTED);
    }

    /** How many builds run, wait and have succeeded. */
    public static State counts(JenkinsRule rule) throws Exception {
        State state = new State();
        for (WorkflowJob job : jobs(rule)) {
            for (WorkflowRun build : job.getBuilds()) {
                if (build.isBuilding()) {
                    state.building++;
                    boolean waits = build.getExecution() != null
                            && !build.getExecution()
                                    .getCurrentExecutions(true)
                                    .get()
                                    .isEmpty();
                    state.waiting += waits ? 1 : 0;
                } else if (build.getResult() == Result.SUCCESS) {
                    state.succeeded++;
                }
            }
        }
        return state;
    }

    /** All that is of interest; reads the logs of all builds. */
    public static State state(JenkinsRule rule) throws Exception {
        State state = counts(rule);
        state.threads = threads(rule);
        List<String> ours = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            String name = thread.getName();
            if (name.startsWith("gitpod-prebuild-") || name.startsWith("OkHttp") || name.startsWith("Okio")) {
                ours.add(name);
            }
        }
        ours.sort(null);
        state.ours = ours.size() + " " + ours;
        for (Computer computer : rule.jenkins.getComputers()) {
            state.executors += computer.countBusy();
        }
        for (WorkflowJob job : jobs(rule)) {
            for (WorkflowRun build : job.getBuilds()) {
                List<String> log = build.getLog(1000);
                log.removeIf(line -> !line.contains("[Gitpod]"));
                state.longestLog = Math.max(state.longestLog, log.size());
                state.programBytes += programBytes(build);
            }
        }
        WorkflowRun asleep =
                rule.jenkins.getItemByFullName(ASLEEP, WorkflowJob.class).getLastBuild();
        state.programBytesAsleep = asleep == null ? 0 : programBytes(asleep);
        return state;
    }

    public static int threads(JenkinsRule rule) {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    public static int loadedOfEnded(JenkinsRule rule) {
        WorkflowJob ended = rule.jenkins.getItemByFullName(ENDED, WorkflowJob.class);
        return ended.getLazyBuildMixIn().getRunMap().getLoadedBuilds().size();
    }

    private static long programBytes(WorkflowRun build) throws Exception {
        Path program = build.getRootDir().toPath().resolve("program.dat");
        return Files.exists(program) ? Files.size(program) : 0;
    }

    /** How many requests have their prebuild read. Nothing in the plugin needs to know that, so it is looked up inside. */
    public static int watched(JenkinsRule rule) throws Exception {
        Object running = field(PrebuildService.get(), "running");
        if (running == null) {
            return 0;
        }
        Object engine = field(running, "engine");
        int watched = 0;
        for (Object runner : ((Map<?, ?>) field(engine, "runners")).values()) {
            watched += field(field(runner, "calls"), "watchedId") == null ? 0 : 1;
        }
        return watched;
    }

    private static Object field(Object of, String name) throws Exception {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }
}
