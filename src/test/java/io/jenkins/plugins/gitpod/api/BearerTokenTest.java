package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTest {

    @Test
    void whiteSpaceAroundAPastedTokenIsDropped() {
        assertThat(BearerToken.of(" \tabc\r\n").text(), is("abc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer abc", "bearer  abc", " BEARER\tabc\n", "Bearer\nabc"})
    void theWordBeforeItIsDropped(String text) {
        assertThat(BearerToken.of(text).text(), is("abc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "Bearer abc def", "Bearer Bearer abc"})
    void theWordBeforeItIsNoToken(String text) {
        assertThrows(IllegalArgumentException.class, () -> BearerToken.of(text));
    }

    @Test
    void aTokenMayBeginWithTheWord() {
        assertThat(BearerToken.of("bearer-abc").text(), is("bearer-abc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n"})
    void aBlankTokenIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> BearerToken.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret secret", "secret\nsecret", "secret\u00e9", "secret\u0000x", "secret\u007fx"})
    void whatNoHeaderMayCarryIsRefusedWithoutRepeatingIt(String text) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> BearerToken.of(text));

        assertThat(e.getMessage(), not(containsString("secret")));
    }

    @Test
    void itDoesNotPrintItself() {
        assertThat(BearerToken.of("secret").toString(), is("[bearer token]"));
        assertThat(new LogsToken("secret").toString(), is("[logs token]"));
    }

    @Test
    void equalTokensAreEqualAndHaveTheSameFingerprint() {
        BearerToken token = BearerToken.of("secret");

        assertThat(token, is(BearerToken.of(" secret ")));
        assertThat(token.hashCode(), is(BearerToken.of("secret").hashCode()));
        assertThat(token.fingerprint(), is(BearerToken.of("secret").fingerprint()));
        assertThat(token, not(BearerToken.of("other")));
        assertThat(token.fingerprint(), not(BearerToken.of("other").fingerprint()));
    }

    @Test
    void theFingerprintIsSaltedHex() {
        String unsalted = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

        assertThat(BearerToken.of("secret").fingerprint(), matchesPattern("[0-9a-f]{64}"));
        assertThat(BearerToken.of("secret").fingerprint(), not(unsalted));
    }
}
