package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.JobProperty;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import java.util.ArrayList;
import java.util.List;
import jenkins.branch.BranchProperty;
import jenkins.branch.BranchPropertyDescriptor;
import jenkins.branch.JobDecorator;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * Adds the {@link GitpodPrebuildProperty} to the job of each branch of a multibranch project. A job whose Jenkinsfile sets
 * the property keeps its own. Saved in {@code config.xml}: fields may be added but not renamed.
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
        return prebuild == null ? new GitpodPrebuildBranchProperty(null) : this;
    }

    @Override
    public <P extends Job<P, B>, B extends Run<P, B>> JobDecorator<P, B> jobDecorator(Class<P> jobType) {
        return new JobDecorator<>() {
            @NonNull
            @Override
            public List<JobProperty<? super P>> jobProperties(@NonNull List<JobProperty<? super P>> jobProperties) {
                List<JobProperty<? super P>> all = new ArrayList<>(jobProperties);
                if (all.stream().noneMatch(GitpodPrebuildProperty.class::isInstance)) {
                    add(all);
                }
                return all;
            }

            @SuppressWarnings("unchecked") // the property applies to all jobs
            private void add(List<JobProperty<? super P>> all) {
                all.add((JobProperty<? super P>) (JobProperty<?>) prebuild.copy());
            }
        };
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
