package io.jenkins.plugins.gitpod.api;

import java.util.List;

/** Checks of what callers pass in, so that a mistake is found here and not as a refused request. */
final class Checks {

    private Checks() {}

    static List<String> atMost(int limit, List<String> values, String name) {
        if (values.size() > limit) {
            throw new IllegalArgumentException(name + ": at most " + limit);
        }
        return List.copyOf(values);
    }

    static String notBlank(String value, String name) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is blank");
        }
        return value;
    }
}
