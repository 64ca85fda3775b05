package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Event streams in simulated time: each looks at the simulator's prebuilds every half second and tells of each new phase,
 * or does something else, as its {@link Manner} is.
 */
final class SimulatedEvents {

    /** How a stream behaves. */
    enum Manner {
        HONEST,
        UNIMPLEMENTED,
        FORBIDDEN,
        UNAUTHENTICATED,
        RATE_LIMITED,
        UNAVAILABLE,
        CONNECTION_LOST,
        SIGN_IN_PAGE,
        /** Not even its opening is answered. */
        NEVER_OPENS,
        /** Opens, and that is all. */
        NEVER_SPEAKS,
        /** Tells only of prebuilds that are not watched. */
        SPEAKS_OF_OTHERS,
        ENDS_AT_ONCE,
        BREAKS_AFTER_EACH_EVENT,
        BREAKS_EVERY_MINUTE,
        /** Is cut by a load balancer whenever it has been silent for half a minute. */
        CUT_WHEN_QUIET,
        /** Ends in order every minute. */
        ENDS_EVERY_MINUTE,
        /** Tells of each prebuild as soon as it is open, and ends in order. */
        TELLS_AND_ENDS,
        /** Begins its answer with the first event. */
        OPENS_WITH_FIRST_EVENT,
        /** Keeps every second event to itself. */
        FORGETS_HALF,
        /** Tells of each prebuild all the time, whether something happened or not. */
        CHATTERS,
        /** Tells of everything two seconds later. */
        A_LITTLE_LATE,
        /** Tells of everything three minutes later. */
        LATE,
        /** Says that each change is a creation. */
        SAYS_CREATED,
        /** Cannot even be asked for. */
        THROWS,
        /** Continues after it was closed. */
        SPEAKS_ON
    }

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration A_LITTLE_LATE = Duration.ofSeconds(2);
    private static final Duration LATE = Duration.ofMinutes(3);

    private final EngineFixture fixture;
    private final List<Stream> streams = new ArrayList<>();
    private Manner manner;
    private int mostOpen;

    SimulatedEvents(EngineFixture fixture, Manner manner) {
        this.fixture = fixture;
        this.manner = manner;
    }

    /** How streams behave that are opened from now on. */
    void become(Manner next) {
        manner = next;
    }

    EventSource source() {
        return listener -> {
            if (manner == Manner.THROWS) {
                streams.add(new Stream(listener, manner, true));
                throw new IllegalStateException("on purpose");
            }
            Stream stream = new Stream(listener, manner, false);
            streams.add(stream);
            mostOpen = Math.max(mostOpen, open());
            fixture.runtime.schedule(Duration.ofMillis(50), stream::begin);
            return stream;
        };
    }

    /** How often a stream was asked for: each time a call. */
    int asked() {
        return streams.size();
    }

    int open() {
        return (int) streams.stream().filter(each -> !each.closed).count();
    }

    int mostOpen() {
        return mostOpen;
    }

    void breakAll() {
        List.copyOf(streams).forEach(each -> each.end(lost()));
    }

    /** Something happens to these, all at the same moment. */
    void tell(List<String> prebuildIds) {
        for (Stream stream : List.copyOf(streams)) {
            prebuildIds.forEach(id -> stream.send(id, false));
        }
    }

    private static GitpodException lost() {
        return GitpodException.of(Kind.CONNECTION_LOST, Delivery.UNCLEAR, "WatchEvents")
                .code(ErrorCode.UNAVAILABLE)
                .build();
    }

    private static GitpodException error(int status, ErrorCode code) {
        return GitpodException.of(Kind.API_ERROR, Delivery.ANSWERED, "WatchEvents")
                .httpStatus(status)
                .code(code)
                .retryAfter(status == 429 ? Duration.ofSeconds(20) : null)
                .build();
    }

    private final class Stream implements AutoCloseable {

        private final EventSource.Listener listener;
        private final Manner how;
        private final Map<String, SimPhase> told = new HashMap<>();
        private final long begun = fixture.runtime.nanoTime();
        private boolean closed;
        private boolean opened;
        private long closedAt;
        private long spokeAt = begun;
        private int events;

