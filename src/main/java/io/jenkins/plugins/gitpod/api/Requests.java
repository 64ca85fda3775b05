package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** The bodies of the requests: nothing unset is sent, for the server refuses what it does not know. */
final class Requests {

    private Requests() {}

    static ObjectNode createPrebuild(
            String projectId, @Nullable String environmentClassId, @Nullable Duration timeout) {
        ObjectNode request = id("projectId", projectId);
        if (environmentClassId != null) {
            request.put("environmentClassId", Checks.notBlank(environmentClassId, "environmentClassId"));
        }
        ObjectNode spec = request.putObject("spec"); // needed even when empty
        if (timeout != null) {
            if (timeout.toSeconds() <= 0) {
                throw new IllegalArgumentException("timeout: at least one second");
            }
            spec.put("timeout", timeout.toSeconds() + "s");
        }
        return request;
    }

    static ObjectNode id(String field, String id) {
        return Json.object().put(field, Checks.notBlank(id, field));
    }

    static ObjectNode listPrebuilds(PrebuildFilter filter, int pageSize, @Nullable String page) {
        ObjectNode parts = Json.object();
        putTexts(parts, "projectIds", filter.projectIds());
        putTexts(
                parts,
                "phases",
                filter.phases().stream().map(PrebuildPhase::wireName).toList());
        putTexts(parts, "creatorIds", filter.creatorIds());
        return list(pageSize, page, parts);
    }

    static ObjectNode listWarmPools(String projectId, @Nullable String environmentClassId, int pageSize) {
        ObjectNode parts = Json.object();
        putTexts(parts, "projectIds", List.of(Checks.notBlank(projectId, "projectId")));
        if (environmentClassId != null) {
            putTexts(parts, "environmentClassIds", List.of(Checks.notBlank(environmentClassId, "environmentClassId")));
        }
        return list(pageSize, null, parts);
    }

    static ObjectNode listProjects(ProjectFilter filter, int pageSize, @Nullable String page) {
        ObjectNode parts = Json.object();
        if (!filter.search().isEmpty()) {
            parts.put("search", filter.search());
        }
        putTexts(parts, "specRemoteUris", filter.specRemoteUris());
        ObjectNode request = list(pageSize, page, parts);
        // The server's own order, by popularity, changes over time: pages could repeat or miss a project.
        request.putObject("sort").put("field", "id").put("order", "SORT_ORDER_ASC");
        return request;
    }

    static ObjectNode list(int pageSize, @Nullable String page, ObjectNode filter) {
        if (pageSize < 0 || pageSize > 100) {
            throw new IllegalArgumentException("pageSize: 0 to 100");
        }
        ObjectNode pagination = Json.object();
        if (pageSize > 0) {
            pagination.put("pageSize", pageSize);
        }
        if (page != null && !page.isEmpty()) {
            pagination.put("token", page);
        }
        ObjectNode request = Json.object();
        if (!pagination.isEmpty()) {
            request.set("pagination", pagination);
        }
        if (!filter.isEmpty()) {
            request.set("filter", filter);
        }
        return request;
    }

    private static void putTexts(ObjectNode node, String field, Collection<String> values) {
        if (!values.isEmpty()) {
            ArrayNode list = node.putArray(field);
            values.forEach(list::add);
        }
    }
}
