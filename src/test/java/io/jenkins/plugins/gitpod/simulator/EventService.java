package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What EventService does: a stream of hints about prebuilds that have changed, found by looking many times a second. */
final class EventService {
    static final String PREBUILD = "RESOURCE_TYPE_PREBUILD";

    private static final long POLL_MILLIS = 10;
    private static final long GONE = -1;

    private final SimulatorState state;

    EventService(SimulatorState state) {
        this.state = state;
    }

    Answer watch(CallContext context, StreamDialect dialect) throws ApiError {
        JsonNode request = context.request();
        JsonNode filters = request.path("resourceTypeFilters");
        boolean oneEnvironment = request.hasNonNull("environmentId");
        if (oneEnvironment && request.hasNonNull("organization")) {
            throw ApiError.invalid("environmentId", "is another scope than organization");
        }
        if (request.hasNonNull("organization") && !request.path("organization").booleanValue()) {
            throw ApiError.invalid("organization", "must be true");
        }
        if (oneEnvironment && !filters.isEmpty()) {
            throw ApiError.invalid("resourceTypeFilters", "are for the organization scope only");
        }
        Watch watch = new Watch(new EventFilter(filters), oneEnvironment, dialect);
        watch.look(); // what is already there is no news
        return Answer.streaming(dialect.mediaType(), watch::writeTo);
    }

    static ObjectNode event(String id, String operation, String resourceType) {
        return Json.object()
                .put("operation", operation)
                .put("resourceType", resourceType)
                .put("resourceId", id);
    }

    /** One stream's view: which version of each prebuild it has told about. */
    private final class Watch {
        private final EventFilter filter;
        private final boolean silent;
        private final StreamDialect dialect;
        private final int cuts = state.streamCuts();
        private final Map<String, Long> versions = new HashMap<>();
        private int obeyed = state.events().orders().size();

        /** A silent one tells nothing by itself: prebuilds are not told of in the scope of an environment. */
        Watch(EventFilter filter, boolean silent, StreamDialect dialect) {
            this.filter = filter;
            this.silent = silent;
            this.dialect = dialect;
        }

        void writeTo(Answer.Chunks chunks) throws IOException, InterruptedException {
            state.events().opened(1);
            try {
                untilEnd(chunks);
            } finally {
                state.events().opened(-1);
            }
        }

        private void untilEnd(Answer.Chunks chunks) throws IOException, InterruptedException {
            boolean open = true;
            while (open) {
                if (state.streamCuts() != cuts) {
                    throw new IOException("cut");
                }
                for (ObjectNode event : look()) {
                    chunks.send(dialect.message(event));
                }
                open = obey(chunks);
                if (open) {
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                }
            }
        }

        /** Does what all streams are told to do; false after an end. */
        private boolean obey(Answer.Chunks chunks) throws IOException {
            List<SimEvents.Order> orders = state.events().orders();
            while (obeyed < orders.size()) {
                SimEvents.Order order = orders.get(obeyed++);
                if (!order.end()) {
                    chunks.send(dialect.message(order.message()));
                } else {
                    chunks.send(order.message().isEmpty() ? dialect.end() : dialect.error(order.message()));
                    return false;
                }
            }
            return true;
        }

        List<ObjectNode> look() {
            List<ObjectNode> events = new ArrayList<>();
            Instant now = state.now();
            for (SimPrebuild prebuild : watched()) {
                PrebuildStatus status = prebuild.at(now);
                long version = status.gone() ? GONE : status.statusVersion();
                Long before = versions.put(prebuild.id(), version);
                boolean changed = before == null || before != version;
                if (changed && filter.allows(prebuild, version == GONE)) {
                    events.add(event(prebuild.id(), operation(before, version), PREBUILD));
                }
            }
            return events;
        }

        private List<SimPrebuild> watched() {
            Set<String> ids = silent ? Set.of() : filter.ids();
            if (ids == null) {
                return state.prebuilds().oldestFirst();
            }
            List<SimPrebuild> found = new ArrayList<>();
            for (String id : ids) {
                SimPrebuild prebuild = state.prebuilds().find(id);
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
}
