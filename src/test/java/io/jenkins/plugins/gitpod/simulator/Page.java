package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One page of a list. Its token carries where the next one begins and for which question it was made: with another
 * filter it is refused.
 */
final class Page {
    private static final int DEFAULT_SIZE = 25;

    private final String question;
    private final int size;
    private final String token;

    private Page(String question, int size, String token) {
        this.question = question;
        this.size = size;
        this.token = token;
    }

    static Page of(String method, JsonNode request) {
        JsonNode pagination = request.path("pagination");
        int size = pagination.path("pageSize").asInt(0);
        String question = method + request.path("filter") + request.path("sort") + request.path("projectId");
        return new Page(
                question,
                size == 0 ? DEFAULT_SIZE : size,
                pagination.path("token").asText(""));
    }

    /** The position after which this page begins; the given one for the first page. */
    long start(long first) throws ApiError {
        if (token.isEmpty()) {
            return first;
        }
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split(":", -1);
            if (parts.length == 2 && parts[0].equals(fingerprint())) {
                return Long.parseLong(parts[1]);
            }
        } catch (IllegalArgumentException e) {
            // neither base64 nor a number: refused below
        }
        throw ApiError.invalid("pagination.token", "is not a token of this list");
    }

    /** Takes what fits on the page, and makes the answer. */
    <T> ObjectNode answer(
            String field,
            Iterator<T> source,
            Predicate<T> filter,
            Function<T, Long> position,
            Function<T, ObjectNode> toJson) {
        List<T> taken = new ArrayList<>();
        boolean more = false;
        while (source.hasNext() && !more) {
            T next = source.next();
            if (filter.test(next)) {
                more = taken.size() == size;
                if (!more) {
                    taken.add(next);
                }
            }
        }
        ObjectNode answer = Json.object();
        ObjectNode pagination = answer.putObject("pagination");
        if (more) {
            long last = position.apply(taken.get(size - 1));
            String text = fingerprint() + ":" + last;
            pagination.put(
                    "nextToken",
                    Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        }
        ArrayNode list = Json.array();
        taken.forEach(one -> list.add(toJson.apply(one)));
        Json.list(answer, field, list);
        return answer;
    }

    /** The page of a list that fits into memory as a whole. */
    <T> ObjectNode answer(String field, List<T> all, Function<T, ObjectNode> toJson) throws ApiError {
        int start = (int) Math.max(0, Math.min(start(0), all.size()));
        List<Integer> indexes = new ArrayList<>();
        for (int i = start; i < all.size(); i++) {
            indexes.add(i);
        }
        return answer(field, indexes.iterator(), i -> true, i -> i + 1L, i -> toJson.apply(all.get(i)));
    }

    private String fingerprint() {
        return Integer.toHexString(question.hashCode());
    }
}
