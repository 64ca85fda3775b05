package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.gitpod.api.LogLine.Kind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

class LogLineTest {

    static final List<Arguments> LINES = List.of(
            Arguments.of("npm ci", Kind.TEXT, "npm ci"),
            Arguments.of("", Kind.TEXT, ""),
            Arguments.of("\tindented  ", Kind.TEXT, "\tindented"),
            Arguments.of("\u001b[1;31mred\u001b[0m and \u001b[38;5;12mblue\u001b[m", Kind.TEXT, "red and blue"),
            Arguments.of("\u001b[2K\u001b[1Gdone", Kind.TEXT, "done"),
            Arguments.of("\u001b]0;title\u0007text", Kind.TEXT, "text"),
            Arguments.of("\u001b]8;;https://example.com\u001b\\link\u001b]8;;\u001b\\", Kind.TEXT, "link"),
            Arguments.of("\u001b(Bplain\u001b", Kind.TEXT, "plain"),
            Arguments.of("10 %\r50 %\r100 %", Kind.TEXT, "100 %"),
            Arguments.of("bell\u0007 and \u202eevil", Kind.TEXT, "bell and evil"),
            Arguments.of("Größe 5 µs \uD83D\uDE80", Kind.TEXT, "Größe 5 µs \uD83D\uDE80"),
            Arguments.of(
                    "[id:t1] [2026-08-01T10:11:12Z] INFO started",
                    Kind.TEXT,
                    "[id:t1] [2026-08-01T10:11:12Z] INFO started"),
            Arguments.of("[section-create] {\"id\":\"s1\",\"title\":\"Install\"}", Kind.SECTION_START, "Install"),
            Arguments.of("[section-create] {\"id\":\"s1\",\"name\":\"Install\"}", Kind.SECTION_START, "Install"),
            Arguments.of("[section-end] {\"id\":\"s1\"}", Kind.SECTION_END, "s1"),
            Arguments.of("[section-end] {}", Kind.SECTION_END, ""),
            Arguments.of("[section-end] {\"id\":{}}", Kind.SECTION_END, ""),
            Arguments.of("[section-create] not JSON", Kind.SECTION_START, "not JSON"),
            Arguments.of("[section-create]", Kind.SECTION_START, ""),
            Arguments.of(" [section-create] {}", Kind.TEXT, " [section-create] {}"));

    @ParameterizedTest
    @FieldSource("LINES")
    void aLineIsWhatATerminalWouldShow(String raw, Kind kind, String text) {
        assertThat(LogLine.parse(raw), is(new LogLine(kind, text)));
    }
}
