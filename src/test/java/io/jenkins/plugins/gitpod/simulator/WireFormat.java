package io.jenkins.plugins.gitpod.simulator;

import java.math.BigDecimal;
import java.time.Duration;

/** How proto3 JSON writes what JSON has no type for. Timestamps are as {@link java.time.Instant} writes them. */
final class WireFormat {
    private WireFormat() {}

    static String duration(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
        return seconds.signum() == 0 ? "0s" : seconds.stripTrailingZeros().toPlainString() + "s";
    }
}
