package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * A call that was admitted.
 *
 * @param caller who calls
 * @param request the valid request
 * @param now the moment that everything in the answer is for
 */
record CallContext(Account caller, JsonNode request, Instant now) {
    /** A text of the request; empty if absent. */
    String text(String field) {
        return request.path(field).asText("");
    }

    /** Whether the filter wants runners by an id, which none has, or by something else than they all are. */
    boolean wantsOthers(String idField, String field, String actual) {
        Set<String> wanted = filter(field);
        return !filter(idField).isEmpty() || !(wanted.isEmpty() || wanted.contains(actual));
    }

    /** The texts of a list in the request's filter; empty if absent. */
    Set<String> filter(String field) {
        Set<String> texts = new HashSet<>();
        request.path("filter").path(field).forEach(value -> texts.add(value.textValue()));
        return texts;
    }
}
