package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.InvisibleAction;
import hudson.model.Item;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.Messages;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jenkins.model.TransientActionFactory;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A section of a job's page: whether new commits get prebuilds, and where that is set. Absent if it is set nowhere. */
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
