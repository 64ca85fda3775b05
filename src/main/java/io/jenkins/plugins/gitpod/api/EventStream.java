package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Response;

/**
 * Gitpod's stream of events of the prebuilds of the token's organization, until either side ends it. It is read once.
 * A server may know one of its two forms only ({@link EventFormat}); the stream tries the form that worked last, at first
 * Connect, and where the server does not know it, at once the other one.
 */
public final class EventStream implements AutoCloseable {

    /** Receives the events, on the thread that reads the stream. */
    public interface Listener {

        /**
         * Gitpod has begun to answer: from now on, it reports events. A Connect server may begin its answer only with its
         * first event; it reports events before that as well.
         */
        void opened();

        /**
         * Called for each event.
         *
         * @param event the event
         */
        void event(@NonNull PrebuildEvent event);
    }

    private static final String METHOD = "WatchEvents";
    private static final String PREBUILD = "RESOURCE_TYPE_PREBUILD";
    private static final String CREATE = "RESOURCE_OPERATION_CREATE";
    private static final int BAD_REQUEST = 400;
    private static final int NOT_ACCEPTABLE = 406;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;
    /** After so many unknown messages in a row, this is no stream of events. */
    private static final int MAX_UNKNOWN = 20;

    private final Transport transport;
    private final AtomicReference<EventFormat> lastFormat;

    private boolean closed;

    @CheckForNull
    private OutgoingCall call;

    /** @param lastFormat the form that worked last, or null; shared by the streams of a client */
    EventStream(Transport transport, AtomicReference<EventFormat> lastFormat) {
        this.transport = transport;
        this.lastFormat = lastFormat;
    }

    /** All prebuilds: a list of the watched ones would need a new stream for each new one. */
    private static ObjectNode request() {
        ObjectNode request = Json.object().put("organization", true);
        request.putArray("resourceTypeFilters").addObject().put("resourceType", PREBUILD);
        return request;
    }

    /**
     * Connects and reads, and returns when Gitpod has ended the stream in an orderly way. Unknown messages are
     * skipped.
     *
     * @param listener the listener
     * @throws GitpodException if Gitpod offers no stream, it broke or was closed, or it is no stream of events
     */
    public void read(@NonNull Listener listener) throws GitpodException {
        EventFormat worked = lastFormat.get();
        EventFormat first = worked == null ? EventFormat.CONNECT : worked;
        if (!read(first, worked != null, false, listener)) {
            read(first.other(), false, true, listener);
        }
    }

    /**
     * Reads the stream in one form.
     *
     * @param isProven whether this form has worked before
     * @param isLast whether no other form is left to try
     * @return false if another form is to be tried
     */
    private boolean read(EventFormat format, boolean isProven, boolean isLast, Listener listener)
            throws GitpodException {
        OutgoingCall next = next(format);
        try (Response response = next.execute()) {
            if (!isLast && isFormatUnknown(response.code(), isProven)) {
                return false;
            }
            if (!response.isSuccessful()) {
                throw transport.refused(METHOD, response);
            }
            EventFormat answered = EventFormat.of(response.body().contentType());
            if (answered == null) {
                throw transport.unreadable(METHOD, response, "not a stream of events by its content type");
            }
            String encoding = response.header("Content-Encoding");
            if (encoding != null && !encoding.equals("identity")) {
                throw transport.unreadable(METHOD, response, "compressed, though that was not asked for");
            }
            lastFormat.set(format);
            listener.opened();
            readMessages(EventMessages.of(answered, response.body().source()), response, listener);
            return true;
        } catch (IOException e) {
            throw transport.failed(METHOD, next.watch(), e);
        }
    }

    private synchronized OutgoingCall next(EventFormat format) {
        OutgoingCall next = transport.outgoing("EventService", METHOD, format.head(), format.body(request()));
        call = next;
        if (closed) {
            next.cancel();
        }
        return next;
    }

    /** The status for it is 415; but a server that takes a frame for broken JSON says 400. */
    private static boolean isFormatUnknown(int status, boolean isProven) {
        return status == UNSUPPORTED_MEDIA_TYPE || !isProven && (status == BAD_REQUEST || status == NOT_ACCEPTABLE);
    }

    private void readMessages(EventMessages messages, Response response, Listener listener)
            throws IOException, GitpodException {
        try {
            int unknown = 0;
            for (Optional<byte[]> next = messages.next(); next.isPresent(); next = messages.next()) {
                byte[] text = next.get();
                if (new String(text, StandardCharsets.UTF_8).isBlank()) {
                    continue; // keeps the connection alive
                }
                JsonNode message = message(text);
                if (message == null) {
                    unknown++;
                } else {
                    unknown = 0;
                    hear(message, listener);
                }
                if (unknown > MAX_UNKNOWN) {
                    throw new UnexpectedAnswerException("messages that are no events");
                }
            }
            if (messages.error() != null) {
                throw transport.endedWith(METHOD, Objects.requireNonNull(messages.error()));
            }
        } catch (UnexpectedAnswerException e) {
            throw transport.unreadable(METHOD, response, e.getMessage());
        }
    }

    private void hear(JsonNode message, Listener listener) throws GitpodException {
        JsonNode error = error(message);
        if (error != null) {
            throw transport.endedWith(METHOD, error);
        }
        // Events on other resources were not requested; they are ignored.
        if (PREBUILD.equals(Json.text(message, "resourceType"))) {
            boolean creation = CREATE.equals(Json.text(message, "operation"));
            listener.event(new PrebuildEvent(message.path("resourceId").textValue(), creation));
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

    /** Ends the stream, from any thread and at any time; a read in progress fails. */
    @Override
    public synchronized void close() {
        closed = true;
        if (call != null) {
            call.cancel();
        }
    }
}
