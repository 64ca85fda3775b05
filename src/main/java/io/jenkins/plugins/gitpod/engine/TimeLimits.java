package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;

/** Our own limits for one prebuild: for all of it, and for a snapshot that makes no progress. */
final class TimeLimits {

    /** A limit that was reached. {@code allowed} is its length. */
    record Reached(CancelReason limit, Duration allowed) {}

    private final PrebuildRequest request;
    private final EngineSettings settings;
    private final ObservedTime observed;
    private final ObservedTime stalled = new ObservedTime();
    private int percentage;

    /** @param already how long the prebuild was watched before a restart */
    TimeLimits(PrebuildRequest request, EngineSettings settings, Duration already) {
        this.request = request;
        this.settings = settings;
        this.observed = new ObservedTime(already);
    }

    /** How long the prebuild has been watched. */
    Duration observed() {
        return observed.total();
    }

    /** @return the limit that this reading reaches, or null */
    @CheckForNull
    Reached check(Prebuild prebuild, long nanos) {
        observed.observe(nanos);
        boolean snapshotting = prebuild.status().phase() == PrebuildPhase.SNAPSHOTTING;
        int nowPercent = prebuild.status().snapshotCompletionPercentage();
        if (!snapshotting || nowPercent != percentage) {
            stalled.reset();
            percentage = nowPercent;
        }
        stalled.observe(nanos);
        Duration allowed = timeout(prebuild).plus(settings.snapshotAllowance());
        if (observed.reached(allowed)) {
            return new Reached(CancelReason.OVER_TIME, allowed);
        }
        if (snapshotting && stalled.reached(settings.snapshotStall())) {
            return new Reached(CancelReason.SNAPSHOT_STALLED, settings.snapshotStall());
        }
        return null;
    }

    /** The longer of the requested timeout and the one that Gitpod uses, since a project may have its own. */
    private Duration timeout(Prebuild prebuild) {
        Duration asked = request.timeout() != null ? request.timeout() : settings.defaultTimeout();
        Duration used = prebuild.spec().timeout();
        return used != null && used.compareTo(asked) > 0 ? used : asked;
    }
}
