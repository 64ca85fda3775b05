package io.jenkins.plugins.gitpod.commits;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.Messages;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * The {@link GitpodPrebuildProperty} of all jobs in a folder, a multibranch project, or an organization folder, at any depth. A
 * job or folder below it may have its own settings instead. Saved in {@code config.xml}: fields may be added but not renamed.
 */
public final class GitpodPrebuildFolderProperty extends AbstractFolderProperty<AbstractFolder<?>> {

    private final GitpodPrebuildProperty prebuild;

    /** @param prebuild the property of each job; null for the defaults */
    @DataBoundConstructor
    public GitpodPrebuildFolderProperty(GitpodPrebuildProperty prebuild) {
        this.prebuild = prebuild == null ? new GitpodPrebuildProperty() : prebuild;
    }

    @NonNull
    public GitpodPrebuildProperty getPrebuild() {
        return prebuild;
    }

    /** Sets the default of what a file does not contain. */
    private Object readResolve() {
        return prebuild == null ? new GitpodPrebuildFolderProperty(GitpodPrebuildProperty.ofEmptyFile()) : this;
    }

    /** Finds the property of the nearest folder. */
    @Extension(optional = true, ordinal = SettingSource.FOLDERS)
    @Restricted(NoExternalUse.class)
    public static final class OfFolder implements SettingSource {

        @CheckForNull
        @Override
        public PrebuildSetting of(@NonNull Job<?, ?> job) {
            ItemGroup<?> parent = job.getParent();
            while (parent instanceof Item item) {
                if (parent instanceof AbstractFolder<?> folder) {
                    GitpodPrebuildFolderProperty property =
                            folder.getProperties().get(GitpodPrebuildFolderProperty.class);
                    if (property != null) {
                        return new PrebuildSetting(property.prebuild, () -> origin(folder), true);
                    }
                }
                parent = item.getParent();
            }
            return null;
        }

        private static String origin(AbstractFolder<?> folder) {
            return folder.hasPermission(Item.READ)
                    ? Messages.PrebuildSetting_folder(folder.getFullDisplayName())
                    : Messages.PrebuildSetting_hiddenFolder();
        }
    }

    /** The descriptor of the property. */
    @Extension(optional = true)
    @Symbol("gitpodPrebuildForFolder")
    public static final class DescriptorImpl extends AbstractFolderPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodPrebuildFolderProperty_displayName();
        }

        /** Null if the checkbox of the property is not selected. */
        @CheckForNull
        @Override
        public AbstractFolderProperty<?> newInstance(@Nullable StaplerRequest2 req, @NonNull JSONObject formData)
                throws FormException {
            return formData.optBoolean("specified") ? super.newInstance(req, formData) : null;
        }
    }
}
