package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.Util;
import hudson.model.Job;
import hudson.model.JobProperty;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.MailAddresses;
import io.jenkins.plugins.gitpod.options.OptionArguments;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.PrebuildOptionsForm;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.options.WhenActive;
import java.util.Map;
import jenkins.model.OptionalJobProperty;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * The job property "Create a Gitpod prebuild for new commits". It requests a prebuild for each commit of the job's builds that
 * was not handled before, at the time that {@link PrebuildTrigger} says. The prebuild is detached: the build does not wait for it and does not fail with
 * it. Multibranch projects, folders, and rules in the global configuration contain the same settings for their jobs.
 * {@link PrebuildOptions} describes the options. Saved in {@code config.xml}: fields may be added but not renamed.
 */
public final class GitpodPrebuildProperty extends OptionalJobProperty<Job<?, ?>> {

    private PrebuildOptions options = new PrebuildOptions().forCommits();
    private boolean cancelWithBuild;
    private boolean disabled;
    private PrebuildTrigger trigger = PrebuildTrigger.PUSH;
    private boolean keepFresh;

    /** Null if there are none. */
    @Nullable
    private CommitConditions conditions;

    @Nullable
    private String mailTo;

    @DataBoundConstructor
    public GitpodPrebuildProperty() {
        // All options are optional.
    }

    /** The settings of a file that contains none. */
    @NonNull
    static GitpodPrebuildProperty ofEmptyFile() {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.trigger = PrebuildTrigger.CHECKOUT;
        return property;
    }

    /** Sets the defaults of what a file does not contain. Before there was a choice, it was the checkout that counted. */
    private Object readResolve() {
        if (trigger == null) {
            trigger = PrebuildTrigger.CHECKOUT;
        }
        options = (options == null ? new PrebuildOptions() : options).forCommits();
        return this;
    }

    /** The options of the requests. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public PrebuildOptions options() {
        return options;
    }

    /** The conditions of the requests that only automatic ones have. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public CommitConditions conditions() {
        return conditions == null ? CommitConditions.NONE : conditions;
    }

    private void setConditions(CommitConditions changed) {
        conditions = changed.isNone() ? null : changed;
    }

    /** A message about the first invalid option, or null if all are valid. */
    @CheckForNull
    String problem() {
        String problem = options.problem();
        problem = problem == null ? conditions().problem() : problem;
        return problem == null ? MailAddresses.problem(mailTo) : problem;
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

    @CheckForNull
    public Integer getMaxAge() {
        return options.getMaxAge();
    }

    @DataBoundSetter
    public void setMaxAge(Integer maxAge) {
        options.setMaxAge(maxAge);
    }

    @CheckForNull
    public Integer getKeepPrebuilds() {
        return options.getKeepPrebuilds();
    }

    @DataBoundSetter
    public void setKeepPrebuilds(Integer keepPrebuilds) {
        options.setKeepPrebuilds(keepPrebuilds);
    }

    /** How many new commits of a branch get one prebuild, 1 to 1000; null for no minimum. */
    @CheckForNull
    public Integer getMinimumCommits() {
        return conditions().minimumCommits();
    }

    @DataBoundSetter
    public void setMinimumCommits(Integer minimumCommits) {
        setConditions(conditions().withMinimumCommits(minimumCommits));
    }

    /** Times of the day at which no prebuild is created, such as {@code 22:00-06:00}; null for none. */
    @CheckForNull
    public String getQuietHours() {
        return conditions().quietHours();
    }

    @DataBoundSetter
    public void setQuietHours(String quietHours) {
        setConditions(conditions().withQuietHours(quietHours));
    }

    /** The minutes that the prebuilds of a project may run within 24 hours; null for no limit. */
    @CheckForNull
    public Integer getDailyBudget() {
        return conditions().dailyBudget();
    }

    @DataBoundSetter
    public void setDailyBudget(Integer dailyBudget) {
        setConditions(conditions().withDailyBudget(dailyBudget));
    }

    /** The addresses that are told of a failed prebuild, and when one completes again; null for none. */
    @CheckForNull
    public String getMailTo() {
        return mailTo;
    }

    @DataBoundSetter
    public void setMailTo(String mailTo) {
        this.mailTo = Util.fixEmptyAndTrim(mailTo);
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

    public boolean isSkipPublishingChecks() {
        return options.isSkipPublishingChecks();
    }

    @DataBoundSetter
    public void setSkipPublishingChecks(boolean skipPublishingChecks) {
        options.setSkipPublishingChecks(skipPublishingChecks);
    }

    /** When the prebuild for a commit is requested. */
    @NonNull
    public PrebuildTrigger getTrigger() {
        return trigger;
    }

    @DataBoundSetter
    public void setTrigger(PrebuildTrigger trigger) {
        this.trigger = trigger == null ? PrebuildTrigger.PUSH : trigger;
    }

    /** Whether the request depends on the change log, which is known at the checkout only. */
    boolean needsChanges() {
        return options.getOnlyIfChanged() != null || conditions().minimumCommits() != null;
    }

    /** Whether an old or failed prebuild is replaced without a new commit; false by default. */
    public boolean isKeepFresh() {
        return keepFresh;
    }

    @DataBoundSetter
    public void setKeepFresh(boolean keepFresh) {
        this.keepFresh = keepFresh;
    }

    /**
     * Whether no prebuilds are created, whatever a folder or the global configuration sets for the job; false by default.
     */
    public boolean isDisabled() {
        return disabled;
    }

    @DataBoundSetter
    public void setDisabled(boolean disabled) {
        this.disabled = disabled;
    }

    /** Whether aborting the build also cancels the prebuild; false by default. */
    public boolean isCancelWithBuild() {
        return cancelWithBuild;
    }

    @DataBoundSetter
    public void setCancelWithBuild(boolean cancelWithBuild) {
        this.cancelWithBuild = cancelWithBuild;
    }

    /** The descriptor of the property. */
    @Extension
    @Symbol("gitpodPrebuildForCommits")
    public static final class DescriptorImpl extends OptionalJobPropertyDescriptor implements CustomDescribableModel {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodPrebuildProperty_displayName();
        }

        @NonNull
        @Override
        public Map<String, Object> customInstantiate(@NonNull Map<String, Object> arguments) {
            return OptionArguments.read(clazz, arguments);
        }

        @Override
        public JobProperty<?> newInstance(@Nullable StaplerRequest2 req, @NonNull JSONObject formData)
                throws FormException {
            PrebuildOptionsForm.get().checkSubmitted(formData);
            return super.newInstance(req, formData);
        }
    }
}
