package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one JSON value of a request must look like: an object with known fields, a list, or a plain value with
 * constraints. As in proto3, null is absent.
 */
final class Schema {
    private final Map<String, Schema> fields = new LinkedHashMap<>();
    private final List<Constraint> constraints = new ArrayList<>();

    /** Makes the schema of a request that some rules are about; without rules it has no fields. */
    static Schema of(Iterable<FieldRule> rules) {
        Schema root = new Schema();
        for (FieldRule rule : rules) {
            Schema schema = root;
            for (String name : rule.path()) {
                schema = schema.fields.computeIfAbsent(name, key -> new Schema());
            }
            schema.constraints.add(rule.constraint());
        }
        return root;
    }

    void check(JsonNode request) throws ApiError {
        if (!request.isObject()) {
            throw ApiError.invalid("request", "must be an object");
        }
        checkFields("", request);
    }

    private void check(String where, JsonNode value) throws ApiError {
        Schema each = fields.get(FieldRule.EACH);
        if (each == null && !fields.isEmpty()) {
            if (!value.isObject()) {
                throw ApiError.invalid(where, "must be an object");
            }
            checkFields(where + ".", value);
        }
        for (Constraint constraint : constraints) {
            constraint.check(where, value);
        }
        if (each != null) {
            if (!value.isArray()) {
                throw ApiError.invalid(where, "must be a list");
            }
            for (int i = 0; i < value.size(); i++) {
                each.check(where + "[" + i + "]", value.get(i));
            }
        }
    }

    private void checkFields(String prefix, JsonNode object) throws ApiError {
        Iterator<String> names = object.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            Schema field = fields.get(name);
            if (field == null) {
                throw ApiError.invalid(prefix + name, "is not a known field");
            }
            if (!object.get(name).isNull()) {
                field.check(prefix + name, object.get(name));
            }
        }
        for (Map.Entry<String, Schema> field : fields.entrySet()) {
            if (field.getValue().isRequired() && !object.hasNonNull(field.getKey())) {
                throw ApiError.invalid(prefix + field.getKey(), "is required");
            }
        }
    }

    boolean isRequired() {
        return constraints.contains(Constraint.REQUIRED);
    }

    /** The fields by name; the entries of a list are one field, named {@link FieldRule#EACH}. */
    Map<String, Schema> fields() {
        return fields;
    }

    /** A value that a plain field may have. */
    JsonNode example() {
        return constraints.stream()
                .filter(constraint -> constraint != Constraint.REQUIRED)
                .reduce((first, second) -> second)
                .orElseThrow()
                .accepted();
    }
}
