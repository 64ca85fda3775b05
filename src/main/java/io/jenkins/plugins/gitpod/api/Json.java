package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON as proto3 writes it. What is absent, zero, of another type or not understood reads as "not there": a newer
 * Gitpod may say more, but never breaks a build.
 */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxNumberLength(64)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Pattern DURATION = Pattern.compile("\\+?(\\d{1,12})(?:\\.(\\d{1,9}))?s");

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(ObjectNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e); // a tree of texts and numbers can always be written
        }
    }

    /** Reads one JSON object. The exception says where it went wrong, but quotes nothing, for that may be a token. */
    static JsonNode parse(byte[] text) throws UnexpectedAnswerException {
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JacksonException e) {
            long offset = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
            throw new UnexpectedAnswerException("no JSON, or cut short, at byte " + offset + " of " + text.length);
        } catch (IOException e) {
            throw new UnexpectedAnswerException("no JSON");
        }
        if (!node.isObject()) {
            throw new UnexpectedAnswerException("not a JSON object, " + text.length + " bytes");
        }
        return node;
    }

    /** The field's object; an empty node if there is none. */
    static JsonNode object(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isObject() ? value : MissingNode.getInstance();
    }

    @CheckForNull
    static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
    }

    /** A text that has to be there. */
    static String needed(JsonNode node, String field) throws UnexpectedAnswerException {
        String text = text(node, field);
        if (text == null) {
            throw new UnexpectedAnswerException("no " + field);
        }
        return text;
    }

    /** An int64, a text on the wire, or an int32, a number. */
    static long number(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (value.isIntegralNumber()) {
            return value.canConvertToLong() ? value.longValue() : 0;
        }
        try {
            return value.isTextual() ? Long.parseLong(value.textValue()) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @CheckForNull
    static Instant time(JsonNode node, String field) {
        try {
            String text = text(node, field);
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    @CheckForNull
    static Duration duration(JsonNode node, String field) {
        return duration(text(node, field));
    }

    /**
     * Reads seconds as proto3 writes a duration, for example {@code 5400s} or {@code 0.5s}, also with the leading plus
     * sign of the vendor's documentation; null if not that.
     */
    @CheckForNull
    static Duration duration(@Nullable String text) {
        Matcher matcher = DURATION.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            return null;
        }
        String fraction = matcher.group(2) == null ? "" : matcher.group(2);
        return Duration.ofSeconds(
                Long.parseLong(matcher.group(1)), Integer.parseInt((fraction + "000000000").substring(0, 9)));
    }

    /** The objects of a list; empty if it is absent. */
    static List<JsonNode> list(JsonNode node, String field) throws UnexpectedAnswerException {
        JsonNode value = node.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isArray()) {
            throw new UnexpectedAnswerException(field + " is not a list");
        }
        List<JsonNode> items = new ArrayList<>();
        value.forEach(items::add);
        return items;
    }

    /** The texts of a list; anything else in it is skipped. */
    static List<String> texts(JsonNode node, String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode item : node.path(field)) {
            if (item.isTextual()) {
                texts.add(item.textValue());
            }
        }
        return texts;
    }
}
