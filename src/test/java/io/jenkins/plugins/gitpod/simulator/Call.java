package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Instant;
import java.util.Map;

/**
 * One recorded request, as it was when the records were read.
 *
 * @param number 1 for the first, in the order of arrival
 * @param at when it had arrived whole, by the simulator's clock
 * @param method the API method, for instance {@code CreatePrebuild}; {@code Logs} for a log; empty for unknown paths
 * @param httpMethod for instance {@code POST}
 * @param path the path as sent, with its query
 * @param headers by name, whatever its case
 * @param body as text
 * @param connection the number of the TCP connection it came on, 1 for the first
 * @param status the HTTP status whose sending had begun, 0 if none
 * @param acted whether the service did what was asked, be it answered or not
 * @param fault the fault it met, null if none
 */
public record Call(
        int number,
        @NonNull Instant at,
        @NonNull String method,
        @NonNull String httpMethod,
        @NonNull String path,
        @NonNull Map<String, String> headers,
        @NonNull String body,
        int connection,
        int status,
        boolean acted,
        @Nullable Fault fault) {

    /**
     * A header's value.
     *
     * @param name its name, in any case
     * @return the value; empty if there is none
     */
    @NonNull
    public String header(@NonNull String name) {
        return headers.getOrDefault(name, "");
    }

    /** Short, and without the token. */
    @Override
    public String toString() {
        return "#" + number + " " + httpMethod + " " + path + " " + body + " -> " + status + (acted ? " acted" : "")
                + (fault == null ? "" : " (" + fault + ")");
    }
}
