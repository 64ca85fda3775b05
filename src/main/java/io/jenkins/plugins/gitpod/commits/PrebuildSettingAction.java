package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.InvisibleAction;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jenkins.model.TransientActionFactory;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A section of a job's page: whether new commits get prebuilds, where that is set, and why the last commits got one or none.
 * Absent if it is set nowhere and nothing was decided.
 */
@Restricted(NoExternalUse.class)
public final class PrebuildSettingAction extends InvisibleAction {

    private final Job<?, ?> job;

    PrebuildSettingAction(@NonNull Job<?, ?> job) {
        this.job = job;
    }

    /** One sentence on what counts for the job and where it is set, or null if it is set nowhere. */
    @CheckForNull
    public String getSummary() {
        PrebuildSetting setting = PrebuildSetting.of(job);
        if (setting == null) {
            return null;
        }
        String origin = setting.origin().get();
        return setting.property().isDisabled()
                ? Messages.PrebuildSettingAction_off(origin)
                : Messages.PrebuildSettingAction_on(origin);
    }

    /** The options that differ from their defaults, for users who may see the configuration of the job; else empty. */
    @NonNull
    public String getOptions() {
        PrebuildSetting setting = job.hasPermission(Item.EXTENDED_READ) ? PrebuildSetting.of(job) : null;
        if (setting == null || setting.property().isDisabled()) {
            return "";
        }
        Map<String, Object> options =
                new TreeMap<>(UninstantiatedDescribable.from(setting.property()).getArguments());
        return options.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .collect(Collectors.joining(", "));
    }

    /** The last decisions, the newest first. */
    @NonNull
    public List<Row> getDecisions() {
        return DecisionLog.of(job).newestFirst().stream()
                .map(each -> new Row(job, each))
                .toList();
    }

    /** A decision as a row of a table. */
    @Restricted(NoExternalUse.class)
    public static final class Row {

        private static final int SHORT_HASH = 7;

        private final Job<?, ?> job;
        private final DecisionLog.Entry entry;

        private Row(Job<?, ?> job, DecisionLog.Entry entry) {
            this.job = job;
            this.entry = entry;
        }

        /** The build, or null if it was deleted. */
        @CheckForNull
        public Run<?, ?> getRun() {
            return job.getBuildByNumber(entry.build());
        }

        public int getBuild() {
            return entry.build();
        }

        @NonNull
        public String getCommit() {
            return entry.commit().substring(0, Math.min(entry.commit().length(), SHORT_HASH));
        }

        @NonNull
        public String getText() {
            return entry.text();
        }

        public long getTimeMillis() {
            return entry.timeMillis();
        }

        /** How long ago it was decided. */
        @NonNull
        public String getAge() {
            return Util.getTimeSpanString(Math.max(0, System.currentTimeMillis() - entry.timeMillis()));
        }
    }

    /** Adds the action to jobs. */
    @Extension
    public static final class Factory extends TransientActionFactory<Job> {

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Class<PrebuildSettingAction> actionType() {
            return PrebuildSettingAction.class;
        }

        @NonNull
        @Override
        public Collection<PrebuildSettingAction> createFor(@NonNull Job target) {
            Job<?, ?> job = target;
            return List.of(new PrebuildSettingAction(job));
        }
    }
}
