package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.scm.SCM;
import java.util.Collection;
import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Pipelines whose script comes from an SCM. The SCMs of a pipeline's last builds are not used: they may be of any
 * repository.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class PipelineJobScms implements JobScms {

    @NonNull
    @Override
    public Collection<? extends SCM> of(@NonNull Job<?, ?> job) {
        FlowDefinition definition = job instanceof WorkflowJob pipeline ? pipeline.getDefinition() : null;
        return definition == null ? List.of() : definition.getSCMs();
    }
}
