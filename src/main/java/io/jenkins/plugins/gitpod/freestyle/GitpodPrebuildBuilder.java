package io.jenkins.plugins.gitpod.freestyle;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.EnvVars;
import hudson.Extension;
import hudson.Launcher;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.BuildListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.options.OptionArguments;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.PrebuildOptionsForm;
import io.jenkins.plugins.gitpod.options.WhenActive;
import java.io.IOException;
import java.util.Map;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * The freestyle build step; {@link PrebuildOptions} describes the options. It is no step for pipelines: there it would use a
 * thread while it waits, and a restart would lose it. Saved in {@code config.xml}: fields may be added but not renamed.
 */
public final class GitpodPrebuildBuilder extends Builder {

    private final PrebuildOptions options;

    @DataBoundConstructor
    public GitpodPrebuildBuilder() {
        options = new PrebuildOptions();
    }

    /** Sets the defaults of what a file does not contain. */
    private Object readResolve() {
        return options == null ? new GitpodPrebuildBuilder() : this;
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

    public boolean isWait() {
        return options.isWait();
    }

    @DataBoundSetter
    public void setWait(boolean wait) {
        options.setWait(wait);
    }

    public boolean isPropagate() {
        return options.isPropagate();
    }

    @DataBoundSetter
    public void setPropagate(boolean propagate) {
        options.setPropagate(propagate);
    }

    public boolean isCancelOnAbort() {
        return options.isCancelOnAbort();
    }

    @DataBoundSetter
    public void setCancelOnAbort(boolean cancelOnAbort) {
        options.setCancelOnAbort(cancelOnAbort);
    }

    @NonNull
    public Logs getLogs() {
        return options.getLogs();
    }

    @DataBoundSetter
    public void setLogs(Logs logs) {
        options.setLogs(logs);
    }

    public boolean isSkipPublishingChecks() {
        return options.isSkipPublishingChecks();
    }

    @DataBoundSetter
    public void setSkipPublishingChecks(boolean skipPublishingChecks) {
        options.setSkipPublishingChecks(skipPublishingChecks);
    }

    @NonNull
    public OnWarning getOnWarning() {
        return options.getOnWarning();
    }

    @DataBoundSetter
    public void setOnWarning(OnWarning onWarning) {
        options.setOnWarning(onWarning);
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

    @CheckForNull
    public Integer getMaxAge() {
        return options.getMaxAge();
    }

    @DataBoundSetter
    public void setMaxAge(Integer maxAge) {
        options.setMaxAge(maxAge);
    }

    public boolean isForce() {
        return options.isForce();
    }

    @DataBoundSetter
    public void setForce(boolean force) {
        options.setForce(force);
    }

    public boolean isWaitForWarmPool() {
        return options.isWaitForWarmPool();
    }

    @DataBoundSetter
    public void setWaitForWarmPool(boolean waitForWarmPool) {
        options.setWaitForWarmPool(waitForWarmPool);
    }

    @CheckForNull
    public Integer getKeepPrebuilds() {
        return options.getKeepPrebuilds();
    }

    @DataBoundSetter
    public void setKeepPrebuilds(Integer keepPrebuilds) {
        options.setKeepPrebuilds(keepPrebuilds);
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

    @Override
    public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener listener)
            throws InterruptedException, IOException {
        EnvVars variables = build.getEnvironment(listener);
        variables.overrideAll(build.getBuildVariables());
        return new FreestyleWait(build, listener, options.expanded(variables), launcher.getChannel()).await();
    }

    /** The descriptor of the build step. */
    @Extension
    @Symbol("gitpodPrebuild")
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> implements CustomDescribableModel {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodPrebuildBuilder_displayName();
        }

        @Override
        @SuppressWarnings("rawtypes") // as it is declared
        public boolean isApplicable(Class<? extends AbstractProject> jobType) {
            return true;
        }

        @NonNull
        @Override
        public Map<String, Object> customInstantiate(@NonNull Map<String, Object> arguments) {
            return OptionArguments.read(clazz, arguments);
        }

        @Override
        public String getHelpFile(String fieldName) {
            return fieldName == null
                    ? super.getHelpFile(null)
                    : PrebuildOptionsForm.get().getHelpFile(fieldName);
        }

        @Override
        public Builder newInstance(@Nullable StaplerRequest2 req, @NonNull JSONObject formData) throws FormException {
            PrebuildOptionsForm.get().checkSubmitted(formData);
            return super.newInstance(req, formData);
        }
    }
}
