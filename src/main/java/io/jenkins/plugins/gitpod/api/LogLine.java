package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A line of a prebuild's log, as text without colors and control characters. A line may begin or end a section, for example of one task.
 * The content of these lines is not documented, so a section whose name is not found is named by its id, or has no name.
 *
 * @param kind what the line is
 * @param text the text, or the name of the section; may be empty
 */
public record LogLine(@NonNull Kind kind, @NonNull String text) {

    /** What a line is. */
    public enum Kind {
        SECTION_START,
        SECTION_END,
        TEXT
    }

    private static final String CREATE = "[section-create]";
    private static final String END = "[section-end]";
    private static final List<String> NAMES = List.of("title", "name", "displayName", "id");

    /** Control sequences with parameters (colors, cursor), of the operating system (titles, links), and short ones. */
    private static final Pattern ESCAPES = Pattern.compile(
            "\\u001b\\[[0-?]*[ -/]*[@-~]|\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?|\\u001b[ -/]*[0-~]?");

    /** Also marks that change the direction of the text, with which a line can pretend to be another one. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}&&[^\\t]]");

    /**
     * Reads a line.
     *
     * @param raw the line as Gitpod sent it
     * @return what it says
     */
    @NonNull
    public static LogLine parse(@NonNull String raw) {
        if (raw.startsWith(CREATE)) {
            return new LogLine(Kind.SECTION_START, name(raw.substring(CREATE.length())));
        }
        if (raw.startsWith(END)) {
            return new LogLine(Kind.SECTION_END, name(raw.substring(END.length())));
        }
        return new LogLine(Kind.TEXT, clean(raw));
    }

    private static String name(String json) {
        try {
            JsonNode section = Json.parse(json.strip().getBytes(StandardCharsets.UTF_8));
            for (String field : NAMES) {
                String name = section.path(field).asText("");
                if (!name.isBlank()) {
                    return clean(name);
                }
            }
            return "";
        } catch (UnexpectedAnswerException e) {
            return clean(json.strip());
        }
    }

    /** What a terminal would show: a carriage return starts the line again, as progress bars do. */
    private static String clean(String text) {
        String visible = ESCAPES.matcher(text).replaceAll("");
        visible = visible.substring(visible.lastIndexOf('\r') + 1);
        return UNPRINTABLE.matcher(visible).replaceAll("").stripTrailing();
    }
}
