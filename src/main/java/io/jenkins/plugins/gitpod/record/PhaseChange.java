package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;
import java.time.Instant;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * A phase that a prebuild entered, and when Jenkins first saw it there, by the clock of Jenkins. Saved in {@code build.xml}:
 * fields may be added but not renamed. Immutable.
 */
@ExportedBean(defaultVisibility = 4) // shown in a record, in an action, of a build
public final class PhaseChange implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String phase;
    private final long startedAtMillis;

    /** @param phase without Gitpod's prefix */
    public PhaseChange(@NonNull String phase, @NonNull Instant startedAt) {
        this.phase = phase;
        this.startedAtMillis = startedAt.toEpochMilli();
    }

    /** The phase without Gitpod's prefix: {@code PENDING}, {@code RUNNING}, … */
    @Exported
    @NonNull
    public String getPhase() {
        return phase;
    }

    /** When Jenkins first saw the phase, in milliseconds since 1970. */
    @Exported
    public long getStartedAtMillis() {
        return startedAtMillis;
    }

    /** When Jenkins first saw the phase, as ISO 8601 in UTC. */
    @Exported
    @NonNull
    public String getStartedAt() {
        return startedAt().toString();
    }

    @NonNull
    public Instant startedAt() {
        return Instant.ofEpochMilli(startedAtMillis);
    }

    @Override
    public String toString() {
        return phase + " at " + getStartedAt();
    }
}
