package io.jenkins.plugins.gitpod.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {

    private static final Instant ZERO = Instant.ofEpochSecond(1_790_000_000);

    private static PhaseChange at(String phase, long seconds) {
        return new PhaseChange(phase, ZERO.plusSeconds(seconds));
    }

    private static PrebuildRecord record(EndStatus how, PhaseChange... seen) {
        return new PrebuildRecord("request", "project", "eu", false, null, how, null).with(ZERO, List.of(seen));
    }

    @Test
    void eachPhaseLastsUntilTheNextOne() {
        Timeline timeline = record(EndStatus.COMPLETED, at("PENDING", 2), at("RUNNING", 10), at("COMPLETED", 70))
                .timeline();
        assertEquals(Duration.ofSeconds(2), timeline.span(Timeline.REQUESTED).length(ZERO));
        assertEquals(Duration.ofSeconds(8), timeline.span("PENDING").length(ZERO));
        assertEquals(Duration.ofSeconds(60), timeline.span("RUNNING").length(ZERO));
        assertNull(timeline.span("COMPLETED"));
        assertNull(timeline.current());
        assertEquals(Duration.ofSeconds(70), timeline.total(ZERO.plusSeconds(1000)));
    }

    @Test
    void theLastPhaseLastsUntilNow() {
        Timeline timeline = record(null, at("PENDING", 2), at("RUNNING", 10)).timeline();
        assertEquals("RUNNING", timeline.current().phase());
        assertEquals(Duration.ofSeconds(30), timeline.current().length(ZERO.plusSeconds(40)));
        assertEquals(Duration.ofSeconds(40), timeline.total(ZERO.plusSeconds(40)));
        assertNull(timeline.end());
    }

    @Test
    void anOldRecordHasNoTimeline() {
        Timeline timeline =
                new PrebuildRecord("request", "project", "eu", false, null, EndStatus.COMPLETED, null).timeline();
        assertEquals(List.of(), timeline.spans());
        assertNull(timeline.start());
        assertEquals(Duration.ZERO, timeline.total(ZERO));
    }

    @Test
    void aLaterRecordKeepsWhatWasSeenBeforeARestart() {
        PrebuildRecord before =
                record(null, at("PENDING", 2), at("RUNNING", 10)).named("shop", "Large");
        PrebuildRecord later = new PrebuildRecord("request", "project", "eu", false, null, EndStatus.COMPLETED, "Done")
                .with(ZERO.plusSeconds(1), List.of(at("RUNNING", 50), at("COMPLETED", 70)))
                .named(null, "Larger");
        PrebuildRecord merged = later.after(before);
        assertEquals(
                List.of("PENDING", "RUNNING", "COMPLETED"),
                merged.getPhases().stream().map(PhaseChange::getPhase).toList());
        assertEquals(Duration.ofSeconds(60), merged.timeline().span("RUNNING").length(ZERO));
        assertEquals(ZERO.toEpochMilli(), merged.getRequestedAtMillis());
        assertEquals("shop", merged.getProjectName());
        assertEquals("Larger", merged.getEnvironmentClassName());
        assertEquals(EndStatus.COMPLETED, merged.getConclusion());
        assertEquals("Done", merged.getMessage());
    }
}
