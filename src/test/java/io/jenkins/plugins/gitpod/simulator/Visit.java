package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A call that was let in.
 *
 * @param caller who calls
 * @param request the valid request
 * @param accept the header of that name
 * @param now the moment that everything in the answer is for
 */
record Visit(Account caller, JsonNode request, String accept, Instant now) {
    /** A text of the request; empty if absent. */
    String text(String field) {
        return request.path(field).asText("");
    }
}
