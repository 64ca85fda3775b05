package io.jenkins.plugins.gitpod.pipeline;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.options.OptionArguments;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.WhenActive;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** The pipeline step {@code gitpodPrebuild}. {@link PrebuildOptions} describes the options. */
public final class GitpodPrebuildStep extends Step {

    private final PrebuildOptions options = new PrebuildOptions();

    @DataBoundConstructor
    public GitpodPrebuildStep() {
        // All options are optional.
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
    public StepExecution start(StepContext context) {
        return new GitpodPrebuildExecution(context, options);
    }

    /** The descriptor of the step. */
    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements CustomDescribableModel {

        @Override
        public String getFunctionName() {
            return "gitpodPrebuild";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodPrebuildStep_displayName();
        }

        @NonNull
        @Override
        public Map<String, Object> customInstantiate(@NonNull Map<String, Object> arguments) {
            return OptionArguments.read(clazz, arguments);
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, FlowNode.class, TaskListener.class);
        }

        @Override
        public String argumentsToString(@NonNull Map<String, Object> namedArgs) {
            Object projectId = namedArgs.get("projectId");
            return projectId == null ? null : projectId.toString();
        }
    }
}
