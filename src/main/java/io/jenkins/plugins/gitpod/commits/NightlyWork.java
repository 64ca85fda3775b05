package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.AsyncPeriodicWork;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.logging.Level;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Requests at night what was deferred, and replaces prebuilds that are to be kept fresh. */
@Extension
@Restricted(NoExternalUse.class)
public final class NightlyWork extends AsyncPeriodicWork {

    private static final Duration PERIOD = Duration.ofMinutes(5);

    /** Longer than a period, in case that one takes long. What came before is left to the next night. */
    private static final Duration MAX_GAP = Duration.ofHours(1);

    @CheckForNull
    private ZonedDateTime last;

    public NightlyWork() {
        super("Gitpod prebuilds at night");
    }

    @Override
    public long getRecurrencePeriod() {
        return PERIOD.toMillis();
    }

    @Override
    protected Level getNormalLoggingLevel() {
        return Level.FINE;
    }

    @Override
    protected void execute(TaskListener listener) {
        ZonedDateTime now = ZonedDateTime.now();
        ZonedDateTime from = last == null || last.isBefore(now.minus(MAX_GAP)) ? now.minus(PERIOD) : last;
        if (PrebuildService.get().isUp()) {
            run(from, now);
            last = now;
        }
    }

    /** Does what is due in a period. Does nothing if no connection is configured. */
    static void run(@NonNull ZonedDateTime from, @NonNull ZonedDateTime to) {
        if (GitpodGlobalConfiguration.get().getConnections().isEmpty()) {
            return;
        }
        PrebuildService.get().deferred().ifPresent(deferred -> {
            deferred.submitDue(to.toInstant());
            KeepFresh.run(deferred, from, to);
        });
    }
}
