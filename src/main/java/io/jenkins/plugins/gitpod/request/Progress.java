package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Util;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.Timeline;
import io.jenkins.plugins.gitpod.store.UsualLengths;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How far an open request is at one moment.
 *
 * @param state the state in words
 */
@Restricted(NoExternalUse.class)
public record Progress(
        @NonNull String state,
        @NonNull Timeline timeline,
        @NonNull UsualLengths.Usual usual,
        @NonNull Instant now) {

    /** One line: the state, how long it has lasted, and when the end is expected. */
    @NonNull
    public String text() {
        Timeline.Span current = timeline.current();
        String text = current == null ? state : Messages.Progress_since(state, span(current.length(now)));
        Duration expected = usual.expectedLength(timeline, now);
        if (expected == null) {
            return text;
        }
        Duration left = expected.minus(timeline.total(now));
        return left.isZero() || left.isNegative()
                ? Messages.Progress_longer(text, span(Objects.requireNonNull(usual.total())))
                : Messages.Progress_expected(text, span(left));
    }

    private static String span(Duration duration) {
        return Util.getTimeSpanString(Math.max(0, duration.toMillis()));
    }
}
