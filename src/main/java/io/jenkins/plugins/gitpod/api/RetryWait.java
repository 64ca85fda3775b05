package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.math.BigDecimal;
import java.time.Duration;
import okhttp3.Headers;

/**
 * How long the server wants to be left alone: by a {@code google.rpc.RetryInfo} detail, else by the header
 * {@code RateLimit-RetryAfter}, else by {@code Retry-After}. What cannot be understood, or is negative, is as good as
 * absent.
 */
final class RetryWait {

    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryWait() {}

    @CheckForNull
    static Duration of(JsonNode details, Headers headers) {
        Duration wait = byDetail(details);
        if (wait == null) {
            wait = bySeconds(headers.get("RateLimit-RetryAfter"));
        }
        if (wait == null) {
            wait = bySeconds(headers.get("Retry-After"));
        }
        return wait == null || wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }

    @CheckForNull
    private static Duration byDetail(JsonNode details) {
        for (JsonNode detail : details) {
            if (detail.path("type").asText().endsWith("google.rpc.RetryInfo")) {
                Duration wait = RetryInfo.delay(detail.path("value").asText());
                if (wait != null) {
                    return wait;
                }
            }
        }
        return null;
    }

    @CheckForNull
    private static Duration bySeconds(@Nullable String text) {
        // The pattern keeps out signs, exponents and dates.
        if (text == null || !text.strip().matches("\\d{1,18}(\\.\\d{1,18})?")) {
            return null;
        }
        BigDecimal seconds = new BigDecimal(text.strip()).min(BigDecimal.valueOf(LONGEST.toSeconds()));
        return Duration.ofMillis(seconds.movePointRight(3).longValue());
    }
}
