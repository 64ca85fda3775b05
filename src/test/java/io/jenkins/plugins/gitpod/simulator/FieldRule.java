package io.jenkins.plugins.gitpod.simulator;

import java.util.List;

/**
 * One rule for one field of one method's request.
 *
 * @param method for instance {@code CreatePrebuild}
 * @param field its path, for instance {@code filter.projectIds[]}, where brackets mean each entry of a list
 * @param constraint what the rule demands of it
 */
record FieldRule(String method, String field, Constraint constraint) {
    static final String EACH = "[]";

    /** The names on the path; brackets are steps of their own. */
    List<String> path() {
        return List.of(field.replace(EACH, "." + EACH).split("\\."));
    }

    @Override
    public String toString() {
        return method + " " + field + " must " + constraint.demand();
    }
}
