package io.jenkins.plugins.gitpod.checks;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.checks.api.ChecksDetails;
import io.jenkins.plugins.checks.api.ChecksPublisherFactory;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Publishes a check of the commit for each prebuild, also if no build waits for it, so that somebody hears of a failed one. Does
 * nothing unless another plugin publishes checks.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class ChecksPublishingListener extends PrebuildListener {

    /** How many lines of the log a check of a failed prebuild has. */
    private static final int LAST_LINES = 50;

    @Override
    public void onCreated(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        if (record.getConclusion() == null && isWanted(record)) {
            publish(run, new PrebuildCheck(run, record, List.of()).details());
        }
    }

    /** The prebuild has ended after its request. */
    @Override
    public void onPhaseChanged(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        if (record.finalStatus() != record.getConclusion()) {
            onEnded(run, record);
        }
    }

    @Override
    public void onEnded(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        if (isWanted(record)) {
            publish(run, new PrebuildCheck(run, record, List.of()).details());
            // People see at once that it failed. Gitpod may need some seconds for the log.
            List<String> log = record.finalStatus() == EndStatus.FAILED ? lastLines(run, record) : null;
            if (log != null) {
                publish(run, new PrebuildCheck(run, record, log).details());
            }
        }
    }

    private static boolean isWanted(PrebuildRecord record) {
        return !record.isSkipPublishingChecks()
                && !ExtensionList.lookup(ChecksPublisherFactory.class).isEmpty();
    }

    /** The type of the parameter keeps Jenkins from loading this extension without the plugin checks-api. */
    private static void publish(Run<?, ?> run, ChecksDetails check) {
        ChecksPublisherFactory.fromRun(run, TaskListener.NULL).publish(check);
    }

    /** The last lines of the log, or one line that says why there are none; null if that is not worth another check. */
    @CheckForNull
    private static List<String> lastLines(Run<?, ?> run, PrebuildRecord record) {
        try {
            return PrebuildService.get().log(run, record).last(LAST_LINES);
        } catch (AbortException e) {
            return List.of(Messages.PrebuildCheck_noLog(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
