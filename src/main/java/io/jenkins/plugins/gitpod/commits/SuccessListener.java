package io.jenkins.plugins.gitpod.commits;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Makes the requests of the job property that wait until a build has succeeded. */
@Extension
@Restricted(NoExternalUse.class)
public final class SuccessListener extends RunListener<Run<?, ?>> {

    @Override
    public void onCompleted(Run<?, ?> run, TaskListener listener) {
        CommitPrebuildsAction.buildEnded(run, listener);
    }
}
