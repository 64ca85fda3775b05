package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An HTTP answer.
 *
 * @param status the HTTP status
 * @param contentType null for none
 * @param headers further headers
 * @param body may be empty; of a stream what comes first
 * @param stream writes what follows in chunks, null if the body is all
 */
record Answer(
        int status,
        @Nullable String contentType,
        Map<String, String> headers,
        byte[] body,
        @Nullable Stream stream) {

    static final String JSON = "application/json";
    static final String HTML = "text/html; charset=utf-8";

    /** A body without a known end; returns when the stream ends properly. */
    @FunctionalInterface
    interface Stream {
        void writeTo(Chunks chunks) throws IOException, InterruptedException;
    }

    /** Takes a stream's parts and sends each at once. */
    @FunctionalInterface
    interface Chunks {
        void send(byte[] part) throws IOException;
    }

    static Answer json(JsonNode node) {
        return new Answer(200, JSON, Map.of(), Json.bytes(node), null);
    }

    static Answer error(int status, String code, String message, @Nullable ObjectNode detail) {
        ObjectNode node = Json.object();
        node.put("code", code);
        Json.text(node, "message", message);
        if (detail != null) {
            node.putArray("details").add(detail);
        }
        return new Answer(status, JSON, Map.of(), Json.bytes(node), null);
    }

    static Answer html(int status, String title) {
        String page = "<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h1>" + title
                + "</h1></body></html>";
        return new Answer(status, HTML, Map.of(), page.getBytes(StandardCharsets.UTF_8), null);
    }

    static Answer empty(int status) {
        return new Answer(status, null, Map.of(), new byte[0], null);
    }

    static Answer streaming(String contentType, Stream stream) {
        return new Answer(200, contentType, Map.of(), new byte[0], stream);
    }

    Answer withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, more, body, stream);
    }

    Answer withBody(byte[] newBody) {
        return new Answer(status, contentType, headers, newBody, stream);
    }

    Answer withContentType(String newType) {
        return new Answer(status, newType, headers, body, stream);
    }
}
