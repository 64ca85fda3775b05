package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The phases of one prebuild with their starts and ends, as Jenkins saw them. Phases that began and ended between two reads
 * are missing.
 *
 * @param spans in their order, without phases that are an end
 * @param end when the prebuild ended, or null while it runs
 */
@Restricted(NoExternalUse.class)
public record Timeline(
        @NonNull List<Span> spans, @CheckForNull Instant end) {

    /** The time between the request and the first known phase. */
    public static final String REQUESTED = "REQUESTED";

    /** The phases of a prebuild that completes, in their order. */
    public static final List<String> PHASES =
            List.of(REQUESTED, "PENDING", "STARTING", "RUNNING", "STOPPING", "SNAPSHOTTING");

    public Timeline {
        spans = List.copyOf(spans);
    }

    /**
     * One phase.
     *
     * @param end when the next phase began, or null while this one lasts
     */
    public record Span(
            @NonNull String phase,
            @NonNull Instant start,
            @CheckForNull Instant end) {

        /** How long it lasted, or has lasted so far. */
        @NonNull
        public Duration length(@NonNull Instant now) {
            Duration length = Duration.between(start, end == null ? now : end);
            return length.isNegative() ? Duration.ZERO : length;
        }
    }

    /**
     * @param requestedAt when the request was made; an unknown time is the start of the first phase
     */
    @NonNull
    public static Timeline of(@CheckForNull Instant requestedAt, @NonNull List<PhaseChange> changes) {
        List<Span> spans = new ArrayList<>();
        String phase = requestedAt == null ? null : REQUESTED;
        Instant start = requestedAt;
        for (PhaseChange change : changes) {
            if (phase != null) {
                spans.add(new Span(phase, start, change.startedAt()));
            }
            if (isEnd(change.getPhase())) {
                return new Timeline(spans, change.startedAt());
            }
            phase = change.getPhase();
            start = change.startedAt();
        }
        if (phase != null) {
            spans.add(new Span(phase, start, null));
        }
        return new Timeline(spans, null);
    }

    private static boolean isEnd(String phase) {
        return PrebuildPhase.parse("PREBUILD_PHASE_" + phase).isEnd();
    }

    /** The span of a phase, or null if it was not seen. */
    @CheckForNull
    public Span span(@NonNull String phase) {
        for (Span each : spans) {
            if (each.phase().equals(phase)) {
                return each;
            }
        }
        return null;
    }

    /** The phase that lasts, or null if the prebuild has ended. */
    @CheckForNull
    public Span current() {
        return end != null || spans.isEmpty() ? null : spans.get(spans.size() - 1);
    }

    /** When the first span began, or null if there is none. */
    @CheckForNull
    public Instant start() {
        return spans.isEmpty() ? null : spans.get(0).start();
    }

    /** The time from the request to the end, or until now. */
    @NonNull
    public Duration total(@NonNull Instant now) {
        Instant start = start();
        return start == null ? Duration.ZERO : new Span("", start, end).length(now);
    }
}
