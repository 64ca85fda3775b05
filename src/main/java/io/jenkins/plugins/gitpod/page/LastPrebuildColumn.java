package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Item;
import hudson.model.Job;
import hudson.views.ListViewColumn;
import hudson.views.ListViewColumnDescriptor;
import io.jenkins.plugins.gitpod.Messages;
import java.util.List;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** A column of list views: the last prebuild of a job, with its state and age. */
@Restricted(NoExternalUse.class)
public final class LastPrebuildColumn extends ListViewColumn {

    /** A list may have many jobs, and each build may have to be loaded. */
    private static final int MAXIMUM_BUILDS = 5;

    @DataBoundConstructor
    public LastPrebuildColumn() {}

    /** The last prebuild of the last builds of a job, or null if there is none. */
    @CheckForNull
    public PrebuildSummary last(@NonNull Item item) {
        if (!(item instanceof Job<?, ?> job)) {
            return null;
        }
        List<PrebuildSummary> last = LastPrebuilds.of(job, 1, MAXIMUM_BUILDS);
        return last.isEmpty() ? null : last.get(0);
    }

    @Extension
    @Symbol("lastGitpodPrebuild")
    public static final class DescriptorImpl extends ListViewColumnDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.LastPrebuildColumn_displayName();
        }

        @Override
        public boolean shownByDefault() {
            return false;
        }
    }
}
