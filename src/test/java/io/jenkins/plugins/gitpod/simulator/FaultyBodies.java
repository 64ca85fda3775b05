package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Right answers, wrongly delivered. */
final class FaultyBodies {
    private static final byte[] PADDING = "x".repeat(8 * 1024).getBytes(StandardCharsets.US_ASCII);

    private FaultyBodies() {}

    static void drip(Exchange exchange, int bytes, long nanos) throws IOException, InterruptedException {
        Answer answer = exchange.act();
        byte[] body = answer.body();
        exchange.sendHead(answer, "Content-Length: " + body.length);
        for (int sent = 0; sent < body.length; sent += bytes) {
            exchange.writer().sendRaw(body, sent, Math.min(bytes, body.length - sent));
            exchange.pause(nanos);
        }
    }

    static void halfJson(Exchange exchange) throws IOException, InterruptedException {
        Answer answer = exchange.act();
        exchange.send(answer.withBody(Arrays.copyOf(answer.body(), answer.body().length / 2)));
    }

    static void cutOff(Exchange exchange) throws IOException {
        Answer answer = exchange.act();
        exchange.sendHead(answer, "Content-Length: " + answer.body().length);
        exchange.writer().sendRaw(answer.body(), 0, answer.body().length / 2);
        exchange.writer().close();
    }

    static void oversized(Exchange exchange, int bytes) throws IOException, InterruptedException {
        edit(exchange, node -> ((ObjectNode) node).put("padding", "x".repeat(bytes)));
    }

    static void endless(Exchange exchange) throws IOException {
        exchange.sendHead(exchange.act(), "Transfer-Encoding: chunked");
        exchange.writer().sendChunk("{\"padding\":\"".getBytes(StandardCharsets.US_ASCII));
        while (exchange.writer().isOpen()) {
            exchange.writer().sendChunk(PADDING); // ends with an exception when the client has stopped reading
        }
    }

    static void unknownEnum(Exchange exchange) throws IOException, InterruptedException {
        edit(exchange, FaultyBodies::replaceEnums);
    }

    static void withoutResults(Exchange exchange) throws IOException, InterruptedException {
        edit(
                exchange,
                node -> node.findValues("status")
                        .forEach(status -> ((ObjectNode) status)
                                .remove(List.of("snapshotSizeBytes", "failureMessage", "warningMessage"))));
    }

    /** Changes the JSON of an answer; an answer that has none is sent as it is. */
    private static void edit(Exchange exchange, Consumer<JsonNode> change) throws IOException, InterruptedException {
        Answer answer = exchange.act();
        if (!Answer.JSON.equals(answer.contentType())) {
            exchange.send(answer);
            return;
        }
        JsonNode node = Json.parse(answer.body());
        change.accept(node);
        exchange.send(answer.withBody(Json.bytes(node)));
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
