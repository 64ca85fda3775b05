package io.jenkins.plugins.gitpod.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.Timeline;
import io.jenkins.plugins.gitpod.store.UsualLengths;
import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(EnglishTexts.class)
class PhaseRowTest {

    private static final Instant ZERO = Instant.ofEpochSecond(1_790_000_000);
    private static final UsualLengths.Usual USUAL = new UsualLengths.Usual(
            3,
            Duration.ofSeconds(100),
            Map.of(
                    Timeline.REQUESTED,
                    Duration.ofSeconds(5),
                    "PENDING",
                    Duration.ofSeconds(5),
                    "RUNNING",
                    Duration.ofSeconds(60),
                    "SNAPSHOTTING",
                    Duration.ofSeconds(30)));

    private static Timeline timeline(PhaseChange... changes) {
        return Timeline.of(ZERO, List.of(changes));
    }

    private static PhaseChange at(String phase, long seconds) {
        return new PhaseChange(phase, ZERO.plusSeconds(seconds));
    }

    private static PhaseRow row(List<PhaseRow> rows, String phase) {
        return rows.stream()
                .filter(row -> row.phase().equals(phase))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void phasesToComeAreExpectedWhereTheyUsuallyAre() {
        Timeline timeline = timeline(at("PENDING", 5), at("RUNNING", 10));
        Instant now = ZERO.plusSeconds(20);
        assertEquals(Duration.ofSeconds(100), USUAL.expectedLength(timeline, now));
        List<PhaseRow> rows = PhaseRow.of(timeline, USUAL, now);
        assertEquals("done", row(rows, "PENDING").state());
        assertEquals("5%", row(rows, "PENDING").getX().replace(".0", ""));
        assertEquals("current", row(rows, "RUNNING").state());
        assertEquals(10, row(rows, "RUNNING").width(), 0.01);
        assertEquals("1 min 0 sec", row(rows, "RUNNING").usual());
        assertEquals("expected", row(rows, "SNAPSHOTTING").state());
        assertEquals(70, row(rows, "SNAPSHOTTING").x(), 0.01);
        assertEquals(30, row(rows, "SNAPSHOTTING").width(), 0.01);
        assertTrue(row(rows, "CANCELLING").isHidden());
    }

    @Test
    void aPhaseThatTakesLongerMovesTheEnd() {
        Timeline timeline = timeline(at("RUNNING", 10));
        Instant now = ZERO.plusSeconds(200);
        assertEquals(Duration.ofSeconds(230), USUAL.expectedLength(timeline, now));
        List<PhaseRow> rows = PhaseRow.of(timeline, USUAL, now);
        assertTrue(row(rows, "SNAPSHOTTING").x() + row(rows, "SNAPSHOTTING").width() <= 100.01);
    }

    @Test
    void nothingIsExpectedAfterTheEndOrWhileItIsCancelled() {
        Instant now = ZERO.plusSeconds(200);
        Timeline failed = timeline(at("RUNNING", 10), at("FAILED", 30));
        assertNull(USUAL.expectedLength(failed, now));
        assertEquals(
                "missing", row(PhaseRow.of(failed, USUAL, now), "SNAPSHOTTING").state());
        Timeline cancelling = timeline(at("RUNNING", 10), at("CANCELLING", 30));
        assertNull(USUAL.expectedLength(cancelling, now));
        assertFalse(row(PhaseRow.of(cancelling, USUAL, now), "CANCELLING").isHidden());
    }

    @Test
    void withoutEarlierPrebuildsNothingIsExpected() {
        Timeline timeline = timeline(at("PENDING", 5));
        assertNull(UsualLengths.Usual.UNKNOWN.expectedLength(timeline, ZERO.plusSeconds(20)));
        List<PhaseRow> rows = PhaseRow.of(timeline, UsualLengths.Usual.UNKNOWN, ZERO.plusSeconds(20));
        assertEquals("missing", row(rows, "RUNNING").state());
        assertEquals("", row(rows, "RUNNING").usual());
    }

    @Test
    void aRecordOfAnOlderVersionHasNoRows() {
        assertEquals(List.of(), PhaseRow.of(Timeline.of(null, List.of()), USUAL, ZERO));
    }
}
