package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Run;
import hudson.scm.SCM;
import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Pipelines. In the configuration there is an SCM only if the script comes from it. The SCMs of a pipeline's last builds are
 * not used: they may be of any repository.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class PipelineJobScms implements JobScms {

    @NonNull
    @Override
    public List<? extends SCM> configured(@NonNull Job<?, ?> job) {
        FlowDefinition definition = job instanceof WorkflowJob pipeline ? pipeline.getDefinition() : null;
        return definition == null ? List.of() : List.copyOf(definition.getSCMs());
    }

    @NonNull
    @Override
    public List<SCM> checkedOut(@NonNull Run<?, ?> run) {
        return run instanceof WorkflowRun pipeline ? pipeline.getSCMs() : List.of();
    }
}
