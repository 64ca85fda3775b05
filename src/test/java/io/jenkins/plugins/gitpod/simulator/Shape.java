package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** The fields that a JSON object may and must have; any other field is refused. As in proto3, null is absent. */
final class Shape implements Check {
    private final Map<String, Check> fields = new HashMap<>();
    private final Set<String> required = new HashSet<>();

    Shape optional(String name, Check check) {
        fields.put(name, check);
        return this;
    }

    Shape required(String name, Check check) {
        required.add(name);
        return optional(name, check);
    }

    @Override
    public void check(String where, JsonNode value) throws ApiError {
        if (!value.isObject()) {
            throw ApiError.invalid(where.isEmpty() ? "request" : where, "must be an object");
        }
        String prefix = where.isEmpty() ? "" : where + ".";
        Iterator<String> names = value.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            Check check = fields.get(name);
            if (check == null) {
                throw ApiError.invalid(prefix + name, "is not a known field");
            }
            if (!value.get(name).isNull()) {
                check.check(prefix + name, value.get(name));
            }
        }
        for (String name : required) {
            if (!value.hasNonNull(name)) {
                throw ApiError.invalid(prefix + name, "is required");
            }
        }
    }
}
