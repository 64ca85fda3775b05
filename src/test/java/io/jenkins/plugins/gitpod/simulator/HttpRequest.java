package io.jenkins.plugins.gitpod.simulator;

import java.util.Locale;
import java.util.Map;

/**
 * A request as it came in.
 *
 * @param connection the number of its TCP connection
 * @param method the HTTP method
 * @param target the request target, normally path and query
 * @param version for instance {@code HTTP/1.1}
 * @param headers by name, whatever its case; repeated ones joined by commas
 * @param body without its transfer coding
 */
record HttpRequest(
        int connection, String method, String target, String version, Map<String, String> headers, byte[] body) {

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The content type without its parameters, in lower case; empty if there is none. */
    String mediaType() {
        return header("Content-Type").toLowerCase(Locale.ROOT).split(";", 2)[0].trim();
    }

    void mustBePost() throws ApiError {
        if (!"POST".equals(method)) {
            throw new ApiError(Answer.empty(405).withHeader("Allow", "POST"), "not a POST");
        }
    }

    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    boolean wantsClose() {
        String wanted = header("Connection").toLowerCase(Locale.ROOT);
        return wanted.contains("close") || ("HTTP/1.0".equals(version) && !wanted.contains("keep-alive"));
    }

    HttpRequest withBody(byte[] newBody) {
        return new HttpRequest(connection, method, target, version, headers, newBody);
    }
}
