package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Sees each pipeline when its script begins. The commit of a branch of a multibranch project is known then, however long the
 * build takes until it checks it out. For jobs without a {@link PrebuildSetting} nothing is read. A failure here does not
 * affect the build.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class BuildStartListener extends FlowExecutionListener {

    private static final Logger LOGGER = Logger.getLogger(BuildStartListener.class.getName());

    /** Not earlier: a pipeline without a first node cannot be saved. */
    @Override
    public void onRunning(@NonNull FlowExecution execution) {
        if (GitpodGlobalConfiguration.get().getConnections().isEmpty()) {
            return;
        }
        FlowExecutionOwner owner = execution.getOwner();
        try {
            PrebuildSetting setting =
                    owner.getExecutable() instanceof Run<?, ?> run ? PrebuildSetting.of(run.getParent()) : null;
            if (setting != null && !setting.property().isDisabled()) {
                CommitPrebuildsAction.requestAtStart((Run<?, ?>) owner.getExecutable(), setting, owner.getListener());
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "Could not see which commit " + owner + " is of", e);
        }
    }
}
