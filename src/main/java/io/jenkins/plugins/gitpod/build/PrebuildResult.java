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

    PrebuildResult(@NonNull String id, @NonNull String url, @NonNull PrebuildPhase phase) {
        this.id = id;
        this.url = url;
        this.phase = phase.name();
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

    /** The prebuild's id (uuid). */
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
