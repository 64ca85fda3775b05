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
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * Gives every branch of a multibranch project the {@link GitpodPrebuildProperty}, so that its Jenkinsfiles need not. A
 * branch whose Jenkinsfile sets the property keeps its own.
 */
public final class GitpodPrebuildBranchProperty extends BranchProperty {

    private final GitpodPrebuildProperty prebuild;

    /** @param prebuild what each branch's job gets */
    @DataBoundConstructor
    public GitpodPrebuildBranchProperty(GitpodPrebuildProperty prebuild) {
        this.prebuild = prebuild == null ? new GitpodPrebuildProperty() : prebuild;
    }

    @NonNull
    public GitpodPrebuildProperty getPrebuild() {
        return prebuild;
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

            @SuppressWarnings("unchecked") // the property is good for every job
            private void add(List<JobProperty<? super P>> all) {
                all.add((JobProperty<? super P>) (JobProperty<?>) prebuild.copy());
            }
        };
    }

    /** Names the property. */
    @Extension(optional = true)
    @Symbol("gitpodPrebuildForBranches")
    public static final class DescriptorImpl extends BranchPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodPrebuildProperty_displayName();
        }
    }
}
