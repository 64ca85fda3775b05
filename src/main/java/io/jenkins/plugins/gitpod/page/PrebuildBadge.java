package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.BuildBadgeAction;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import java.util.Collection;
import java.util.List;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Marks a build in the build history if one of its prebuilds failed or completed with a warning. */
@Restricted(NoExternalUse.class)
public final class PrebuildBadge implements BuildBadgeAction {

    private final boolean failed;

    PrebuildBadge(boolean failed) {
        this.failed = failed;
    }

    @CheckForNull
    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return failed ? Messages.PrebuildBadge_failed() : Messages.PrebuildBadge_warned();
    }

    @CheckForNull
    @Override
    public String getUrlName() {
        return null;
    }

    @NonNull
    public String getIconClass() {
        return failed ? "icon-sm jenkins-!-error-color" : "icon-sm jenkins-!-warning-color";
    }

    /** Looks at the build's records. */
    @Extension
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<BuildBadgeAction> actionType() {
            return BuildBadgeAction.class;
        }

        @NonNull
        @Override
        public Collection<BuildBadgeAction> createFor(@NonNull Run target) {
            Run<?, ?> run = target;
            List<PrebuildRecord> records = RunPrebuilds.records(run);
            boolean failed = records.stream().anyMatch(RecordTexts::isFailed);
            return failed || records.stream().anyMatch(RecordTexts::isWarned)
                    ? List.of(new PrebuildBadge(failed))
                    : List.of();
        }
    }
}
