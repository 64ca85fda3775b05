package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.TopLevelItem;
import io.jenkins.plugins.gitpod.Messages;
import jenkins.branch.BranchProjectFactory;
import jenkins.branch.BranchProperty;
import jenkins.branch.BranchPropertyDescriptor;
import jenkins.branch.JobDecorator;
import jenkins.branch.MultiBranchProject;
import jenkins.branch.OrganizationFolder;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * The {@link GitpodPrebuildProperty} of all branches of a multibranch project. A branch whose Jenkinsfile sets the property
 * has its own instead. Saved in {@code config.xml}: fields may be added but not renamed.
 */
public final class GitpodPrebuildBranchProperty extends BranchProperty {

    private final GitpodPrebuildProperty prebuild;

    /** @param prebuild the property of each branch's job; null for the defaults */
    @DataBoundConstructor
    public GitpodPrebuildBranchProperty(GitpodPrebuildProperty prebuild) {
        this.prebuild = prebuild == null ? new GitpodPrebuildProperty() : prebuild;
    }

    @NonNull
    public GitpodPrebuildProperty getPrebuild() {
        return prebuild;
    }

    /** Sets the default of what a file does not contain. */
    private Object readResolve() {
        return prebuild == null ? new GitpodPrebuildBranchProperty(GitpodPrebuildProperty.ofEmptyFile()) : this;
    }

    /** The jobs of the branches get nothing of their own: what the branch has at the moment counts. */
    @CheckForNull
    @Override
    public <P extends Job<P, B>, B extends Run<P, B>> JobDecorator<P, B> jobDecorator(Class<P> jobType) {
        return null;
    }

    /** Finds the property of a branch. A change or removal counts from the next indexing, as for every branch property. */
    @Extension(optional = true, ordinal = SettingSource.BRANCHES)
    @Restricted(NoExternalUse.class)
    public static final class OfBranch implements SettingSource {

        @CheckForNull
        @Override
        public PrebuildSetting of(@NonNull Job<?, ?> job) {
            return job.getParent() instanceof MultiBranchProject<?, ?> project ? find(project, job) : null;
        }

        @CheckForNull
        private static <P extends Job<P, R> & TopLevelItem, R extends Run<P, R>> PrebuildSetting find(
                MultiBranchProject<P, R> project, Job<?, ?> job) {
            BranchProjectFactory<P, R> factory = project.getProjectFactory();
            if (!factory.isProject(job)) {
                return null;
            }
            GitpodPrebuildBranchProperty property =
                    factory.getBranch(factory.asProject(job)).getProperty(GitpodPrebuildBranchProperty.class);
            return property == null
                    ? null
                    : new PrebuildSetting(
                            property.prebuild,
                            Messages::PrebuildSetting_branches,
                            project.getParent() instanceof OrganizationFolder);
        }
    }

    /** The descriptor of the property. */
    @Extension(optional = true)
    @Symbol("gitpodPrebuildForBranches")
    public static final class DescriptorImpl extends BranchPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodPrebuildProperty_displayName();
        }

        /** The help of the property, which is the same for one job and for all branches. */
        @Override
        public String getHelpFile(String fieldName) {
            return fieldName == null
                    ? Jenkins.get()
                            .getDescriptorOrDie(GitpodPrebuildProperty.class)
                            .getHelpFile()
                    : super.getHelpFile(fieldName);
        }
    }
}
