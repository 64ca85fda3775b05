package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.WarmPoolEnd;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The return value of the pipeline step, also in the sandbox: {@code p.id}, {@code p.phase} and so on. The remote API shows
 * the same values. Saved in {@code build.xml} and {@code program.dat}: fields may be added but not renamed. Fields that were
 * added later are null or 0 in older builds.
 *
 * <p>If no prebuild was created because none is needed, {@code p.skipped} is true and {@code p.skipReason} is the reason. The
 * id, phase and URL are those of the existing prebuild: one that is running, or an earlier one of the same commit. If there
 * is none, the id is the empty string and the phase is {@code SKIPPED}. {@code p.reused} is true if the existing
 * prebuild is a completed one.
 *
 * <p>If prebuilds of several environment classes were requested, {@code p.parts} has a result for each, and the other values
 * are those of the part that ended worst.
 */
@ExportedBean(defaultVisibility = 4) // shown in a record, in an action, of a build
public final class PrebuildResult implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final int ALL = 100;

    private final String id;
    private final String url;
    private String phase;
    private String warningMessage;
    private String failureMessage;
    private long snapshotSizeBytes;
    private long durationMillis;
    private String skipReason;
    private String projectId;
    private String environmentClassId;
    private String environmentId;
    private long createdAtMillis;
    private long completedAtMillis;
    private int timeout;
    private int snapshotCompletionPercentage;
    private String commit;
    private String branch;
    private String warmPool;

    /** Null if one prebuild was requested. */
    private ArrayList<PrebuildResult> parts;

    public PrebuildResult(@NonNull String id, @NonNull String url, @NonNull PrebuildPhase phase) {
        this.id = id;
        this.url = url;
        this.phase = phase.name();
    }

    /** The result if no prebuild is needed. The id is empty if there is no existing prebuild. */
    @NonNull
    public static PrebuildResult skipped(
            @NonNull String id, @NonNull String url, @NonNull String phase, @NonNull String skipReason) {
        PrebuildResult result = new PrebuildResult(id, url, PrebuildPhase.UNKNOWN);
        result.phase = id.isEmpty() ? "SKIPPED" : phase;
        result.skipReason = skipReason;
        return result;
    }

    private PrebuildResult copy() {
        PrebuildResult copy = new PrebuildResult(id, url, PrebuildPhase.UNKNOWN);
        copy.phase = phase;
        copy.warningMessage = warningMessage;
        copy.failureMessage = failureMessage;
        copy.snapshotSizeBytes = snapshotSizeBytes;
        copy.durationMillis = durationMillis;
        copy.skipReason = skipReason;
        copy.projectId = projectId;
        copy.environmentClassId = environmentClassId;
        copy.environmentId = environmentId;
        copy.createdAtMillis = createdAtMillis;
        copy.completedAtMillis = completedAtMillis;
        copy.timeout = timeout;
        copy.snapshotCompletionPercentage = snapshotCompletionPercentage;
        copy.commit = commit;
        copy.branch = branch;
        copy.warmPool = warmPool;
        copy.parts = parts;
        return copy;
    }

    /** A copy with the present state of the prebuild, {@code millis} after the request. Missing values are kept. */
    @NonNull
    public PrebuildResult with(@NonNull Prebuild prebuild, long millis) {
        Prebuild.Metadata metadata = prebuild.metadata();
        Prebuild.Status status = prebuild.status();
        PrebuildPhase known = status.phase();
        PrebuildResult result = copy();
        result.phase = known == PrebuildPhase.UNKNOWN && !status.rawPhase().isEmpty()
                ? status.rawPhase().replaceFirst("^PREBUILD_PHASE_", "")
                : known.name();
        result.warningMessage = status.warningMessage();
        result.failureMessage = status.failureMessage();
        result.snapshotSizeBytes = status.snapshotSizeBytes();
        result.durationMillis = millis;
        result.projectId = either(metadata.projectId(), projectId);
        result.environmentClassId = either(metadata.environmentClassId(), environmentClassId);
        result.environmentId = either(status.environmentId(), environmentId);
        result.createdAtMillis = metadata.createdAt() == null
                ? createdAtMillis
                : metadata.createdAt().toEpochMilli();
        result.completedAtMillis = status.completionTime() == null
                ? completedAtMillis
                : status.completionTime().toEpochMilli();
        result.timeout = prebuild.spec().timeout() == null
                ? timeout
                : (int) prebuild.spec().timeout().toMinutes();
        result.snapshotCompletionPercentage = known == PrebuildPhase.COMPLETED
                ? ALL
                : Math.max(snapshotCompletionPercentage, status.snapshotCompletionPercentage());
        return result;
    }

    private static String either(@Nullable String now, @Nullable String before) {
        return now == null ? before : now;
    }

    /** A copy in another phase. */
    @NonNull
    public PrebuildResult in(@NonNull PrebuildPhase now) {
        PrebuildResult result = copy();
        result.phase = now.name();
        return result;
    }

    /** A copy that names the project. */
    @NonNull
    public PrebuildResult ofProject(@Nullable String id) {
        PrebuildResult result = copy();
        result.projectId = either(id, projectId);
        return result;
    }

    /** A copy that names the environment class, unless Gitpod has done so. */
    @NonNull
    PrebuildResult ofClass(@Nullable String id) {
        PrebuildResult result = copy();
        result.environmentClassId = either(environmentClassId, id);
        return result;
    }

    /** A copy with the results of several environment classes. */
    @NonNull
    PrebuildResult of(@NonNull List<PrebuildResult> results) {
        PrebuildResult result = copy();
        result.parts = new ArrayList<>(results);
        return result;
    }

    /** The commit that the prebuild is built from, or null if it is not known. */
    @CheckForNull
    public EnvironmentGit builtFrom() {
        return commit == null ? null : new EnvironmentGit(null, branch, commit);
    }

    /** A copy with the commit that the prebuild is built from. */
    @NonNull
    public PrebuildResult builtFrom(@Nullable EnvironmentGit git) {
        PrebuildResult result = copy();
        if (git != null) {
            result.commit = git.commit();
            result.branch = git.branch();
        }
        return result;
    }

    /** A copy that says how the wait for the warm pool has ended. */
    @NonNull
    public PrebuildResult warmPool(@NonNull WarmPoolEnd end) {
        PrebuildResult result = copy();
        result.warmPool = end.name();
        return result;
    }

    /** Whether no prebuild was created because none is needed. */
    @Whitelisted
    @Exported
    public boolean isSkipped() {
        return skipReason != null;
    }

    /** Why no prebuild was created, or null if one was. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getSkipReason() {
        return skipReason;
    }

    /** Whether this is a completed prebuild that existed before and is used instead of a new one. */
    @Whitelisted
    @Exported
    public boolean isReused() {
        return skipReason != null && PrebuildPhase.COMPLETED.name().equals(phase);
    }

    /**
     * The result of each environment class, in the order of the project or of the option. If one prebuild was requested, only
     * this result. The remote API shows a record for each instead.
     */
    @Whitelisted
    @NonNull
    public List<PrebuildResult> getParts() {
        return new ArrayList<>(parts == null ? List.of(this) : parts);
    }

    /** The id of the prebuild (UUID), or the empty string if none was created and there is no existing one. */
    @Whitelisted
    @Exported
    @NonNull
    public String getId() {
        return id;
    }

    /** The last phase seen, without Gitpod's prefix: {@code COMPLETED}, {@code FAILED}, {@code RUNNING}, … */
    @Whitelisted
    @Exported
    @NonNull
    public String getPhase() {
        return phase;
    }

    /** The Gitpod page with the prebuilds of the project. Gitpod has no page for a single prebuild. */
    @Whitelisted
    @Exported
    @NonNull
    public String getUrl() {
        return url;
    }

    /** The warning of the prebuild, for example about a failed task, or null. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getWarningMessage() {
        return warningMessage;
    }

    /** Why the prebuild failed, or null. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getFailureMessage() {
        return failureMessage;
    }

    /** The size of the snapshot in bytes; 0 until the prebuild completed. */
    @Whitelisted
    @Exported
    public long getSnapshotSizeBytes() {
        return snapshotSizeBytes;
    }

    /** The progress of the snapshot in percent when the prebuild was last read, 0 to 100; 100 once completed. */
    @Whitelisted
    @Exported
    public int getSnapshotCompletionPercentage() {
        return snapshotCompletionPercentage;
    }

    /** The time from the request to the end by the clock of Jenkins, in milliseconds; 0 until the end. */
    @Whitelisted
    @Exported
    public long getDurationMillis() {
        return durationMillis;
    }

    /** The Gitpod project (UUID), or null if none was found. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getProjectId() {
        return projectId;
    }

    /** The environment class that Gitpod used (UUID), or null if it is not known. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getEnvironmentClassId() {
        return environmentClassId;
    }

    /** The environment that the prebuild ran in (UUID), or null if it had none. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getEnvironmentId() {
        return environmentId;
    }

    /** The time of creation by Gitpod's clock, in milliseconds since 1970; 0 if it is not known. */
    @Whitelisted
    @Exported
    public long getCreatedAtMillis() {
        return createdAtMillis;
    }

    /** The time of creation by Gitpod's clock, as ISO 8601 in UTC, or null if it is not known. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getCreatedAt() {
        return iso(createdAtMillis);
    }

    /** The time of the end by Gitpod's clock, in milliseconds since 1970; 0 until then. */
    @Whitelisted
    @Exported
    public long getCompletedAtMillis() {
        return completedAtMillis;
    }

    /** The time of the end by Gitpod's clock, as ISO 8601 in UTC, or null until then. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getCompletedAt() {
        return iso(completedAtMillis);
    }

    @CheckForNull
    private static String iso(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis).toString();
    }

    /** The timeout that Gitpod used, in minutes; 0 if it is not known. */
    @Whitelisted
    @Exported
    public int getTimeout() {
        return timeout;
    }

    /** The full hash of the commit that the prebuild was built from, or null if it is not known. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getCommit() {
        return commit;
    }

    /** The branch that the prebuild was built from, or null if it is not known or no branch was checked out. */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getBranch() {
        return branch;
    }

    /**
     * Whether the warm pool of the environment class serves the snapshot, if the step waited for that: {@code READY},
     * {@code NOT_READY} within the limit of time, {@code NONE} if the class has no pool, {@code UNKNOWN} if Gitpod does not say;
     * null if the step did not wait for it.
     */
    @Whitelisted
    @Exported
    @CheckForNull
    public String getWarmPool() {
        return warmPool;
    }

    @Override
    public String toString() {
        return "prebuild " + id + " " + phase;
    }
}
