package io.jenkins.plugins.gitpod.scale;

import hudson.model.Computer;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.util.RunList;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jenkinsci.plugins.workflow.actions.TimingAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.Dispatcher;
import org.kohsuke.stapler.MetaClass;

/** What the benchmark does in the measured Jenkins. */
public final class BenchmarkJenkins {

    /** Each waits for a prebuild of a project of its own. */
    static final String WAITING = "waiting";

    /** The same with timed calls. */
    static final String TIMED = "timed";

    /** What a pipeline costs that waits at all. */
    static final String ASLEEP = "asleep";

    /** Its builds have ended; some of them left prebuilds behind. */
    static final String ENDED = "ended";

    private static final int ENDED_BUILDS = 20;
    private static int number;

    private BenchmarkJenkins() {}

    /** A Jenkins at one moment. */
    public static final class Snapshot implements Serializable {
        private static final long serialVersionUID = 1L;

        long heapBytes;
        int threads;
        ArrayList<String> ours = new ArrayList<>();
        int busyExecutors;
    }

    /** What is known about a build that waits or has waited. */
    public static final class Build implements Serializable {
        private static final long serialVersionUID = 1L;

        String url;
        boolean isBuilding;
        boolean isSuccess;
        long stepStartMillis;
        long endMillis;
        String prebuildId;
        long programBytes;
        long actionBytes;
        int consoleLines;
    }

    /** Connects, and makes the jobs. */
    public static void prepare(JenkinsRule rule, String url, String token, ArrayList<String> projects)
            throws Exception {
        // The test harness has views and texts read anew each time, which production does not.
        MetaClass.NO_CACHE = false;
        Dispatcher.TRACE = false;
        GitpodFixture.connect(url, token);
        TimedStep.register();
        for (int i = 0; i < projects.size(); i++) {
            job(rule, WAITING + i, "gitpodPrebuild projectId: '" + projects.get(i) + "'");
            job(rule, TIMED + i, "timedPrebuild projectId: '" + projects.get(i) + "'");
            job(rule, ASLEEP + i, "sleep 3600");
        }
        WorkflowJob ended = job(
                rule,
                ENDED,
                "if (params.number == 'leave') { gitpodPrebuild wait: false, projectId: '" + projects.get(0) + "' }");
        for (int i = 0; i < ENDED_BUILDS; i++) {
            rule.buildAndAssertSuccess(ended);
        }
    }

    /** Each of some builds leaves a prebuild behind, which is still watched. */
    public static void leavePrebuilds(JenkinsRule rule) throws Exception {
        WorkflowJob ended = rule.jenkins.getItemByFullName(ENDED, WorkflowJob.class);
        for (int i = 0; i < ENDED_BUILDS; i++) {
            rule.assertBuildStatusSuccess(
                    ended.scheduleBuild2(0, new ParametersAction(new StringParameterValue("number", "leave"))));
        }
    }

