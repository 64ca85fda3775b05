package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenExpiryTest {

    private static final String HEADER = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";

    @ParameterizedTest
    @CsvSource({
        "1798761600,            2027-01-01T00:00:00Z",
        "1798761600.75,         2027-01-01T00:00:00Z",
        "1.7987616e9,           2027-01-01T00:00:00Z",
        "253402300799,          9999-12-31T23:59:59Z",
        "1,                     1970-01-01T00:00:01Z"
    })
    void aJsonWebTokenSaysWhenItEnds(String seconds, Instant end) {
        assertThat(expiry(HEADER, "{\"sub\":\"s\",\"exp\":" + seconds + ",\"new\":{}}"), is(Optional.of(end)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"exp\":\"1798761600\"}",
                "{\"exp\":null}",
                "{\"exp\":0}",
                "{\"exp\":-1}",
                "{\"exp\":253402300800}",
                "{\"exp\":1e400}",
                "{\"exp\":99999999999999999999999999999999999999999999999999999999999999999999}",
                "[1798761600]",
                "1798761600",
                "{\"exp\":17",
                ""
            })
    void oneThatDoesNotSaySoIsEmpty(String claims) {
        assertThat(expiry(HEADER, claims), is(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"alg\":7}", "[]", "", "alg"})
    void whatHasNoHeaderIsNoSuchToken(String header) {
        assertThat(expiry(header, "{\"exp\":1798761600}"), is(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gitpod_pat_abc.def", "a.b.c", "..", "...", "a", "!.!.!", "a.b.c.d", "e30.e30.e30"})
    void anyOtherTokenIsEmpty(String token) {
        assertThat(TokenExpiry.of(BearerToken.of(token)), is(Optional.empty()));
    }

    @Test
    void anEncryptedTokenOfFivePartsIsEmpty() {
        String token = part(HEADER) + "." + part("{\"exp\":1798761600}") + ".a.b.c";

        assertThat(TokenExpiry.of(BearerToken.of(token)), is(Optional.empty()));
    }

    @Test
    void padsAreAllowedAndAHugeTokenIsNotRead() {
        String padded = Base64.getUrlEncoder().encodeToString(HEADER.getBytes(StandardCharsets.UTF_8));
        String claims = part("{\"exp\":1798761600}");

        assertThat(
                TokenExpiry.of(BearerToken.of(padded + "." + claims + ".")),
                is(Optional.of(Instant.parse("2027-01-01T00:00:00Z"))));
        assertThat(
                TokenExpiry.of(BearerToken.of(padded + "." + claims + "." + "s".repeat(16 * 1024))),
                is(Optional.empty()));
    }

    private static Optional<Instant> expiry(String header, String claims) {
        return TokenExpiry.of(BearerToken.of(part(header) + "." + part(claims) + ".c2lnbmF0dXJl"));
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
