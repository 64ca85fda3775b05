package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientLimitsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        assertThat(
                ClientLimits.defaults(),
                is(new ClientLimits(
                        Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), 4 * 1024 * 1024)));
    }

    @Test
    void noLimitCanBeSwitchedOff() {
        assertThrows(IllegalArgumentException.class, () -> new ClientLimits(Duration.ZERO, SECOND, SECOND, 1));
        assertThrows(IllegalArgumentException.class, () -> new ClientLimits(SECOND, Duration.ofNanos(1), SECOND, 1));
        assertThrows(IllegalArgumentException.class, () -> new ClientLimits(SECOND, SECOND, SECOND.negated(), 1));
        assertThrows(IllegalArgumentException.class, () -> new ClientLimits(SECOND, SECOND, SECOND, 0));
    }
}
