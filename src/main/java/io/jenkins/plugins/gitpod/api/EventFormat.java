package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.Set;
import okhttp3.MediaType;

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

    private final String requestType;
    private final String accept;
    private final Set<String> answerSubtypes;

    EventFormat(String requestType, String accept, Set<String> answerSubtypes) {
        this.requestType = requestType;
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

    HttpRequest.Builder head() {
        HttpRequest.Builder head = HttpRequest.newBuilder()
                .header("Content-Type", requestType)
                .header("Accept", accept)
                .header("Accept-Encoding", "identity"); // a proxy that compresses may delay small events
        return this == CONNECT ? head.header("Connect-Protocol-Version", "1") : head;
    }

    byte[] body(ObjectNode request) {
        byte[] json = Json.bytes(request);
        return this == LINES
                ? json
                : ByteBuffer.allocate(5 + json.length)
                        .put((byte) 0)
                        .putInt(json.length)
                        .put(json)
                        .array();
    }
}
