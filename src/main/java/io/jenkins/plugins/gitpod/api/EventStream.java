package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * Gitpod's stream of hints on the prebuilds of the token's organization: one JSON object in each line, for as long as both
 * sides want. To be read once.
 */
public final class EventStream implements AutoCloseable {

    /** Who hears what the stream says, on the thread that reads it. */
    public interface Listener {

        /** Gitpod has begun to answer: what happens from now on is told. */
        void opened();

        /**
         * Something happened.
         *
         * @param event the hint
         */
        void event(@NonNull PrebuildEvent event);
    }

    private static final String METHOD = "WatchEvents";
    private static final String PREBUILD = "RESOURCE_TYPE_PREBUILD";
    private static final String CREATE = "RESOURCE_OPERATION_CREATE";
    private static final Set<String> FORMATS = Set.of("jsonl", "x-ndjson");
    private static final int LONGEST_LINE = 64 * 1024;
    /** So many lines in a row that nobody understands, and it is something else that speaks. */
    private static final int MOST_RIDDLES = 20;

    private final Transport transport;
    private final CallWatch watch = new CallWatch();
    private final Call call;

    EventStream(Transport transport) {
        this.transport = transport;
        this.call = transport.streamCall("EventService", METHOD, request(), "application/jsonl", watch);
    }

    /** All prebuilds: to name the ones that are waited for would mean a new stream with each new one. */
    private static ObjectNode request() {
        ObjectNode request = Json.object().put("organization", true);
        request.putArray("resourceTypeFilters").addObject().put("resourceType", PREBUILD);
        return request;
    }

    /**
     * Connects and reads, and returns when Gitpod has ended the stream in an orderly way. What is not understood is passed
     * over.
     *
     * @param listener who hears it
     * @throws GitpodException if there is no stream to be had, it broke or was closed, or it is no stream of events
     */
    public void read(@NonNull Listener listener) throws GitpodException {
        try (Response response = Transport.execute(call)) {
            if (!response.isSuccessful()) {
                throw transport.refused(METHOD, response);
            }
            MediaType type = response.body().contentType();
            if (type == null || !type.type().equals("application") || !FORMATS.contains(type.subtype())) {
                throw transport.unreadable(METHOD, response, "not a stream of events by its content type");
            }
            listener.opened();
            readLines(response, listener);
        } catch (IOException e) {
            throw transport.failed(METHOD, watch, e);
        }
    }

    private void readLines(Response response, Listener listener) throws IOException, GitpodException {
        BufferedSource lines = response.body().source();
        int riddles = 0;
        while (!lines.exhausted()) {
            byte[] line = line(lines);
            if (line == null) {
                throw transport.unreadable(METHOD, response, "a line of more than " + LONGEST_LINE + " bytes");
            }
            if (new String(line, StandardCharsets.UTF_8).isBlank()) {
                continue; // keeps the connection alive
            }
            JsonNode event = event(line);
            if (event == null) {
                riddles++;
            } else if (event.path("error").isObject()) {
                throw transport.endedWith(METHOD, (ObjectNode) event.path("error"));
            } else {
                riddles = 0;
                // Events on other resources were not asked for, but harm nobody.
                if (PREBUILD.equals(Json.text(event, "resourceType"))) {
                    boolean creation = CREATE.equals(Json.text(event, "operation"));
                    listener.event(new PrebuildEvent(event.path("resourceId").textValue(), creation));
                }
            }
            if (riddles > MOST_RIDDLES) {
                throw transport.unreadable(METHOD, response, "lines that are no events");
            }
        }
    }

    /** The next line, the last one perhaps without its end; null if it is too long. */
    @CheckForNull
    private static byte[] line(BufferedSource lines) throws IOException {
        long end = lines.indexOf((byte) '\n', 0, LONGEST_LINE);
        if (end < 0) {
            return lines.request(LONGEST_LINE) ? null : lines.readByteArray();
        }
        return lines.readByteArray(end + 1);
    }

    @CheckForNull
    private static JsonNode event(byte[] line) {
        try {
            JsonNode node = Json.parse(line);
            boolean known = Json.text(node, "resourceId") != null && Json.text(node, "resourceType") != null;
            return known || node.path("error").isObject() ? node : null;
        } catch (UnexpectedAnswerException e) {
            return null;
        }
    }

    /** Ends the stream, from any thread and at any time; a read under way fails. */
    @Override
    public void close() {
        call.cancel();
    }
}
