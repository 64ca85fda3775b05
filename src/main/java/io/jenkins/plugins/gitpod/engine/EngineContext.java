package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.Prebuild;
import java.util.Map;
import java.util.UUID;

/** What all requests of one engine share. Thread-safe. */
final class EngineContext {

    /** The open requests of an engine, as one of them sees the others. Thread-safe. */
    interface OpenRequests {

        /** Tells a request what its creates have made, by their numbers. */
        void assign(UUID requestId, Map<Integer, Prebuild> made);

        /** Tells a surplus request that the create it looks after made nothing. */
        void nothingMade(UUID requestId);

        /**
         * Opens a surplus request, unless it is open.
         *
         * @param isSaved whether the store holds it in this state
         */
        void openSurplus(SavedRequest saved, TokenSource tokens, boolean isSaved);

        /**
         * Tells of a surplus prebuild: the observer of its request if that is open, else the log.
         *
         * @param like the request that found it
         */
        void reportSurplus(UUID requestId, PrebuildRequest like, Update update);

        /** A request is over and its observer has been told. */
        void closed(UUID requestId);
    }

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final RequestStore store;
    private final SessionPool sessions;
    private final OpenRequests requests;
    private final LostCreates lostCreates;
    private final TurnExecutor credentials;
    private volatile boolean closed;

    EngineContext(
            EngineRuntime runtime,
            EngineSettings settings,
            RequestStore store,
            SessionPool sessions,
            OpenRequests requests) {
        this.runtime = runtime;
        this.settings = settings;
        this.store = store;
        this.sessions = sessions;
        this.requests = requests;
        this.credentials = new TurnExecutor(runtime.executor(WorkQueue.CREDENTIALS));
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

    /** Runs the look-ups of tokens. */
    TurnExecutor credentials() {
        return credentials;
    }

    OpenRequests requests() {
        return requests;
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
