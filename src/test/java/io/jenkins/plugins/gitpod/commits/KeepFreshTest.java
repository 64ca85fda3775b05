package io.jenkins.plugins.gitpod.commits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepFreshTest {

    /** An empty end: the prebuild is still running. No record at all: its build was deleted. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            COMPLETED           | 1   | -
            COMPLETED           | 131 | -
            COMPLETED           | 132 | 132
            COMPLETED           | 800 | 132
            FAILED              | 0   | 1
            FAILED              | 23  | 23
            FAILED              | 131 | 131
            FAILED              | 132 | 132
            ERROR               | 23  | 23
            CANCELLED           | 23  | -
            CANCELLED_IN_GITPOD | 23  | -
            CANCELLED           | 140 | 132
            ''                  | 23  | -
            ''                  | 140 | 132
            none                | 23  | -
            none                | 140 | 132
            """)
    void aFailedOneIsReplacedTheNextNightAndAnOldOneBeforeItIsDeleted(String end, int age, Integer expected) {
        PrebuildRecord record = end.equals("none")
                ? null
                : new PrebuildRecord(
                        "id", "project", "sim", true, null, end.isEmpty() ? null : EndStatus.valueOf(end), null);
        assertEquals(expected, KeepFresh.hours(Duration.ofHours(age), record));
    }

    /** A failed one that was requested in this night is not replaced before the next, whenever Jenkins looks again. */
    @Test
    void aNightIsOverForAJobOnceAPrebuildWasRequestedInIt() {
        Instant time = Instant.parse("2026-05-01T02:00:00Z");
        assertFalse(KeepFresh.isOver(time, time.minusMillis(1)));
        assertTrue(KeepFresh.isOver(time, time));
        assertTrue(KeepFresh.isOver(time, time.plusSeconds(3600)));
        assertFalse(KeepFresh.isOver(time.plus(Duration.ofDays(1)), time.plusSeconds(3600)));
    }
}
