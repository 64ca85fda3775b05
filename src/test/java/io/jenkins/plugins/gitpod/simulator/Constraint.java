package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a rule demands of one JSON value, with a value on each side of its edge.
 *
 * @param demand what follows "must", for instance {@code be a uuid}
 * @param accepted a value that just meets it
 * @param refused a value that just does not
 * @param holds whether a value meets it; it need not be of the right type
 */
record Constraint(String demand, JsonNode accepted, JsonNode refused, Predicate<JsonNode> holds) {
    /** Demands that the field is there; the values are of no importance. */
    static final Constraint REQUIRED = new Constraint("be there", BooleanNode.TRUE, BooleanNode.FALSE, value -> true);

    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    /** A duration of proto3 JSON. */
    private static final Pattern DURATION = Pattern.compile("(-?[0-9]+(\\.[0-9]{1,9})?)s");

    private static final String SOME_UUID = "01990000-0000-7000-8000-000000000000";
    private static final BigInteger MAX_UINT64 = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    static Constraint uuid() {
        return texts(
                "be a uuid",
                SOME_UUID,
                SOME_UUID + "0",
                text -> UUID.matcher(text).matches());
    }

    static Constraint uri() {
        return texts(
                "be a URI",
                "ssh://git@git.example.com:7999/~jo/a%20b.git",
                "git@git.example.com:team/shop.git",
                UriRule::isUri);
    }

    static Constraint text() {
        return new Constraint("be a text", TextNode.valueOf(""), IntNode.valueOf(1), JsonNode::isTextual);
    }

    /** Counts characters, not the halves of those outside the basic plane. */
    static Constraint maxLength(int length) {
        return texts(
                "have at most " + length + " characters",
                "\ud83d\ude80".repeat(length),
                "x".repeat(length + 1),
                text -> text.codePointCount(0, text.length()) <= length);
    }

    static Constraint bool() {
        return new Constraint("be true or false", BooleanNode.TRUE, TextNode.valueOf("true"), JsonNode::isBoolean);
    }

    static Constraint min(int min) {
        return new Constraint(
                "be a whole number, at least " + min,
                IntNode.valueOf(min),
                IntNode.valueOf(min - 1),
                value -> isInt(value) && value.intValue() >= min);
    }

    static Constraint max(int max) {
        return new Constraint(
                "be a whole number, at most " + max,
                IntNode.valueOf(max),
                IntNode.valueOf(max + 1),
                value -> isInt(value) && value.intValue() <= max);
    }

    private static boolean isInt(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt();
    }

    static Constraint uint64() {
        return new Constraint(
                "be a whole number of 64 bits without a sign",
                TextNode.valueOf(MAX_UINT64.toString()),
                TextNode.valueOf(MAX_UINT64.add(BigInteger.ONE).toString()),
                value -> (value.isTextual() || value.isIntegralNumber())
                        && value.asText().matches("[0-9]{1,20}")
                        && new BigInteger(value.asText()).compareTo(MAX_UINT64) <= 0);
    }

    static Constraint minDuration(long seconds) {
        return texts(
                "be a duration of at least " + seconds + "s",
                seconds + "s",
                seconds - 1 + ".999999999s",
                text -> compare(text, seconds, 1));
    }

    static Constraint maxDuration(long seconds) {
        return texts(
                "be a duration of at most " + seconds + "s",
                seconds + "s",
                seconds + ".000000001s",
                text -> compare(text, seconds, -1));
    }

    /** Whether a duration is on a certain side of a number of seconds, or just that long. */
    private static boolean compare(String text, long seconds, int side) {
        Matcher matcher = DURATION.matcher(text);
        return matcher.matches() && new BigDecimal(matcher.group(1)).compareTo(BigDecimal.valueOf(seconds)) * side >= 0;
    }

    /** The names of an enum; a number is refused too, although proto3 allows it. */
    static Constraint oneOf(String prefix, String... names) {
        List<String> known = Arrays.stream(names).map(name -> prefix + name).toList();
        return texts("be a known name", known.get(known.size() - 1), prefix + "NEW_THING", known::contains);
    }

    /** A name that is refused although it is known. */
    static Constraint not(String name, String other) {
        return texts("not be " + name, other, name, text -> !text.equals(name));
    }

    /** A list of entries of which the given one is an example. */
    static Constraint maxSize(int size, JsonNode entry) {
        return new Constraint(
                "have at most " + size + " entries",
                list(size, entry),
                list(size + 1, entry),
                value -> value.isArray() && value.size() <= size);
    }

    private static ArrayNode list(int size, JsonNode entry) {
        ArrayNode list = Json.array();
        for (int i = 0; i < size; i++) {
            list.add(entry.deepCopy());
        }
        return list;
    }

    private static Constraint texts(String demand, String accepted, String refused, Predicate<String> holds) {
        return new Constraint(
                demand,
                TextNode.valueOf(accepted),
                TextNode.valueOf(refused),
                value -> value.isTextual() && holds.test(value.textValue()));
    }

    void check(String where, JsonNode value) throws ApiError {
        if (!holds.test(value)) {
            throw ApiError.invalid(where, "must " + demand);
        }
    }
}
