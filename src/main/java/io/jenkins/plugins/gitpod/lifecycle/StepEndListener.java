package io.jenkins.plugins.gitpod.lifecycle;

import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.request.OwnerTracker;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Detects the end of a waiting step that was not stopped: a pipeline that is terminated ends its steps without stopping them,
 * and its build may continue. A node that follows a step in the flow graph means that the step has ended.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class StepEndListener implements GraphListener.Synchronous {

    private static final Logger LOGGER = Logger.getLogger(StepEndListener.class.getName());

    @Override
    public void onNewHead(FlowNode node) {
        OwnerTracker owners = PrebuildService.get().owners().orElse(null);
        List<String> over = node.getParents().stream().map(FlowNode::getId).toList();
        if (owners == null || over.isEmpty() || !owners.any()) {
            return; // as in most cases
        }
        try {
            FlowExecutionOwner owner = node.getExecution().getOwner();
            if (owner.getExecutable() instanceof Run<?, ?> run) {
                String buildId = run.getExternalizableId();
                if (owners.anyOwner(buildId, origin -> over.contains(origin.nodeId()))) {
                    owners.stepsGone(buildId, origin -> over.contains(origin.nodeId()), owner.getListener());
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "A step ended in a build that cannot be found", e);
        }
    }
}
