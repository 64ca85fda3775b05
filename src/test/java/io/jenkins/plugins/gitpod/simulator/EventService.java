package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What EventService does: a stream of hints about prebuilds that have changed. */
final class EventService {
    static final String PREBUILD = "RESOURCE_TYPE_PREBUILD";

    private static final long POLL_MILLIS = 10;

    private final SimulatorState state;
    private final EventLog log;

    EventService(SimulatorState state) {
        this.state = state;
        this.log = new EventLog(state);
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
        return Answer.streaming(dialect.mediaType(), watch::writeTo);
    }

    static ObjectNode event(String id, String operation, String resourceType) {
        return Json.object()
                .put("operation", operation)
                .put("resourceType", resourceType)
                .put("resourceId", id);
    }

    /** One stream's view: how much of what has happened it has told. */
    private final class Watch {
        private final EventFilter filter;
        private final boolean silent;
        private final StreamDialect dialect;
        private final int cuts = state.streamCuts();
        private int told = log.position(); // what is already there is no news
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

        private List<ObjectNode> look() {
            List<ObjectNode> events = new ArrayList<>();
            for (EventLog.Change change : log.since(told)) {
                told++;
                if (!silent && filter.allows(change.prebuild(), change.gone())) {
                    events.add(event(change.prebuild().id(), change.operation(), PREBUILD));
                }
            }
            return events;
        }
    }
}
