package io.jenkins.plugins.gitpod.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.store.RunTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts for a budget, and when it is free again, as a table. */
class DailyBudgetTest {

    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

    /** @param runs each as start-end, both in minutes before now */
    private static List<RunTimes.Run> runs(String runs) {
        List<RunTimes.Run> all = new ArrayList<>();
        for (String each : runs.split(" ")) {
            String[] ends = each.split("-");
            all.add(new RunTimes.Run(
                    each,
                    NOW.minus(Duration.ofMinutes(Long.parseLong(ends[0]))),
                    NOW.minus(Duration.ofMinutes(Long.parseLong(ends[1])))));
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # budget, runs,                used, minutes until it is free
            60,       70-11,               59,   -
            60,       70-10,               60,   1371
            60,       80-10,               70,   1371
            60,       1440-1380,           60,   1
            60,       1500-1380,           60,   1
            60,       1600-1500,           0,    -
            60,       1600-1500 60-0,      60,   1381
            # side by side, and one after the other
            60,       40-10 40-10,         60,   1401
            60,       400-370 40-10,       60,   1041
            60,       400-370 40-0,        70,   1051
            60,       400-390 300-290 60-0, 80,  1381
            """)
    void whatRanInTheLast24HoursCounts(int budget, String runs, int used, Integer minutesUntilFree) {
        DailyBudget all = new DailyBudget(budget, runs(runs));
        assertEquals(Duration.ofMinutes(used), all.used(NOW));
        assertEquals(minutesUntilFree != null, all.isUsedUp(NOW));
        if (minutesUntilFree != null) {
            assertEquals(NOW.plus(Duration.ofMinutes(minutesUntilFree)), all.freeAgain(NOW));
        }
    }

    @Test
    void withoutPrebuildsNothingIsUsed() {
        assertEquals(Duration.ZERO, new DailyBudget(1, List.of()).used(NOW));
    }
}
