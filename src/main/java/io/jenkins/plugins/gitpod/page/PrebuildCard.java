package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Functions;
import hudson.Util;
import hudson.model.BallColor;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.Timeline;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.request.Progress;
import io.jenkins.plugins.gitpod.store.UsualLengths;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** One prebuild of a build at one moment, as its card and its timeline show it. All texts are plain text. */
@Restricted(NoExternalUse.class)
public final class PrebuildCard {

    private static final int SHORT_HASH = 7;

    private final Run<?, ?> run;
    private final PrebuildRecord record;

    /** Null if the request has ended, or while Jenkins is starting. */
    @Nullable
    private final OpenPrebuild open;

    private final Instant now;
    private final Timeline timeline;
    private final UsualLengths.Usual usual;

    PrebuildCard(
            @NonNull Run<?, ?> run, @NonNull PrebuildRecord record, @Nullable OpenPrebuild open, @NonNull Instant now) {
        this.run = run;
        this.record = record;
        this.open = open;
        this.now = now;
        this.timeline = record.timeline();
        this.usual = PrebuildService.get()
                .queries()
                .map(queries -> queries.usual(record.getProjectId(), classId()))
                .orElse(UsualLengths.Usual.UNKNOWN);
    }

    /** The card of a request that has no record yet, because its prebuild has not been created. */
    @NonNull
    static PrebuildCard of(@NonNull Run<?, ?> run, @NonNull OpenPrebuild open, @NonNull Instant now) {
        PrebuildRecord record = new PrebuildRecord(
                        open.getRequestId(),
                        open.getProjectId(),
                        open.getConnection(),
                        open.isDetached(),
                        null,
                        null,
                        null)
                .with(open.since(), List.of())
                .ofClass(open.getEnvironmentClassId());
        return new PrebuildCard(run, record, open, now);
    }

    @CheckForNull
    private PrebuildResult result() {
        return record.getResult();
    }

    @CheckForNull
    private String classId() {
        return record.getEnvironmentClassId();
    }

    // ---- what it is

    @NonNull
    public String getRequestId() {
        return record.getRequestId();
    }

    /** The id of the prebuild, or the empty text. */
    @NonNull
    public String getPrebuildId() {
        PrebuildResult result = result();
        return result == null ? "" : result.getId();
    }

    /** The name of the project, or its id. */
    @NonNull
    public String getProject() {
        return Objects.requireNonNullElse(name(record.getProjectName(), record.getProjectId()), record.getProjectId());
    }

    /** The name of the environment class, or the empty text. */
    @NonNull
    public String getEnvironmentClass() {
        return Objects.toString(name(record.getEnvironmentClassName(), classId()), "");
    }

    /** A name that became known after the record was saved is shown too. */
    @CheckForNull
    private static String name(@Nullable String recorded, @Nullable String id) {
        return recorded != null ? recorded : GitpodLookup.get().knownName(id);
    }

    /** The project and the class. */
    @NonNull
    public String getTitle() {
        return getEnvironmentClass().isEmpty()
                ? getProject()
                : Messages.PrebuildCard_title(getProject(), getEnvironmentClass());
    }

    /** The commit that it is built from, or the empty text. */
    @NonNull
    public String getCommit() {
        PrebuildResult result = result();
        String commit = result == null ? null : result.getCommit();
        if (commit == null) {
            return "";
        }
        String shown = commit.substring(0, Math.min(commit.length(), SHORT_HASH));
        return result.getBranch() == null
                ? Messages.PrebuildCard_commit(shown)
                : Messages.PrebuildCard_commitOfBranch(shown, result.getBranch());
    }

    @CheckForNull
    public Date getRequestedAt() {
        return record.getRequestedAtMillis() == 0 ? null : new Date(record.getRequestedAtMillis());
    }

    // ---- how it stands

    /** Whether nothing changes any more. */
    public boolean isEnded() {
        return open == null && (record.getConclusion() != null || !run.isBuilding());
    }

