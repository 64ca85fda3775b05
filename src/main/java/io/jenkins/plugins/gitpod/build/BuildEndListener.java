package io.jenkins.plugins.gitpod.build;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A build that is over or deleted waits for nothing any longer, however it ended. */
@Extension
@Restricted(NoExternalUse.class)
public final class BuildEndListener extends RunListener<Run<?, ?>> {

    @Override
    public void onCompleted(Run<?, ?> run, TaskListener listener) {
        gone(run);
    }

    @Override
    public void onFinalized(Run<?, ?> run) {
        gone(run);
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        gone(run);
    }

    private static void gone(Run<?, ?> run) {
        String buildId = run.getExternalizableId();
        PrebuildService.get().ownersGone(origin -> buildId.equals(origin.buildId()));
    }
}