        Stream(EventSource.Listener listener, Manner how, boolean closed) {
            this.listener = listener;
            this.how = how;
            this.closed = closed;
        }

        void begin() {
            switch (how) {
                case UNIMPLEMENTED -> end(error(501, ErrorCode.UNIMPLEMENTED));
                case FORBIDDEN -> end(error(403, ErrorCode.PERMISSION_DENIED));
                case UNAUTHENTICATED -> end(error(401, ErrorCode.UNAUTHENTICATED));
                case RATE_LIMITED -> end(error(429, ErrorCode.RESOURCE_EXHAUSTED));
                case UNAVAILABLE -> end(error(503, ErrorCode.UNAVAILABLE));
                case CONNECTION_LOST -> end(lost());
                case SIGN_IN_PAGE ->
                    end(GitpodException.of(Kind.UNREADABLE, Delivery.UNCLEAR, "WatchEvents")
                            .httpStatus(200)
                            .build());
                case NEVER_OPENS -> {}
                case ENDS_AT_ONCE -> {
                    listener.opened();
                    end(null);
                }
                case TELLS_AND_ENDS -> {
                    listener.opened();
                    fixture.gitpod.records().prebuilds().forEach(each -> send(each.id(), false));
                    end(null);
                }
                default -> {
                    if (how != Manner.OPENS_WITH_FIRST_EVENT) {
                        listener.opened();
                    }
                    fixture.gitpod.records().prebuilds().forEach(each -> told.put(each.id(), each.phase()));
                    look();
                }
            }
        }

        private boolean speaks() {
            boolean speaksOn = how == Manner.SPEAKS_ON
                    && fixture.runtime.nanoTime() - closedAt
                            < Duration.ofSeconds(30).toNanos();
            return !closed || speaksOn;
        }

        private void look() {
            if (!speaks()) {
                return;
            }
            boolean isMinuteOver = isOver(begun, Duration.ofMinutes(1));
            if (how == Manner.BREAKS_EVERY_MINUTE && isMinuteOver
                    || how == Manner.CUT_WHEN_QUIET && isOver(spokeAt, Duration.ofSeconds(30))) {
                end(lost());
                return;
            }
            if (how == Manner.ENDS_EVERY_MINUTE && isMinuteOver) {
                end(null);
                return;
            }
            for (SimPrebuild each : fixture.gitpod.records().prebuilds()) {
                SimPhase before = told.put(each.id(), each.phase());
                if (how == Manner.CHATTERS || !Objects.equals(before, each.phase())) {
                    changed(each.id(), before == null);
                }
            }
            if (how == Manner.SPEAKS_OF_OTHERS) {
                send(UUID.randomUUID().toString(), false);
            }
            if (speaks()) {
                fixture.runtime.schedule(LOOK, this::look);
            }
        }

        private boolean isOver(long since, Duration time) {
            return fixture.runtime.nanoTime() - since > time.toNanos();
        }

        private void changed(String id, boolean creation) {
            events++;
            switch (how) {
                case NEVER_SPEAKS, SPEAKS_OF_OTHERS -> {}
                case FORGETS_HALF -> {
                    if (events % 2 == 1) {
                        send(id, creation);
                    }
                }
                case A_LITTLE_LATE -> fixture.runtime.schedule(A_LITTLE_LATE, () -> send(id, creation));
                case LATE -> fixture.runtime.schedule(LATE, () -> send(id, creation));
                case SAYS_CREATED -> send(id, true);
                case BREAKS_AFTER_EACH_EVENT -> {
                    send(id, creation);
                    end(lost());
                }
                default -> send(id, creation);
            }
        }

        private void send(String id, boolean creation) {
            if (speaks()) {
                if (how == Manner.OPENS_WITH_FIRST_EVENT && !opened) {
                    opened = true;
                    listener.opened();
                }
                spokeAt = fixture.runtime.nanoTime();
                listener.event(new PrebuildEvent(id, creation));
            }
        }

        private void end(GitpodException why) {
            if (!closed) {
                closed = true;
                listener.ended(why);
            }
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            closedAt = fixture.runtime.nanoTime();
            // As a thread that reads would, which finds its call cancelled.
            fixture.runtime.schedule(Duration.ofMillis(1), () -> listener.ended(lost()));
        }
    }
}
