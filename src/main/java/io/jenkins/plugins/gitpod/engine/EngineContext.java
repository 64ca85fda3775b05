package io.jenkins.plugins.gitpod.engine;

/** What all requests of one engine share. Thread-safe. */
final class EngineContext {

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final RequestStore store;
    private final SessionPool sessions;
    private final LostCreates lostCreates;
    private volatile boolean closed;

    EngineContext(EngineRuntime runtime, EngineSettings settings, RequestStore store, SessionPool sessions) {
        this.runtime = runtime;
        this.settings = settings;
        this.store = store;
        this.sessions = sessions;
        this.lostCreates =
                new LostCreates(settings.clockSkew(), settings.readLag().plus(settings.lateLook()));
    }

    EngineRuntime runtime() {
        return runtime;
    }

    EngineSettings settings() {
        return settings;
    }

    RequestStore store() {
        return store;
    }

    SessionPool sessions() {
        return sessions;
    }

    LostCreates lostCreates() {
        return lostCreates;
    }

    ServerClock clock(Connection connection) {
        return sessions.clock(connection);
    }

    /** This moment by both clocks. */
    PendingCreate.Moment moment() {
        return new PendingCreate.Moment(runtime.now(), runtime.nanoTime());
    }

    boolean isClosed() {
        return closed;
    }

    /** Stops all calls and events. */
    void close() {
        closed = true;
        sessions.close();
    }
}
