package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.ByteBuffer;
import java.util.Set;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/** The two forms in which Gitpod may offer its event stream. */
enum EventFormat {
    /**
     * Connect streaming with JSON: frames of one byte of flags, four bytes of length and a message. All of the vendor's
     * clients use Connect since August 2026, each Connect server supports it, and its last frame distinguishes an orderly end
     * from a cut.
     */
    CONNECT("application/connect+json", "application/connect+json", Set.of("connect+json")),

    /** One JSON object in each line, as the vendor's OpenAPI definition documents it. */
    LINES("application/json", "application/jsonl", Set.of("jsonl", "x-ndjson"));

    private final MediaType requestType;
    private final String accept;
    private final Set<String> answerSubtypes;

    EventFormat(String requestType, String accept, Set<String> answerSubtypes) {
        this.requestType = MediaType.get(requestType);
        this.accept = accept;
        this.answerSubtypes = answerSubtypes;
    }

    EventFormat other() {
        return this == CONNECT ? LINES : CONNECT;
    }

    /** The form of an answer; null if it is no stream of events. */
    @CheckForNull
    static EventFormat of(@CheckForNull MediaType answerType) {
        if (answerType != null && answerType.type().equals("application")) {
            for (EventFormat each : values()) {
                if (each.answerSubtypes.contains(answerType.subtype())) {
                    return each;
                }
            }
        }
        return null;
    }

    Request.Builder head() {
        // A proxy that compresses may delay small events. This also keeps OkHttp from asking for gzip.
        Request.Builder head = new Request.Builder().header("Accept", accept).header("Accept-Encoding", "identity");
        return this == CONNECT ? head.header("Connect-Protocol-Version", "1") : head;
    }

    RequestBody body(ObjectNode request) {
        byte[] json = Json.bytes(request);
        if (this == LINES) {
            return RequestBody.create(json, requestType);
        }
        byte[] frame = ByteBuffer.allocate(5 + json.length)
                .put((byte) 0)
                .putInt(json.length)
                .put(json)
                .array();
        return RequestBody.create(frame, requestType);
    }
}
