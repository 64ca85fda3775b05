package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How a stream is written. */
public enum StreamDialect {
    /**
     * Connect's own: each message is a frame of one byte of flags, four bytes of length and JSON. The request is one such
     * frame. The last frame has flag 2 and holds the error, if there is one. The status is 200 even if the call is refused.
     */
    CONNECT("application/connect+json") {
        @Override
        boolean isMeant(HttpRequest request) {
            return request.mediaType().equals(mediaType());
        }

        @Override
        byte[] request(byte[] body) throws ApiError {
            if (body.length < HEAD || body[0] != 0 || ByteBuffer.wrap(body).getInt(1) != body.length - HEAD) {
                throw ApiError.invalid("request", "is not one frame without flags");
            }
            return Arrays.copyOfRange(body, HEAD, body.length);
        }

        @Override
        byte[] message(ObjectNode message) {
            return frame(0, message);
        }

        @Override
        byte[] end() {
            return frame(END, Json.object());
        }

        @Override
        byte[] error(JsonNode error) {
            ObjectNode end = Json.object();
            end.set("error", error);
            return frame(END, end);
        }
    },

    /**
     * One JSON object in each line. The request is JSON, and accepts this if it does not call itself so. An error is a line
     * of {@code code} and {@code message}; an end in order is just the end.
     */
    JSON_LINES("application/jsonl") {
        @Override
        boolean isMeant(HttpRequest request) {
            boolean accepted = request.header("Accept").contains(mediaType());
            return request.mediaType().equals(mediaType())
                    || (accepted && request.mediaType().equals(Answer.JSON));
        }

        @Override
        byte[] request(byte[] body) {
            return body;
        }

        @Override
        byte[] message(ObjectNode message) {
            return line(message);
        }

        @Override
        byte[] end() {
            return new byte[0];
        }

        @Override
        byte[] error(JsonNode error) {
            return line(error);
        }

        @Override
        int status(Answer refusal) {
            return refusal.status();
        }
    };

    private static final int HEAD = 5;
    private static final int END = 2;

    private final String mediaType;

    StreamDialect(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** Whether a request asks for this dialect. */
    abstract boolean isMeant(HttpRequest request);

    /** The JSON of a request. */
    abstract byte[] request(byte[] body) throws ApiError;

    abstract byte[] message(ObjectNode message);

    /** What an end in order looks like. */
    abstract byte[] end();

    /** What an end with an error looks like. */
    abstract byte[] error(JsonNode error);

    /** The status of a refusal. */
    int status(Answer refusal) {
        return 200;
    }

    /** The same refusal, in this dialect. */
    final Answer refusal(Answer refusal) {
        try {
            byte[] body = error(Json.parse(refusal.body()));
            return new Answer(status(refusal), mediaType, refusal.headers(), body, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] frame(int flags, JsonNode node) {
        byte[] json = Json.bytes(node);
        return ByteBuffer.allocate(HEAD + json.length)
                .put((byte) flags)
                .putInt(json.length)
                .put(json)
                .array();
    }

    private static byte[] line(JsonNode node) {
        return (node + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
