package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Understands the messages of one event stream. Unknown ones are skipped. */
final class EventReader implements StreamBody.Sink {

    private static final String PREBUILD = "RESOURCE_TYPE_PREBUILD";
    private static final String CREATE = "RESOURCE_OPERATION_CREATE";
    /** After so many unknown messages in a row, this is no stream of events. */
    private static final int MAX_UNKNOWN = 20;

    private final EventMessages messages;
    private final Transport transport;
    private final String method;
    private final Consumer<PrebuildEvent> events;

    private int unknown;

    /** @param events is told of each event */
    EventReader(EventMessages messages, Transport transport, String method, Consumer<PrebuildEvent> events) {
        this.messages = messages;
        this.transport = transport;
        this.method = method;
        this.events = events;
    }

    @Override
    public boolean accept(ByteBuffer part) throws GitpodException, UnexpectedAnswerException {
        for (Optional<byte[]> next = messages.next(part); next.isPresent(); next = messages.next(part)) {
            read(next.get());
        }
        if (messages.error() != null) {
            throw transport.endedWith(method, Objects.requireNonNull(messages.error()));
        }
        return !messages.isEnded();
    }

    @Override
    public void end() throws IOException, GitpodException, UnexpectedAnswerException {
        Optional<byte[]> last = messages.last();
        if (last.isPresent()) {
            read(last.get());
        }
    }

    private void read(byte[] text) throws GitpodException, UnexpectedAnswerException {
        if (new String(text, StandardCharsets.UTF_8).isBlank()) {
            return; // keeps the connection alive
        }
        JsonNode message = message(text);
        if (message == null) {
            unknown++;
        } else {
            unknown = 0;
            hear(message);
        }
        if (unknown > MAX_UNKNOWN) {
            throw new UnexpectedAnswerException("messages that are no events");
        }
    }

    private void hear(JsonNode message) throws GitpodException {
        JsonNode error = error(message);
        if (error != null) {
            throw transport.endedWith(method, error);
        }
        // Events on other resources were not requested; they are ignored.
        if (PREBUILD.equals(Json.text(message, "resourceType"))) {
            boolean creation = CREATE.equals(Json.text(message, "operation"));
            events.accept(new PrebuildEvent(message.path("resourceId").textValue(), creation));
        }
    }

    /** An event or an error; null if it is neither. */
    @CheckForNull
    private static JsonNode message(byte[] text) {
        try {
            JsonNode node = Json.parse(text);
            return isEvent(node) || error(node) != null ? node : null;
        } catch (UnexpectedAnswerException e) {
            return null;
        }
    }

    private static boolean isEvent(JsonNode node) {
        return Json.text(node, "resourceId") != null && Json.text(node, "resourceType") != null;
    }

    /** A Connect error: as a line of its own, which is documented, or in a field. */
    @CheckForNull
    private static JsonNode error(JsonNode node) {
        if (node.path("error").isObject()) {
            return node.path("error");
        }
        return !isEvent(node) && Json.text(node, "code") != null ? node : null;
    }
}
