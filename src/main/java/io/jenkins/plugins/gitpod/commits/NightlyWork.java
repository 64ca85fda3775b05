package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
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

    /**
     * As long as the night, for a Jenkins that restarts in it: to look at a job again does no harm. What came before is left to the
     * next night.
     */
    static final Duration MAX_GAP = Duration.ofHours(5);

    /** Not saved. */
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
        if (PrebuildService.get().isUp()) {
            run(from(last, now), now);
            last = now;
        }
    }

    /**
     * The start of the period that ends now.
     *
     * @param last the end of the period before, or null after a start. It is in the future if the clock was set back
     */
    @NonNull
    static ZonedDateTime from(@Nullable ZonedDateTime last, @NonNull ZonedDateTime now) {
        ZonedDateTime earliest = now.minus(MAX_GAP);
        return last == null || last.isAfter(now) || last.isBefore(earliest) ? earliest : last;
    }

    /** Does what is due in a period. Does nothing if no connection is configured. */
    static void run(@NonNull ZonedDateTime from, @NonNull ZonedDateTime to) {
        if (GitpodGlobalConfiguration.get().getConnections().isEmpty()) {
            return;
        }
        PrebuildService.get().deferred().ifPresent(deferred -> {
            deferred.submitDue(to.toInstant(), PrebuildSetting::isActive);
            KeepFresh.run(deferred, from, to);
        });
    }
}
