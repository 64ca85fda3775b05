package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Requests that are right but for one value at the edge of one rule, or just past it. */
final class RuleSamples {
    private RuleSamples() {}

    /** A request for a method with no more than it needs. */
    static ObjectNode smallest(String method) {
        return (ObjectNode) smallest(schema(method));
    }

    /** A request that a rule just accepts. */
    static ObjectNode accepted(FieldRule rule) {
        boolean required = rule.constraint() == Constraint.REQUIRED;
        return with(rule, required ? null : rule.constraint().accepted());
    }

    /** A request that a rule just refuses. */
    static ObjectNode refused(FieldRule rule) {
        if (rule.constraint() != Constraint.REQUIRED) {
            return with(rule, rule.constraint().refused());
        }
        ObjectNode request = accepted(rule);
        List<String> path = rule.path();
        ObjectNode parent = (ObjectNode) open(schema(rule.method()), request, path.subList(0, path.size() - 1));
        parent.remove(path.get(path.size() - 1));
        return request;
    }

    /** A request with an unknown field in each of the objects that a method's request can have. */
    static List<ObjectNode> withUnknownField(String method) {
        List<ObjectNode> requests = new ArrayList<>();
        for (List<String> path : objects(schema(method), List.of())) {
            ObjectNode request = smallest(method);
            ((ObjectNode) open(schema(method), request, path)).put("unknownField", true);
            requests.add(request);
        }
        return requests;
    }

    private static Schema schema(String method) {
        return Schema.of(RequestRules.of(method));
    }

    /** A value that is needed in any case if null. */
    private static ObjectNode with(FieldRule rule, JsonNode value) {
        ObjectNode request = smallest(rule.method());
        List<String> path = rule.path();
        JsonNode parent = open(schema(rule.method()), request, path.subList(0, path.size() - 1));
        if (value == null) {
            open(schema(rule.method()), request, path);
        } else if (parent.isArray()) {
            ((ArrayNode) parent).removeAll().add(value);
        } else {
            ((ObjectNode) parent).set(path.get(path.size() - 1), value);
        }
        return request;
    }

    private static JsonNode smallest(Schema schema) {
        if (schema.fields().containsKey(FieldRule.EACH)) {
            return Json.array();
        }
        ObjectNode object = Json.object();
        for (Map.Entry<String, Schema> field : schema.fields().entrySet()) {
            if (field.getValue().isRequired()) {
                object.set(field.getKey(), value(field.getValue()));
            }
        }
        return object;
    }

    private static JsonNode value(Schema schema) {
        return schema.fields().isEmpty() ? schema.example() : smallest(schema);
    }

    /** The value at a path, made on the way. */
    private static JsonNode open(Schema schema, JsonNode from, List<String> path) {
        if (path.isEmpty()) {
            return from;
        }
        String name = path.get(0);
        Schema next = schema.fields().get(name);
        if (from.isArray() && from.isEmpty()) {
            ((ArrayNode) from).add(value(next));
        } else if (from.isObject() && !from.has(name)) {
            ((ObjectNode) from).set(name, value(next));
        }
        return open(next, from.isArray() ? from.get(0) : from.get(name), path.subList(1, path.size()));
    }

    private static List<List<String>> objects(Schema schema, List<String> path) {
        List<List<String>> objects = new ArrayList<>();
        boolean list = schema.fields().containsKey(FieldRule.EACH);
        if (path.isEmpty() || (!schema.fields().isEmpty() && !list)) {
            objects.add(path);
        }
        for (Map.Entry<String, Schema> field : schema.fields().entrySet()) {
            List<String> longer = new ArrayList<>(path);
            longer.add(field.getKey());
            objects.addAll(objects(field.getValue(), longer));
        }
        return objects;
    }
}
