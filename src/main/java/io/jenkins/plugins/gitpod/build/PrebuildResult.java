package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.io.Serializable;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/**
 * What a script gets to see of a prebuild, also in the sandbox: {@code p.id}, {@code p.phase} and so on. Saved with
 * builds: fields may be added but not renamed.
 *
 * <p>When no prebuild was made because none is needed, there is a result all the same, with {@code p.skipped} true and the
 * reason in {@code p.skipReason}. Its id, phase and address are those of the prebuild that makes a new one needless: the
 * one under way, or the earlier one of the same commit. If there is no such, its id is the empty text and its phase is
 * {@code SKIPPED}.
 */
public final class PrebuildResult implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String id;
    private final String url;
    private String phase;
    private String warningMessage;
    private String failureMessage;
    private long snapshotSizeBytes;
    private long durationMillis;
    private String skipReason;

    PrebuildResult(@NonNull String id, @NonNull String url, @NonNull PrebuildPhase phase) {
        this.id = id;
        this.url = url;
        this.phase = phase.name();
    }

    /** What to return instead of a prebuild that is not needed. */
    @NonNull
    static PrebuildResult skipped(
            @NonNull String id, @NonNull String url, @NonNull String phase, @NonNull String skipReason) {
        PrebuildResult result = new PrebuildResult(id, url, PrebuildPhase.UNKNOWN);
        result.phase = id.isEmpty() ? "SKIPPED" : phase;
        result.skipReason = skipReason;
        return result;
    }

    /** A copy with what Gitpod now says, {@code durationMillis} after the request. */
    PrebuildResult with(@NonNull Prebuild prebuild, long millis) {
        PrebuildPhase known = prebuild.status().phase();
        PrebuildResult result = new PrebuildResult(id, url, known);
        if (known == PrebuildPhase.UNKNOWN && !prebuild.status().rawPhase().isEmpty()) {
            result.phase = prebuild.status().rawPhase().replaceFirst("^PREBUILD_PHASE_", "");
        }
        result.warningMessage = prebuild.status().warningMessage();
        result.failureMessage = prebuild.status().failureMessage();
        result.snapshotSizeBytes = prebuild.status().snapshotSizeBytes();
        result.durationMillis = millis;
        return result;
    }

    /** Whether no prebuild was made, because none is needed. */
    @Whitelisted
    public boolean isSkipped() {
        return skipReason != null;
    }

    /** Why no prebuild was made, in words, or null if one was. */
    @Whitelisted
    @CheckForNull
    public String getSkipReason() {
        return skipReason;
    }

    /** The prebuild's id (uuid); empty if none was made and there is no other one to name. */
    @Whitelisted
    @NonNull
    public String getId() {
        return id;
    }

    /** The last phase seen, without Gitpod's prefix: {@code COMPLETED}, {@code FAILED}, {@code RUNNING}, … */
    @Whitelisted
    @NonNull
    public String getPhase() {
        return phase;
    }

    /** A page for people: the project's prebuilds, for Gitpod has no page for a single one. */
    @Whitelisted
    @NonNull
    public String getUrl() {
        return url;
    }

    /** Gitpod's warning, such as that a task failed, or null. */
    @Whitelisted
    @CheckForNull
    public String getWarningMessage() {
        return warningMessage;
    }

    /** Why it failed, or null. */
    @Whitelisted
    @CheckForNull
    public String getFailureMessage() {
        return failureMessage;
    }

    /** Size of the snapshot in bytes; 0 until completed. */
    @Whitelisted
    public long getSnapshotSizeBytes() {
        return snapshotSizeBytes;
    }

    /** From the request to the end as Jenkins saw it, in milliseconds; 0 until the end. */
    @Whitelisted
    public long getDurationMillis() {
        return durationMillis;
    }

    @Override
    public String toString() {
        return "prebuild " + id + " " + phase;
    }
}
