package io.jenkins.plugins.gitpod.commits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NightlyTimeTest {

    private static final NightlyTime TWO = new NightlyTime(LocalTime.of(2, 0));

    private static ZonedDateTime berlin(String time) {
        return ZonedDateTime.parse(time + "[Europe/Berlin]");
    }

    @Test
    void jobsAreSpreadOverTheNightAndKeepTheirTime() {
        Set<LocalTime> times = IntStream.range(0, 1000)
                .mapToObj(i ->
                        NightlyTime.of("organization/service" + i + "/main").time())
                .collect(Collectors.toSet());
        assertTrue(times.size() > 200, times.size() + " of 300 minutes");
        assertTrue(times.stream().allMatch(time -> time.isBefore(LocalTime.of(5, 0))));
        assertEquals(NightlyTime.of("job"), NightlyTime.of("job"));
    }

    @Test
    void itIsAlwaysLater() {
        assertEquals(berlin("2026-03-01T02:00:00+01:00").toInstant(), TWO.next(berlin("2026-03-01T01:59:59+01:00")));
        assertEquals(berlin("2026-03-02T02:00:00+01:00").toInstant(), TWO.next(berlin("2026-03-01T02:00:00+01:00")));
        // there is no such time in the night of the change to daylight saving time
        assertEquals(berlin("2026-03-29T03:00:00+02:00").toInstant(), TWO.next(berlin("2026-03-28T12:00:00+01:00")));
    }

    @Test
    void jobsNeedNotBeListedUnlessItIsNight() {
        for (String noNight : List.of("05:00/05:05", "09:00/14:00", "23:50/23:55")) {
            assertFalse(isNightIn(noNight), noNight);
        }
        for (String night : List.of("23:55/00:00", "00:00/00:05", "04:55/05:00", "04:58/09:58", "23:55/04:55")) {
            assertTrue(isNightIn(night), night);
        }
    }

    private static boolean isNightIn(String period) {
        ZonedDateTime from = berlin("2026-05-01T" + period.substring(0, 5) + ":00+02:00");
        ZonedDateTime to = from.with(LocalTime.parse(period.substring(6)));
        return NightlyTime.isNightIn(from, to.isBefore(from) ? to.plusDays(1) : to);
    }

    @Test
    void periodsThatFollowEachOtherHaveItOnceANight() {
        ZonedDateTime start = ZonedDateTime.of(2026, 5, 1, 12, 0, 0, 0, ZoneId.of("UTC"));
        long found = IntStream.range(0, 2 * 24 * 12)
                .filter(i -> TWO.isIn(start.plusMinutes(5L * i), start.plusMinutes(5L * i + 5)))
                .count();
        assertEquals(2, found);
        assertTrue(TWO.isIn(start.withHour(1), start.withHour(2)), "the end counts");
        assertFalse(TWO.isIn(start.withHour(2), start.withHour(3)), "and the start does not");
    }
}
