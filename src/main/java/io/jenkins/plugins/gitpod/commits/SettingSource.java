package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionPoint;
import hudson.model.Job;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Where automatic prebuilds can be set for a job, apart from the job itself. Of several, the one of the highest ordinal counts. */
@Restricted(NoExternalUse.class)
interface SettingSource extends ExtensionPoint {

    /** The ordinals: what is nearest to the job counts. */
    int BRANCHES = 30;

    int FOLDERS = 20;

    int RULES = 10;

    /** What is set here for a job, or null. Called for each checkout: reads no file and makes no call. */
    @CheckForNull
    PrebuildSetting of(@NonNull Job<?, ?> job);
}
