package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/** Right answers, wrongly delivered. */
final class FaultyBodies {
    private static final byte[] PADDING = "x".repeat(8 * 1024).getBytes(StandardCharsets.US_ASCII);

    private FaultyBodies() {}

    static void drip(Turn turn, int bytes, long nanos) throws IOException, InterruptedException {
        Answer answer = turn.act();
        byte[] body = answer.body();
        turn.sendHead(answer, "Content-Length: " + body.length);
        for (int sent = 0; sent < body.length; sent += bytes) {
            turn.wire().sendRaw(body, sent, Math.min(bytes, body.length - sent));
            turn.pause(nanos);
        }
    }

    static void halfJson(Turn turn) throws IOException, InterruptedException {
        Answer answer = turn.act();
        turn.send(answer.withBody(Arrays.copyOf(answer.body(), answer.body().length / 2)));
    }

    static void cutOff(Turn turn) throws IOException {
        Answer answer = turn.act();
        turn.sendHead(answer, "Content-Length: " + answer.body().length);
        turn.wire().sendRaw(answer.body(), 0, answer.body().length / 2);
        turn.wire().close();
    }

    static void oversized(Turn turn, int bytes) throws IOException, InterruptedException {
        edit(turn, node -> ((ObjectNode) node).put("padding", "x".repeat(bytes)));
    }

    static void endless(Turn turn) throws IOException {
        turn.sendHead(turn.act(), "Transfer-Encoding: chunked");
        turn.wire().sendChunk("{\"padding\":\"".getBytes(StandardCharsets.US_ASCII));
        while (turn.wire().isOpen()) {
            turn.wire().sendChunk(PADDING); // ends with an exception once nobody reads any more
        }
    }

    static void unknownEnum(Turn turn) throws IOException, InterruptedException {
        edit(turn, FaultyBodies::replaceEnums);
    }

    /** Changes the JSON of an answer; an answer that has none is sent as it is. */
    private static void edit(Turn turn, Consumer<JsonNode> change) throws IOException, InterruptedException {
        Answer answer = turn.act();
        if (!Answer.JSON.equals(answer.contentType())) {
            turn.send(answer);
            return;
        }
        JsonNode node = Json.parse(answer.body());
        change.accept(node);
        turn.send(answer.withBody(Json.bytes(node)));
    }

    private static void replaceEnums(JsonNode node) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                String text = field.getValue().asText();
                if (text.startsWith("PREBUILD_PHASE_")) {
                    field.setValue(TextNode.valueOf("PREBUILD_PHASE_NEW_THING"));
                } else if (text.startsWith("PREBUILD_TRIGGER_")) {
                    field.setValue(TextNode.valueOf("PREBUILD_TRIGGER_NEW_THING"));
                }
            }
        }
        node.forEach(FaultyBodies::replaceEnums);
    }
}
