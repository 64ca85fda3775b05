package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.PhaseNames;
import io.jenkins.plugins.gitpod.record.Timeline;
import io.jenkins.plugins.gitpod.store.UsualLengths;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A row of the timeline: one phase, whether it was seen or is still to come. The positions of bars are percentages of the
 * width.
 *
 * @param state {@code done}, {@code current}, {@code expected}, or {@code missing} if the phase was not seen and does not
 *     come any more
 * @param start since the request, or the empty text
 * @param length how long it lasted, or the empty text
 * @param usual how long it usually lasts, or the empty text
 */
@Restricted(NoExternalUse.class)
public record PhaseRow(
        @NonNull String phase,
        @NonNull String state,
        @NonNull String start,
        @NonNull String length,
        @NonNull String usual,
        double x,
        double width) {

    /** A prebuild that is cancelled gets one more row. */
    private static final String CANCELLING = "CANCELLING";

    private static final List<String> PHASES =
            Stream.concat(Timeline.PHASES.stream(), Stream.of(CANCELLING)).toList();

    private static final double ALL = 100;

    /** Visible even if the phase lasted no time. */
    private static final double SMALLEST_WIDTH = 0.5;

    @NonNull
    public String getPhase() {
        return phase;
    }

    @NonNull
    public String getName() {
        return PhaseNames.of(phase);
    }

    @NonNull
    public String getState() {
        return state;
    }

    @NonNull
    public String getStart() {
        return start;
    }

    @NonNull
    public String getLength() {
        return length;
    }

    @NonNull
    public String getUsual() {
        return usual;
    }

    /** The left end of the bar, as an attribute of SVG. */
    @NonNull
    public String getX() {
        return percent(x);
    }

    /** The width of the bar, as an attribute of SVG. */
    @NonNull
    public String getWidth() {
        return percent(width);
    }

    /** Whether the phase happens only to some prebuilds, and not to this one so far. */
    public boolean isHidden() {
        return phase.equals(CANCELLING) && state.equals("missing");
    }

    private static String percent(double value) {
        return Math.round(value * 10) / 10.0 + "%";
    }

    @NonNull
    JSONObject toJson() {
        JSONObject json = new JSONObject();
        json.put("phase", phase);
        json.put("state", state);
        json.put("start", start);
        json.put("length", length);
        json.put("usual", usual);
        json.put("x", getX());
        json.put("width", getWidth());
        return json;
    }

    /** The rows of all phases, always in the same order. */
    @NonNull
    static List<PhaseRow> of(@NonNull Timeline timeline, @NonNull UsualLengths.Usual usual, @NonNull Instant now) {
        Instant zero = timeline.start();
        if (zero == null) {
            return List.of();
        }
        Timeline.Span current = timeline.current();
        double scale = scale(timeline, usual, now);
        // Where the next phase is expected to start.
        Duration expected = timeline.total(now);
        boolean isToCome = false;
        List<PhaseRow> rows = new ArrayList<>();
        for (String phase : PHASES) {
            Timeline.Span span = timeline.span(phase);
            Duration usually = usual.phase(phase);
            if (span != null) {
                Duration start = Duration.between(zero, span.start());
                boolean isCurrent = span.equals(current);
                isToCome |= isCurrent;
                if (isCurrent && usually != null && usually.compareTo(span.length(now)) > 0) {
                    expected = start.plus(usually);
                }
                rows.add(new PhaseRow(
                        phase,
                        isCurrent ? "current" : "done",
                        text(start),
                        text(span.length(now)),
                        text(usually),
                        position(start, scale),
                        Math.max(SMALLEST_WIDTH, position(span.length(now), scale))));
            } else if (isToCome && usually != null && !phase.equals(CANCELLING)) {
                rows.add(new PhaseRow(
                        phase,
                        "expected",
                        "",
                        "",
                        text(usually),
                        position(expected, scale),
                        Math.max(SMALLEST_WIDTH, Math.min(ALL - position(expected, scale), position(usually, scale)))));
                expected = expected.plus(usually);
            } else {
                rows.add(new PhaseRow(phase, "missing", "", "", text(usually), 0, 0));
            }
        }
        return rows;
    }

    private static double scale(Timeline timeline, UsualLengths.Usual usual, Instant now) {
        Duration longest = timeline.total(now);
        Duration end = usual.expectedLength(timeline, now);
        if (end != null && end.compareTo(longest) > 0) {
            longest = end;
        }
        return ALL / Math.max(1, longest.toMillis());
    }

    private static double position(Duration duration, double scale) {
        return Math.min(ALL, Math.max(0, duration.toMillis() * scale));
    }

    private static String text(@CheckForNull Duration duration) {
        if (duration == null) {
            return "";
        }
        return duration.toMillis() <= 0 ? Messages.PhaseRow_zero() : Util.getTimeSpanString(duration.toMillis());
    }
}