    private static WorkflowJob job(JenkinsRule rule, String name, String script) throws Exception {
        WorkflowJob job = rule.jenkins.createProject(WorkflowJob.class, name);
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("number", "")));
        job.setDefinition(new CpsFlowDefinition(script + "\necho 'done'", true));
        return job;
    }

    private static List<WorkflowJob> jobs(JenkinsRule rule, String prefix) {
        return rule.jenkins.getAllItems(WorkflowJob.class).stream()
                .filter(job -> job.getName().startsWith(prefix))
                .toList();
    }

    private static List<WorkflowRun> builds(JenkinsRule rule, String prefix) {
        return jobs(rule, prefix).stream()
                .flatMap(job -> RunList.fromJobs(List.of(job)).stream())
                .map(WorkflowRun.class::cast)
                .toList();
    }

    /** Starts builds, equally many of each job, in a random order. Returns once all have started. */
    public static void start(JenkinsRule rule, String prefix, Integer builds) throws Exception {
        List<WorkflowJob> jobs = jobs(rule, prefix);
        List<Integer> order = new ArrayList<>(IntStream.range(0, builds).boxed().toList());
        Collections.shuffle(order, new Random(builds));
        List<Future<WorkflowRun>> starts = new ArrayList<>();
        for (int each : order) {
            starts.add(jobs.get(each % jobs.size())
                    .scheduleBuild2(0, new ParametersAction(new StringParameterValue("number", "" + ++number)))
                    .getStartCondition());
        }
        for (Future<WorkflowRun> start : starts) {
            start.get();
        }
    }

    /** Aborts all builds that run, as their stop buttons do. */
    public static void abort(JenkinsRule rule, String prefix) {
        for (WorkflowRun build : builds(rule, prefix)) {
            if (build.isBuilding()) {
                build.getExecutor().interrupt(Result.ABORTED);
            }
        }
    }

    public static void abortOne(JenkinsRule rule) {
        jobs(rule, WAITING).get(0).getLastBuild().getExecutor().interrupt(Result.ABORTED);
    }

    public static void delete(JenkinsRule rule, String prefix) throws Exception {
        for (WorkflowRun build : builds(rule, prefix)) {
            build.delete();
        }
    }

    public static Integer running(JenkinsRule rule, String prefix) {
        return (int) builds(rule, prefix).stream().filter(Run::isBuilding).count();
    }

    /** How many builds wait in a step. */
    public static Integer waiting(JenkinsRule rule, String prefix) throws Exception {
        return steps(builds(rule, prefix)).size();
    }

    private static List<StepExecution> steps(List<WorkflowRun> builds) throws Exception {
        List<Future<List<StepExecution>>> asked = new ArrayList<>();
        for (WorkflowRun build : builds) {
            FlowExecution execution = build.isBuilding() ? build.getExecution() : null;
            if (execution != null) {
                asked.add(execution.getCurrentExecutions(true));
            }
        }
        List<StepExecution> steps = new ArrayList<>();
        for (Future<List<StepExecution>> each : asked) {
            steps.addAll(each.get());
        }
        return steps;
    }

    /** Collects garbage first. */
    public static Snapshot snapshot(JenkinsRule rule) {
        Snapshot snapshot = new Snapshot();
        snapshot.heapBytes = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            snapshot.heapBytes = Math.min(
                    snapshot.heapBytes,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        snapshot.threads = ManagementFactory.getThreadMXBean().getThreadCount();
        snapshot.ours = ours(rule);
        for (Computer computer : rule.jenkins.getComputers()) {
            snapshot.busyExecutors += computer.countBusy();
        }
        return snapshot;
    }

    /** The threads of this plugin and of the HTTP library. */
    public static ArrayList<String> ours(JenkinsRule rule) {
        ArrayList<String> ours = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            String name = thread.getName();
            if (name.startsWith("gitpod-prebuild-")
                    || name.startsWith("OkHttp")
                    || name.startsWith("Okio")
                    || name.startsWith("HttpClient-")) {
                ours.add(name);
            }
        }
        ours.sort(null);
        return ours;
    }

    /** Reads the logs and the files of all builds. */
    public static ArrayList<Build> look(JenkinsRule rule, String prefix) throws Exception {
        ArrayList<Build> all = new ArrayList<>();
        for (WorkflowRun run : builds(rule, prefix)) {
            Build build = new Build();
            build.url = run.getUrl();
            build.isBuilding = run.isBuilding();
            build.isSuccess = run.getResult() == Result.SUCCESS;
            build.endMillis = run.getStartTimeInMillis() + run.getDuration();
            if (run.isBuilding() && run.getExecution() != null) {
                build.stepStartMillis = TimingAction.getStartTime(
                        run.getExecution().getCurrentHeads().get(0));
            }
            PrebuildAction action = run.getAction(PrebuildAction.class);
            if (action != null) {
                build.actionBytes = Run.XSTREAM2.toXML(action).getBytes(StandardCharsets.UTF_8).length;
                build.prebuildId = action.getRecords().stream()
                        .map(record -> record.getResult() == null
                                ? null
                                : record.getResult().getId())
                        .findFirst()
                        .orElse(null);
            }
            Path program = run.getRootDir().toPath().resolve("program.dat");
            build.programBytes = Files.exists(program) ? Files.size(program) : 0;
            build.consoleLines = (int) run.getLog(1000).stream()
                    .filter(line -> line.contains("[Gitpod]"))
                    .count();
            all.add(build);
        }
        return all;
    }

    /** How long the state of each waiting step takes, as the page of a thread dump asks for it, in nanoseconds. */
    public static long[] statusTimes(JenkinsRule rule, Boolean bounded) throws Exception {
        List<StepExecution> steps = steps(builds(rule, WAITING));
        long[] times = new long[steps.size()];
        for (int i = 0; i < times.length; i++) {
            long begun = System.nanoTime();
            String status = bounded
                    ? steps.get(i).getStatusBounded(3, TimeUnit.SECONDS)
                    : steps.get(i).getStatus();
            times[i] = System.nanoTime() - begun;
            if (status == null) {
                throw new IllegalStateException("no status: " + steps.get(i));
            }
        }
        Arrays.sort(times);
        return times;
    }

    /** Calls {@code onResume} of the timed steps, as after a restart, and returns after that. */
    public static void resumeTimed(JenkinsRule rule) throws Exception {
        steps(builds(rule, TIMED)).forEach(StepExecution::onResume);
    }

    public static void forgetTimes(JenkinsRule rule) {
        TimedStep.STARTS.clear();
        TimedStep.RESUMES.clear();
        TimedStep.STOPS.clear();
    }

    /** The times of the timed steps in nanoseconds: of their starts, resumptions, and stops. */
    public static long[][] times(JenkinsRule rule) {
        return new long[][] {sorted(TimedStep.STARTS), sorted(TimedStep.RESUMES), sorted(TimedStep.STOPS)};
    }

    private static long[] sorted(List<Long> times) {
        return times.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /** How many ended builds are in memory. */
    public static Integer loadedOfEnded(JenkinsRule rule) {
        WorkflowJob ended = rule.jenkins.getItemByFullName(ENDED, WorkflowJob.class);
        return ended.getLazyBuildMixIn().getRunMap().getLoadedBuilds().size();
    }
}
