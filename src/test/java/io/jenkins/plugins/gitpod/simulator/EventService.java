package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What EventService does: a stream of hints about prebuilds that have changed, found by looking many times a second. */
final class EventService {
    static final String PREBUILD = "RESOURCE_TYPE_PREBUILD";

    private static final String JSON_LINES = "application/jsonl";
    private static final long POLL_MILLIS = 10;
    private static final long GONE = -1;

    private final World world;

    EventService(World world) {
        this.world = world;
    }

    Answer watch(Visit visit) throws ApiError {
        if (!visit.accept().contains(JSON_LINES)) {
            throw new ApiError(Answer.empty(415).withHeader("Accept-Post", JSON_LINES), "streams are JSON lines only");
        }
        if (!visit.request().path("organization").booleanValue()) {
            throw ApiError.invalid("organization", "must be true");
        }
        Watch watch = new Watch(ids(visit.request().path("resourceTypeFilters")));
        watch.look(); // what is already there is no news
        return Answer.streaming(JSON_LINES, watch::writeTo);
    }

    private static Set<String> ids(JsonNode filters) {
        Set<String> ids = new LinkedHashSet<>();
        for (JsonNode filter : filters) {
            if (filter.path("resourceIds").isEmpty()) {
                return Set.of(); // one entry for all of them
            }
            filter.path("resourceIds").forEach(id -> ids.add(id.textValue()));
        }
        return ids;
    }

    /** One stream's view: which version of each prebuild it has told about. */
    private final class Watch {
        private final Set<String> ids;
        private final int cuts = world.streamCuts();
        private final Map<String, Long> versions = new HashMap<>();

        /** No ids for all prebuilds. */
        Watch(Set<String> ids) {
            this.ids = ids;
        }

        void writeTo(Answer.Chunks chunks) throws IOException, InterruptedException {
            while (world.streamCuts() == cuts) {
                for (ObjectNode event : look()) {
                    chunks.send((event + "\n").getBytes(StandardCharsets.UTF_8));
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            throw new IOException("cut");
        }

        List<ObjectNode> look() {
            List<ObjectNode> events = new ArrayList<>();
            Instant now = world.now();
            for (SimPrebuild prebuild : watched()) {
                Moment moment = prebuild.at(now);
                long version = moment.gone() ? GONE : moment.statusVersion();
                Long before = versions.put(prebuild.id(), version);
                if (before == null || before != version) {
                    events.add(event(prebuild.id(), operation(before, version)));
                }
            }
            return events;
        }

        private List<SimPrebuild> watched() {
            if (ids.isEmpty()) {
                return world.prebuilds().oldestFirst();
            }
            List<SimPrebuild> found = new ArrayList<>();
            for (String id : ids) {
                SimPrebuild prebuild = world.prebuilds().find(id);
                if (prebuild != null) {
                    found.add(prebuild);
                }
            }
            return found;
        }

        private String operation(Long before, long version) {
            if (version == GONE) {
                return "RESOURCE_OPERATION_DELETE";
            }
            return before == null ? "RESOURCE_OPERATION_CREATE" : "RESOURCE_OPERATION_UPDATE_STATUS";
        }
    }

    private static ObjectNode event(String id, String operation) {
        return Json.object()
                .put("operation", operation)
                .put("resourceType", PREBUILD)
                .put("resourceId", id);
    }
}
