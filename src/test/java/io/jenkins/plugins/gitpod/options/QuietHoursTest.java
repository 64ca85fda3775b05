package io.jenkins.plugins.gitpod.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.ZonedDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of the quiet hours as a table. */
class QuietHoursTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # quiet hours                         | now                       | end
            12:00-13:00                           | 2026-03-10T11:59:59+01:00 | -
            12:00-13:00                           | 2026-03-10T12:00:00+01:00 | 2026-03-10T13:00:00+01:00
            12:00-13:00                           | 2026-03-10T12:59:59+01:00 | 2026-03-10T13:00:00+01:00
            12:00-13:00                           | 2026-03-10T13:00:00+01:00 | -
            22:00-06:00                           | 2026-03-10T22:00:00+01:00 | 2026-03-11T06:00:00+01:00
            22:00-06:00                           | 2026-03-10T00:00:00+01:00 | 2026-03-10T06:00:00+01:00
            22:00-06:00                           | 2026-12-31T23:30:00+01:00 | 2027-01-01T06:00:00+01:00
            22:00-06:00                           | 2026-03-10T06:00:00+01:00 | -
            22:00-24:00                           | 2026-03-10T23:59:00+01:00 | 2026-03-11T00:00:00+01:00
            22:00-0:00                            | 2026-03-10T23:59:00+01:00 | 2026-03-11T00:00:00+01:00
            0:00-6:00                             | 2026-03-10T00:00:00+01:00 | 2026-03-10T06:00:00+01:00
            # several ranges, also such that continue each other
            12:00-13:00, 22:00-06:00              | 2026-03-10T12:30:00+01:00 | 2026-03-10T13:00:00+01:00
            12:00-13:00 , 22:00 - 06:00           | 2026-03-10T23:00:00+01:00 | 2026-03-11T06:00:00+01:00
            12:00-13:00, 22:00-06:00              | 2026-03-10T13:30:00+01:00 | -
            00:00-06:00, 22:00-24:00, 05:00-07:00 | 2026-03-10T23:00:00+01:00 | 2026-03-11T07:00:00+01:00
            00:01-00:00                           | 2026-03-10T00:01:00+01:00 | 2026-03-11T00:00:00+01:00
            # the clock is set forward from 02:00 to 03:00, and back from 03:00 to 02:00
            22:00-06:00                           | 2026-03-28T23:00:00+01:00 | 2026-03-29T06:00:00+02:00
            22:00-02:30                           | 2026-03-29T01:59:00+01:00 | 2026-03-29T03:30:00+02:00
            22:00-06:00                           | 2026-10-25T01:00:00+02:00 | 2026-10-25T06:00:00+01:00
            02:00-02:45                           | 2026-10-25T02:30:00+02:00 | 2026-10-25T02:45:00+02:00
            02:00-02:45                           | 2026-10-25T02:30:00+01:00 | 2026-10-25T02:45:00+01:00
            """)
    void theEndIsTheNextTimeThatIsNotQuiet(String ranges, String now, String end) {
        QuietHours hours = QuietHours.parse(ranges);
        assertNotNull(hours);
        ZonedDateTime over = hours.end(ZonedDateTime.parse(now + "[Europe/Berlin]"));
        assertEquals(end == null ? null : ZonedDateTime.parse(end + "[Europe/Berlin]"), over);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "22:00",
                "22-06",
                "22:00-06:00,",
                "24:00-06:00",
                "22:00-24:01",
                "25:00-06:00",
                "22:60-06:00",
                "12:00-12:00",
                "00:00-24:00",
                "00:00-12:00, 12:00-00:00",
                "always"
            })
    void whatIsNoTimeOrLeavesNoTimeIsRefused(String ranges) {
        assertNull(QuietHours.parse(ranges));
    }
}
