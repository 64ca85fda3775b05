package io.jenkins.plugins.gitpod.build;

import hudson.Extension;
import hudson.model.Item;
import hudson.model.listeners.ItemListener;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Keeps the books right when jobs, or folders around them, are deleted, renamed or moved. */
@Extension
@Restricted(NoExternalUse.class)
public final class JobListener extends ItemListener {

    @Override
    public void onLoaded() {
        OrphanCheck.schedule();
        PrebuildService service = PrebuildService.get();
        service.background().execute(service::resumeAutomatic);
    }

    @Override
    public void onDeleted(Item item) {
        String name = item.getFullName();
        PrebuildService.get().ownersGone(origin -> origin.isOf(name));
    }

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        // Called for the item itself and for each item inside it.
        PrebuildService.get().relocate(oldFullName, newFullName);
    }
}
