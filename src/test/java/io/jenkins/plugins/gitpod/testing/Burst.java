package io.jenkins.plugins.gitpod.testing;

import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.actions.TimingAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graph.FlowStartNode;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** What a test of many builds that start at once does in another process's Jenkins. */
public final class Burst {

    private Burst() {}

    /**
     * How a build stands.
     *
     * @param step when it reached its step, in milliseconds since the epoch; 0 if it has not
     */
    public record Build(long step, boolean over, boolean failed) implements Serializable {}

    /** Makes a job for each script. */
    public static void prepare(JenkinsRule rule, String prefix, List<String> scripts) throws Exception {
        for (int i = 0; i < scripts.size(); i++) {
            WorkflowJob job = rule.jenkins.createProject(WorkflowJob.class, prefix + i);
            job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("number", "")));
            job.setDefinition(new CpsFlowDefinition(scripts.get(i), true));
        }
    }

    /** Schedules so many builds of each job, all of one job before those of the next one. Does not wait for their start. */
    public static void schedule(JenkinsRule rule, String prefix, int each) {
        for (WorkflowJob job : jobs(rule, prefix)) {
            for (int i = 0; i < each; i++) {
                job.scheduleBuild2(0, new ParametersAction(new StringParameterValue("number", String.valueOf(i))));
            }
        }
    }

    private static List<WorkflowJob> jobs(JenkinsRule rule, String prefix) {
        return rule.jenkins.getAllItems(WorkflowJob.class).stream()
                .filter(job -> job.getName().startsWith(prefix))
                .toList();
    }

    public static ArrayList<Build> builds(JenkinsRule rule, String prefix) {
        ArrayList<Build> all = new ArrayList<>();
        for (WorkflowJob job : jobs(rule, prefix)) {
            for (WorkflowRun build : job.getBuilds()) {
                boolean failed = build.getResult() != null && build.getResult() != Result.SUCCESS;
                all.add(new Build(step(build), !build.isBuilding(), failed));
            }
        }
        return all;
    }

    private static long step(WorkflowRun build) {
        FlowExecution execution = build.getExecution();
        List<FlowNode> heads = execution == null ? List.of() : execution.getCurrentHeads();
        FlowNode head = heads.isEmpty() ? null : heads.get(0);
        return head == null || head instanceof FlowStartNode ? 0 : TimingAction.getStartTime(head);
    }
}
