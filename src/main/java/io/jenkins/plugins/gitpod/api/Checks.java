package io.jenkins.plugins.gitpod.api;

/** Checks of arguments, so that a mistake of the caller is an {@link IllegalArgumentException} and not a refused request. */
final class Checks {

    private Checks() {}

    static void atMost(int limit, int size, String name) {
        if (size > limit) {
            throw new IllegalArgumentException(name + ": at most " + limit);
        }
    }

    static String notBlank(String value, String name) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is blank");
        }
        return value;
    }
}
