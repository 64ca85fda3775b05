package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.checkout.BuildCheckouts;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.request.DeferredRequests;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import jenkins.model.Jenkins;

/**
 * Replaces the last automatic prebuild of a job when it has failed, or before Gitpod deletes it. A job that never had one is
 * left alone. Each job is looked at once a night, or more often if Jenkins restarts: that makes no difference. Of its builds, only
 * the one of that prebuild is loaded.
 */
final class KeepFresh {

    /**
     * Gitpod deletes prebuilds after about seven days. As this is looked at once a day only, the new one is requested between
     * five and a half and six and a half days after the old one.
     */
    static final int HOURS = 132;

    private static final int MAX_HOURS = 168;

    private KeepFresh() {}

    /** Looks at the jobs whose time is in this period of the night. */
    static void run(@NonNull DeferredRequests requests, @NonNull ZonedDateTime from, @NonNull ZonedDateTime to) {
        if (!NightlyTime.isNightIn(from, to)) {
            return; // there may be many jobs
        }
        Guarded.forEach("keep a prebuild fresh", Jenkins.get().allItems(Job.class), job -> {
            NightlyTime time = NightlyTime.of(job.getFullName());
            if (time.isIn(from, to)) {
                check(job, requests, time.next(from), to.toInstant());
            }
        });
    }

    private static void check(Job<?, ?> job, DeferredRequests requests, Instant time, Instant now) {
        PrebuildSetting setting = PrebuildSetting.of(job);
        if (setting == null
                || setting.property().isDisabled()
                || !setting.property().isKeepFresh()
                || !job.isBuildable()) {
            return;
        }
        DecisionLog.Entry last = DecisionLog.of(job).lastPrebuild();
        if (last == null) {
            return;
        }
        Instant requested = Instant.ofEpochMilli(last.timeMillis());
        Run<?, ?> run = isOver(time, requested) ? null : build(job, last.build());
        if (run == null) {
            return;
        }
        String requestId = last.requestId();
        Integer hours =
                hours(Duration.between(requested, now), requestId == null ? null : PrebuildAction.find(run, requestId));
        Checkout checkout = hours == null ? null : BuildCheckouts.known(run);
        if (checkout != null) {
            requests.submit(
                    run,
                    setting.property().options().forFreshness(hours),
                    new NewCommit(
                            checkout,
                            ChangedPaths.MATCH,
                            setting.isInherited(),
                            null,
                            setting.property().conditions().withMinimumCommits(null)));
        }
    }

    /**
     * Whether a prebuild was requested since the job's time of this night. A project whose prebuilds fail gets one a night then,
     * however often Jenkins restarts.
     */
    static boolean isOver(@NonNull Instant time, @NonNull Instant requested) {
        return !requested.isBefore(time);
    }

    /** The build, or the last one if it was deleted. */
    @CheckForNull
    private static Run<?, ?> build(Job<?, ?> job, int number) {
        Run<?, ?> run = job.getBuildByNumber(number);
        return run == null ? job.getLastBuild() : run;
    }

    /**
     * So many hours may a completed prebuild of the project be old to be fresh enough.
     *
     * @param age how long ago the last automatic prebuild was requested
     * @param record its record, or null if it is gone
     * @return null if the last one itself is fresh enough or still running
     */
    @CheckForNull
    static Integer hours(@NonNull Duration age, @Nullable PrebuildRecord record) {
        EndStatus end = record == null ? null : record.getConclusion();
        if (age.compareTo(Duration.ofHours(HOURS)) >= 0) {
            return HOURS;
        } else if (end == EndStatus.FAILED || end == EndStatus.ERROR) {
            // Only one that somebody has requested since is better than a new one.
            return (int) Math.max(1, Math.min(MAX_HOURS, age.toHours()));
        }
        return null;
    }
}
