package io.jenkins.plugins.gitpod.lifecycle;

import hudson.Extension;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Items;
import hudson.model.Job;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import jenkins.model.Jenkins;
import jenkins.model.lazy.LazyBuildMixIn;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Updates the open requests when jobs or folders are deleted, renamed or moved, and resumes them when Jenkins has loaded. */
// Before pipelines resume, which is a listener for the same event.
@Extension(ordinal = 1000)
@Restricted(NoExternalUse.class)
public final class PrebuildItemListener extends ItemListener {

    private static final String MOVE_BUILDS = "tell a job where its builds are now";

    @Override
    public void onLoaded() {
        continueRequests();
    }

    /** Does what {@link #onLoaded} does, which is not called if the plugin is installed into a running Jenkins. */
    @Initializer(after = InitMilestone.JOB_CONFIG_ADAPTED, requires = PrebuildService.STARTED)
    @Restricted(NoExternalUse.class)
    public static void startUp() {
        if (Jenkins.get().getInitLevel() == InitMilestone.COMPLETED) {
            continueRequests();
        }
    }

    private static void continueRequests() {
        if (PrebuildService.get().continueRequests()) {
            OrphanCheck.start();
        }
    }

    @Override
    public void onDeleted(Item item) {
        String name = item.getFullName();
        PrebuildService.get().owners().ifPresent(owners -> owners.jobsDeleted(origin -> origin.isOf(name)));
        PrebuildService.get().deferred().ifPresent(deferred -> deferred.jobsDeleted(name));
    }

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        // Called for the item itself and for each item inside it.
        moveBuilds(item);
        PrebuildService.get().relocate(oldFullName, newFullName);
    }

    /**
     * Tells jobs where their builds are now. Jenkins does that too, but later: another of its listeners loads all builds before,
     * from the old place. What is not found there is not looked for again until Jenkins restarts.
     */
    private static void moveBuilds(Item item) {
        if (item instanceof LazyBuildMixIn.LazyLoadingJob<?, ?> lazy && item instanceof Job<?, ?> job) {
            Guarded.run(MOVE_BUILDS, () -> lazy.getLazyBuildMixIn().getRunMap().updateBaseDir(job.getBuildDir()));
        }
        if (item instanceof ItemGroup<?> group) {
            Guarded.run(
                    MOVE_BUILDS,
                    () -> Items.allItems2(ACL.SYSTEM2, group, Job.class).forEach(PrebuildItemListener::moveBuilds));
        }
    }
}