    /** What a screen reader announces: changes with the phase, not with the time. */
    @NonNull
    public String getState() {
        return open != null ? open.getState() : RecordTexts.state(record);
    }

    /** One line: the state, how long it has lasted, and what is expected or came out. */
    @NonNull
    public String getText() {
        if (isEnded()) {
            return ended();
        }
        return new Progress(getState(), timeline, usual, now).text();
    }

    private String ended() {
        PrebuildResult result = result();
        if (record.getConclusion() != EndStatus.COMPLETED || result == null) {
            return getState();
        }
        String length = span(Duration.ofMillis(result.getDurationMillis()));
        return result.getSnapshotSizeBytes() == 0
                ? Messages.PrebuildCard_completed(getState(), length)
                : Messages.PrebuildCard_completedWithSize(
                        getState(), length, Functions.humanReadableByteSize(result.getSnapshotSizeBytes()));
    }

    /**
     * The warning, the failure or the reason, or the empty text. A build that ended before its prebuild has a reason already
     * while the prebuild is open.
     */
    @NonNull
    public String getMessage() {
        String lastError = open == null ? "" : open.getLastError();
        return lastError.isEmpty() ? RecordTexts.message(record) : lastError;
    }

    /** The name of a build status symbol. */
    @NonNull
    public String getIcon() {
        return isEnded() ? RecordTexts.color(record).getIconName() : BallColor.NOTBUILT_ANIME.getIconName();
    }

    @NonNull
    public List<PhaseRow> getPhases() {
        return PhaseRow.of(timeline, usual, now);
    }

    /** Which prebuilds the usual lengths come from, or the empty text. */
    @NonNull
    public String getUsual() {
        Duration total = usual.total();
        return total == null ? "" : Messages.PrebuildCard_usual(span(total), usual.prebuilds());
    }

    private static String span(Duration duration) {
        return Util.getTimeSpanString(Math.max(0, duration.toMillis()));
    }

    // ---- links and buttons

    /** The URL of the build, below the one of Jenkins. */
    @NonNull
    public String getRunUrl() {
        return run.getUrl();
    }

    /** The page of the project's prebuilds in Gitpod, or null if it is not known. */
    @CheckForNull
    public String getProjectUrl() {
        PrebuildResult result = result();
        if (open != null) {
            return open.getProjectUrl();
        }
        return result == null ? null : result.getUrl();
    }

    /** The page of the environment in Gitpod while it exists, else null. */
    @CheckForNull
    public String getEnvironmentUrl() {
        PrebuildResult result = result();
        String environmentId = result == null ? null : result.getEnvironmentId();
        return open == null || environmentId == null ? null : open.environmentUrl(environmentId);
    }

    /** Whether the prebuild has an environment, and so a log as long as Gitpod keeps that. */
    public boolean isLogged() {
        PrebuildResult result = result();
        return result != null && result.getEnvironmentId() != null;
    }

    /** Whether the user may cancel it. */
    public boolean isCancellable() {
        return open != null && CancelPermission.of(open);
    }

    // ---- for the script

    /** What changes while it runs. */
    @NonNull
    JSONObject toJson() {
        JSONArray phases = new JSONArray();
        getPhases().forEach(row -> phases.add(row.toJson()));
        JSONObject json = new JSONObject();
        json.put("requestId", getRequestId());
        json.put("title", getTitle());
        json.put("state", getState());
        json.put("text", getText());
        json.put("message", getMessage());
        json.put("commit", getCommit());
        json.put("icon", getIcon());
        json.put("ended", isEnded());
        json.put("cancellable", isCancellable());
        json.put("logged", isLogged());
        json.put("environmentUrl", Objects.toString(getEnvironmentUrl(), ""));
        json.put("prebuildId", getPrebuildId());
        json.put("phases", phases);
        return json;
    }
}
