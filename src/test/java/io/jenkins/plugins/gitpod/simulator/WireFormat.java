package io.jenkins.plugins.gitpod.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How proto3 JSON, and HTTP, write what JSON has no type for. Timestamps are as {@link java.time.Instant} writes them. */
final class WireFormat {
    /** Two digits for the day, as HTTP wants it. */
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private WireFormat() {}

    /** The value of a Date header: RFC 1123, cut to seconds. */
    static String httpDate(Instant time) {
        return HTTP_DATE.format(time);
    }

    static String duration(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        return seconds.signum() == 0 ? "0s" : seconds.stripTrailingZeros().toPlainString() + "s";
    }
}
