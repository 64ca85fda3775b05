package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A rule for one JSON value of a request. */
@FunctionalInterface
interface Check {
    /** Matches as the API's uuid rule does. */
    Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    /** A duration of proto3 JSON. */
    Pattern DURATION = Pattern.compile("(-?[0-9]+(\\.[0-9]{1,9})?)s");

    void check(String where, JsonNode value) throws ApiError;

    static Check uuid() {
        return (where, value) ->
                require(value.isTextual() && UUID.matcher(value.textValue()).matches(), where, "must be a uuid");
    }

    static Check uri() {
        return (where, value) ->
                require(value.isTextual() && UriRule.isUri(value.textValue()), where, "must be a valid URI");
    }

    static Check text(int maxLength) {
        return (where, value) -> {
            require(value.isTextual(), where, "must be a text");
            require(value.textValue().length() <= maxLength, where, "must have at most " + maxLength + " characters");
        };
    }

    static Check bool() {
        return (where, value) -> require(value.isBoolean(), where, "must be true or false");
    }

    static Check int32(int min, int max) {
        return (where, value) -> {
            require(value.isIntegralNumber(), where, "must be a whole number");
            require(
                    value.canConvertToInt() && value.intValue() >= min && value.intValue() <= max,
                    where,
                    "must be from " + min + " to " + max);
        };
    }

    static Check duration(long minSeconds, long maxSeconds) {
        return (where, value) -> {
            Matcher matcher = DURATION.matcher(value.isTextual() ? value.textValue() : "");
            require(matcher.matches(), where, "must be a duration like 3600s");
            BigDecimal seconds = new BigDecimal(matcher.group(1));
            boolean inRange = seconds.compareTo(BigDecimal.valueOf(minSeconds)) >= 0
                    && seconds.compareTo(BigDecimal.valueOf(maxSeconds)) <= 0;
            require(inRange, where, "must be from " + minSeconds + "s to " + maxSeconds + "s");
        };
    }

    static Check oneOf(Set<String> names) {
        return (where, value) ->
                require(value.isTextual() && names.contains(value.textValue()), where, "is not a known name");
    }

    static Check listOf(Check each, int maxSize) {
        return (where, value) -> {
            require(value.isArray(), where, "must be a list");
            require(value.size() <= maxSize, where, "must have at most " + maxSize + " entries");
            for (int i = 0; i < value.size(); i++) {
                each.check(where + "[" + i + "]", value.get(i));
            }
        };
    }

    private static void require(boolean holds, String where, String why) throws ApiError {
        if (!holds) {
            throw ApiError.invalid(where, why);
        }
    }
}
