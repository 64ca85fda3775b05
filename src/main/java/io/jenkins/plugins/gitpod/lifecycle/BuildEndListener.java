package io.jenkins.plugins.gitpod.lifecycle;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Ends the ownership of the prebuilds of a build that has ended or is deleted, however it ended. */
@Extension
@Restricted(NoExternalUse.class)
public final class BuildEndListener extends RunListener<Run<?, ?>> {

    @Override
    public void onCompleted(Run<?, ?> run, TaskListener listener) {
        PrebuildService.get().owners().ifPresent(owners -> owners.buildGone(run.getExternalizableId(), listener));
    }

    @Override
    public void onFinalized(Run<?, ?> run) {
        PrebuildService.get().owners().ifPresent(owners -> owners.buildGone(run.getExternalizableId(), null));
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        String buildId = run.getExternalizableId();
        PrebuildService.get().owners().ifPresent(owners -> {
            owners.buildsDeleted(origin -> buildId.equals(origin.buildId()));
            owners.buildGone(buildId, null);
        });
    }
}
