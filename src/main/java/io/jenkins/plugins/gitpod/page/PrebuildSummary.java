package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Functions;
import hudson.Util;
import hudson.model.BallColor;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A recorded prebuild of one of the last builds of a job, as a row of a table and in the remote API. */
@ExportedBean(defaultVisibility = 2) // shown in the action of a job
public final class PrebuildSummary {

    /** Gitpod keeps a prebuild that long. */
    private static final Duration RETENTION = Duration.ofDays(7);

    private static final int SHORT_HASH = 7;

    private final Run<?, ?> run;
    private final PrebuildRecord record;

    /** Null if the record has ended. */
    @Nullable
    private final OpenPrebuild open;

    PrebuildSummary(@NonNull Run<?, ?> run, @NonNull PrebuildRecord record) {
        this.run = run;
        this.record = record;
        this.open = RecordTexts.isEnded(record) ? null : RunPrebuilds.open(run, record);
    }

    @Exported
    public int getBuild() {
        return run.getNumber();
    }

    /** The URL of the build. */
    @Exported
    @NonNull
    public String getBuildUrl() {
        return run.getAbsoluteUrl();
    }

    /** The record, the same as in the remote API of the build. */
    @Exported
    @NonNull
    public PrebuildRecord getRecord() {
        return record;
    }

    @NonNull
    @Restricted(NoExternalUse.class)
    public Run<?, ?> getRun() {
        return run;
    }

    boolean isCompleted() {
        return record.getConclusion() == EndStatus.COMPLETED && record.getResult() != null;
    }

    // ---- texts of the pages

    @NonNull
    @Restricted(NoExternalUse.class)
    public String getIcon() {
        return (open == null ? RecordTexts.color(record) : BallColor.NOTBUILT_ANIME).getIconName();
    }

    @NonNull
    @Restricted(NoExternalUse.class)
    public String getState() {
        return open == null ? RecordTexts.state(record) : open.getState();
    }

    /** The project, by name if it is known. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public String getProject() {
        return Objects.requireNonNullElse(record.getProjectName(), record.getProjectId());
    }

    @NonNull
    @Restricted(NoExternalUse.class)
    public String getCommit() {
        PrebuildResult result = record.getResult();
        String commit = result == null ? null : result.getCommit();
        return commit == null ? "" : commit.substring(0, Math.min(commit.length(), SHORT_HASH));
    }

    @Restricted(NoExternalUse.class)
    public long getLengthMillis() {
        PrebuildResult result = record.getResult();
        return result == null ? 0 : result.getDurationMillis();
    }

    @NonNull
    @Restricted(NoExternalUse.class)
    public String getLength() {
        return getLengthMillis() == 0 ? "" : Util.getTimeSpanString(getLengthMillis());
    }

    @Restricted(NoExternalUse.class)
    public long getSizeBytes() {
        PrebuildResult result = record.getResult();
        return result == null ? 0 : result.getSnapshotSizeBytes();
    }

    @NonNull
    @Restricted(NoExternalUse.class)
    public String getSnapshot() {
        return getSizeBytes() == 0 ? "" : Functions.humanReadableByteSize(getSizeBytes());
    }

    /** When it ended, or when its build started if that is not known. */
    private Instant time() {
        PrebuildResult result = record.getResult();
        long completed = result == null ? 0 : result.getCompletedAtMillis();
        return Instant.ofEpochMilli(completed == 0 ? run.getStartTimeInMillis() : completed);
    }

    @Restricted(NoExternalUse.class)
    public long getTimeMillis() {
        return time().toEpochMilli();
    }

    /** How long ago it ended, or its build started. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public String getAge() {
        return Util.getTimeSpanString(
                Math.max(0, Duration.between(time(), Instant.now()).toMillis()));
    }

    /** One line about a completed prebuild: its age, its commit, and how long Gitpod keeps it. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public String getFreshness() {
        Instant end = time().plus(RETENTION);
        long days = ChronoUnit.DAYS.between(Instant.now(), end);
        String left = days >= 1 ? Messages.PrebuildSummary_daysLeft(days) : Messages.PrebuildSummary_lastDay();
        String kept = Instant.now().isAfter(end) ? Messages.PrebuildSummary_expired() : left;
        return getCommit().isEmpty()
                ? Messages.PrebuildSummary_fresh(getAge(), kept)
                : Messages.PrebuildSummary_freshOfCommit(getAge(), getCommit(), kept);
    }

    /** The snapshot's size, the length and the end, for a bar of the chart. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public String getDescription() {
        return Messages.PrebuildSummary_bar(
                run.getDisplayName(), getState(), getLength(), getSnapshot().isEmpty() ? "–" : getSnapshot());
    }

    /** A point of the chart. */
    @NonNull
    JSONObject toPoint() {
        JSONObject point = new JSONObject();
        point.put("build", run.getDisplayName());
        point.put("icon", getIcon());
        point.put("minutes", Math.round(getLengthMillis() / 6_000.0) / 10.0);
        point.put("gibibytes", Math.round(getSizeBytes() / 107_374_182.4) / 10.0);
        point.put("description", getDescription());
        return point;
    }
}
