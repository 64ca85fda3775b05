package io.jenkins.plugins.gitpod.simulator;

/** The {@code Authorization} header's bearer scheme. */
final class Bearer {
    private static final String PREFIX = "Bearer ";

    private Bearer() {}

    /** The token; empty if there is none. */
    static String token(HttpRequest request) {
        String header = request.header("Authorization");
        return header.startsWith(PREFIX) ? header.substring(PREFIX.length()) : "";
    }
}
