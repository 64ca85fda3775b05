package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @ParameterizedTest
    @CsvSource({
        "5400s, PT1H30M",
        "0s, PT0S",
        "0.5s, PT0.5S",
        "1.000000001s, PT1.000000001S",
        "+3600s, PT1H",
        "+9125115.360s, PT2534H45M15.36S", // the vendor's own example
        "++3s, ",
        "+-3s, ",
        "+s, ",
        "90m, ",
        "-3s, ",
        "3, ",
        "s, ",
        "1.0000000001s, ",
        "99999999999999999999s, ",
        "'', "
    })
    void durationsAreSecondsAndNothingElse(String text, Duration expected) {
        assertThat(Json.duration(text), is(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-08-01T10:00:00Z, 2026-08-01T10:00:00Z",
        "2026-08-01T10:00:00.1Z, 2026-08-01T10:00:00.100Z",
        "2026-08-01T10:00:00.123456789Z, 2026-08-01T10:00:00.123456789Z",
        "2026-08-01T12:00:00+02:00, 2026-08-01T10:00:00Z",
        "yesterday, "
    })
    void timesAreRfc3339(String text, Instant expected) throws Exception {
        assertThat(Json.time(parse("{\"t\":\"" + text + "\"}"), "t"), is(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"6442450944\"; 6442450944",
                "6442450944; 6442450944",
                "-7; -7",
                "\"many\"; 0",
                "\"\"; 0",
                "1.5; 0",
                "99999999999999999999; 0",
                "\"99999999999999999999\"; 0",
                "true; 0",
                "null; 0"
            })
    void aNumberIsATextOrANumberAndElseZero(String json, long expected) throws Exception {
        assertThat(Json.number(parse("{\"n\":" + json + "}"), "n"), is(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"t\":\"\"}", "{\"t\":null}", "{\"t\":7}", "{\"t\":{}}"})
    void whatIsNoTextIsNotThere(String json) throws Exception {
        assertThat(Json.text(parse(json), "t"), is(nullValue()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":1",
                "{}{}",
                "{} x",
                "[]",
                "\"x\"",
                "7",
                "null",
                "<html>",
                "{'a':1}",
                "{\"a\":NaN}"
            })
    void onlyOneWholeJsonObjectIsAnAnswer(String text) {
        assertThrows(UnexpectedAnswerException.class, () -> parse(text));
    }

    @Test
    void anythingDeeperThanAnyAnswerIsRefused() {
        assertThrows(UnexpectedAnswerException.class, () -> parse("{\"a\":".repeat(100) + "1" + "}".repeat(100)));
        assertThrows(UnexpectedAnswerException.class, () -> parse("{\"a\":" + "9".repeat(1000) + "}"));
    }

    @Test
    void theReasonDoesNotQuoteTheAnswer() {
        Exception e =
                assertThrows(UnexpectedAnswerException.class, () -> parse("{\"accessToken\":\"secret\",\"x\":secret}"));

        assertThat(e.getMessage(), not(containsString("secret")));
        assertThat(e.getCause(), is(nullValue()));
    }

    private static JsonNode parse(String text) throws UnexpectedAnswerException {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
