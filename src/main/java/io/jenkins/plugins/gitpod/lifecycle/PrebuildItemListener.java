package io.jenkins.plugins.gitpod.lifecycle;

import hudson.Extension;
import hudson.model.Item;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Updates the open requests when jobs or folders are deleted, renamed or moved, and resumes them when Jenkins has loaded. */
// Before pipelines resume, which is a listener for the same event.
@Extension(ordinal = 1000)
@Restricted(NoExternalUse.class)
public final class PrebuildItemListener extends ItemListener {

    @Override
    public void onLoaded() {
        PrebuildService.get().continueRequests();
        OrphanCheck.start();
    }

    @Override
    public void onDeleted(Item item) {
        String name = item.getFullName();
        PrebuildService.get().owners().ifPresent(owners -> {
            owners.buildsDeleted(origin -> origin.isOf(name));
            owners.ownersGone(origin -> origin.isOf(name), null);
        });
    }

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        // Called for the item itself and for each item inside it.
        PrebuildService.get().relocate(oldFullName, newFullName);
    }
}
