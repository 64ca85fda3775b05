package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** One {@link Session} for each secret in use, which all requests with that secret share. Thread-safe. */
final class SessionPool {

    /** Of all sessions together. A stream costs a connection, and no thread. */
    static final int MAX_STREAMS = 100;

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final ClientFactory clients;

    @CheckForNull
    private final Function<GitpodClient, EventSource> events;

    private final Semaphore streams = new Semaphore(MAX_STREAMS);
    private final Map<Session.Key, Session> sessions = new HashMap<>();
    private final Map<URI, ServerClock> clocks = new ConcurrentHashMap<>();

    /** @param events makes the source of a client's events; null to do without events */
    SessionPool(
            EngineRuntime runtime,
            EngineSettings settings,
            ClientFactory clients,
            @Nullable Function<GitpodClient, EventSource> events) {
        this.runtime = runtime;
        this.settings = settings;
        this.clients = clients;
        this.events = events;
    }

    /** What is known about the clock of the connection's API. */
    ServerClock clock(Connection connection) {
        return clocks.computeIfAbsent(connection.endpoint().apiUrl(), url -> new ServerClock(runtime));
    }

    /** The session for this secret, which the caller has to {@linkplain #release release}. */
    Session open(Connection connection, BearerToken token) {
        SessionLimits limits = clients.limits(connection, SessionLimits.usual(settings));
        Session.Key key =
                new Session.Key(connection.name(), connection.endpoint().apiUrl(), token.fingerprint(), limits);
        synchronized (sessions) {
            Session session = sessions.get(key);
            if (session == null) {
                GitpodClient client = clients.client(connection.endpoint(), token, limits.call());
                client.setAnswerTimes(clock(connection));
                session = new Session(
                        key,
                        client,
                        new CallLimiter(limits.maxConcurrentCalls()).limit(runtime),
                        settings.withPollIntervals(limits.shortestPoll(), limits.longestPoll()),
                        events == null ? null : events.apply(client),
                        streams);
                sessions.put(key, session);
            }
            session.use(1);
            return session;
        }
    }

    /** The caller no longer uses the session; the last one ends it. */
    void release(Session session) {
        synchronized (sessions) {
            if (session.use(-1) > 0) {
                return;
            }
            sessions.remove(session.key(), session);
        }
        session.watcher().stop();
    }

    /** How many secrets are in use. */
    int size() {
        synchronized (sessions) {
            return sessions.size();
        }
    }

    /** Ends all watchers. */
    void close() {
        List<Session> open;
        synchronized (sessions) {
            open = List.copyOf(sessions.values());
        }
        open.forEach(session -> session.watcher().stop());
    }
}
