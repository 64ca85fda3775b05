package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.JobProperty;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.PrebuildOptionsForm;
import io.jenkins.plugins.gitpod.options.WhenActive;
import jenkins.model.OptionalJobProperty;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * "Create a Gitpod prebuild for new commits": acts whenever a build of the job has checked out a commit that was not acted
 * on before. The prebuild is detached: it neither holds up the build nor can it fail it. Saved with jobs: fields may be
 * added but not renamed. Every option has its meaning in {@link PrebuildOptions}.
 */
public final class GitpodPrebuildProperty extends OptionalJobProperty<Job<?, ?>> {

    private final PrebuildOptions options = automaticDefaults();
    private boolean cancelWithBuild;

    @DataBoundConstructor
    public GitpodPrebuildProperty() {
        // All is optional.
    }

    private static PrebuildOptions automaticDefaults() {
        PrebuildOptions options = new PrebuildOptions();
        options.setWait(false);
        options.setOnlyProjectBranch(true);
        return options;
    }

    /** The same for another job; a job's property knows its job. */
    @NonNull
    GitpodPrebuildProperty copy() {
        GitpodPrebuildProperty copy = new GitpodPrebuildProperty();
        copy.setProjectId(getProjectId());
        copy.setEnvironmentClassId(getEnvironmentClassId());
        copy.setTimeout(getTimeout());
        copy.setConnection(getConnection());
        copy.setCredentialsId(getCredentialsId());
        copy.setWhenActive(getWhenActive());
        copy.setMinimumInterval(getMinimumInterval());
        copy.setOnlyProjectBranch(isOnlyProjectBranch());
        copy.setOnlyIfChanged(getOnlyIfChanged());
        copy.setCancelWithBuild(cancelWithBuild);
        return copy;
    }

    /** What to ask for. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public PrebuildOptions options() {
        return options;
    }

    @CheckForNull
    public String getProjectId() {
        return options.getProjectId();
    }

    @DataBoundSetter
    public void setProjectId(String projectId) {
        options.setProjectId(projectId);
    }

    @CheckForNull
    public String getEnvironmentClassId() {
        return options.getEnvironmentClassId();
    }

    @DataBoundSetter
    public void setEnvironmentClassId(String environmentClassId) {
        options.setEnvironmentClassId(environmentClassId);
    }

    @CheckForNull
    public Integer getTimeout() {
        return options.getTimeout();
    }

    @DataBoundSetter
    public void setTimeout(Integer timeout) {
        options.setTimeout(timeout);
    }

    @CheckForNull
    public String getConnection() {
        return options.getConnection();
    }

    @DataBoundSetter
    public void setConnection(String connection) {
        options.setConnection(connection);
    }

    @CheckForNull
    public String getCredentialsId() {
        return options.getCredentialsId();
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        options.setCredentialsId(credentialsId);
    }

    @NonNull
    public WhenActive getWhenActive() {
        return options.getWhenActive();
    }

    @DataBoundSetter
    public void setWhenActive(WhenActive whenActive) {
        options.setWhenActive(whenActive);
    }

    @CheckForNull
    public Integer getMinimumInterval() {
        return options.getMinimumInterval();
    }

    @DataBoundSetter
    public void setMinimumInterval(Integer minimumInterval) {
        options.setMinimumInterval(minimumInterval);
    }

    public boolean isOnlyProjectBranch() {
        return options.isOnlyProjectBranch();
    }

    @DataBoundSetter
    public void setOnlyProjectBranch(boolean onlyProjectBranch) {
        options.setOnlyProjectBranch(onlyProjectBranch);
    }

    @CheckForNull
    public String getOnlyIfChanged() {
        return options.getOnlyIfChanged();
    }

    @DataBoundSetter
    public void setOnlyIfChanged(String onlyIfChanged) {
        options.setOnlyIfChanged(onlyIfChanged);
    }

    /** Whether a build that is aborted takes its prebuild along. */
    public boolean isCancelWithBuild() {
        return cancelWithBuild;
    }

    @DataBoundSetter
    public void setCancelWithBuild(boolean cancelWithBuild) {
        this.cancelWithBuild = cancelWithBuild;
    }

    /** Names the property. */
    @Extension
    @Symbol("gitpodPrebuildForCommits")
    public static final class DescriptorImpl extends OptionalJobPropertyDescriptor {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodPrebuildProperty_displayName();
        }

        @Override
        public String getHelpFile(String fieldName) {
            return fieldName == null || "cancelWithBuild".equals(fieldName)
                    ? super.getHelpFile(fieldName)
                    : PrebuildOptionsForm.get().getHelpFile(fieldName);
        }

        @Override
        public JobProperty<?> newInstance(@Nullable StaplerRequest2 req, @NonNull JSONObject formData)
                throws FormException {
            PrebuildOptionsForm.get().checkSubmitted(formData);
            return super.newInstance(req, formData);
        }
    }
}
