package io.jenkins.plugins.gitpod.commits;

import hudson.Extension;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Cancels the prebuilds that the job property requested for a build, if that is configured and the build is aborted. */
@Extension
@Restricted(NoExternalUse.class)
public final class AbortListener extends RunListener<Run<?, ?>> {

    @Override
    public void onCompleted(Run<?, ?> run, TaskListener listener) {
        if (Result.ABORTED.equals(run.getResult())) {
            CommitPrebuildsAction.cancel(run);
        }
    }
}
