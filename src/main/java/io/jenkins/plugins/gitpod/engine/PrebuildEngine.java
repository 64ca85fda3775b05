package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/** All requests of one controller. Nothing here blocks the caller. */
public final class PrebuildEngine implements AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger(PrebuildEngine.class.getName());

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final RequestStore journal;
    private final ClientFactory clients;

    @CheckForNull
    private final Function<GitpodClient, EventSource> events;

    private final Semaphore streams = new Semaphore(WorkQueue.STREAM.threads());
    private final LostCreates lostCreates;
    private final Map<UUID, RequestRunner> lives = new ConcurrentHashMap<>();
    private final Map<SessionKey, Session> sessions = new HashMap<>();
    private final Map<URI, ServerClock> clocks = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public PrebuildEngine(
            @NonNull EngineRuntime runtime,
            @NonNull EngineSettings settings,
            @NonNull RequestStore journal,
            @NonNull ClientFactory clients) {
        this(runtime, settings, journal, clients, client -> new StreamReader(client, runtime));
    }

    /** @param events makes what hears of events with a client, or null to do without */
    PrebuildEngine(
            EngineRuntime runtime,
            EngineSettings settings,
            RequestStore journal,
            ClientFactory clients,
            @Nullable Function<GitpodClient, EventSource> events) {
        this.runtime = runtime;
        this.settings = settings;
        this.journal = journal;
        this.clients = clients;
        this.events = events;
        this.lostCreates =
                new LostCreates(settings.clockSkew(), settings.readLag().plus(settings.lateLook()));
    }

    /** Makes a prebuild and tells the observer of it. Where the answer is lost, exactly one is left running in the end. */
    @NonNull
    public PrebuildHandle submit(
            @NonNull PrebuildRequest request, @NonNull TokenSource tokens, @NonNull PrebuildObserver observer) {
        RequestRunner life = new RequestRunner(this, request, tokens);
        if (lives.putIfAbsent(request.requestId(), life) != null) {
            throw new IllegalArgumentException("Request " + request.requestId() + " is already under way");
        }
        life.attach(observer);
        life.post(PrebuildMachine::begin);
        return life;
    }

    /**
     * Something to go on with after a restart.
     *
     * @param observer who is told, or null if somebody may {@linkplain PrebuildHandle#attach attach} later
     */
    public record Restored(
            @NonNull SavedRequest saved,
            @NonNull TokenSource tokens,
            @Nullable PrebuildObserver observer) {}

    /** Goes on with what a journal kept: all of it at once, so that lost creates know of each other. */
    public void restore(@NonNull Collection<Restored> restored) {
        List<RequestRunner> fresh = new ArrayList<>();
        OpenCreate.Moment now = new OpenCreate.Moment(runtime.now(), runtime.nanoTime());
        for (Restored one : restored) {
            SavedRequest saved = one.saved();
            RequestRunner life = new RequestRunner(this, saved, one.tokens());
            if (lives.putIfAbsent(life.requestId(), life) != null) {
                continue;
            }
            if (saved.prebuildId() != null) {
                lostCreates.claim(saved.prebuildId());
            }
            boolean isSurplus = saved.surplusOf() != null;
            ServerClock clock = clock(saved.request().connection());
            for (SentCreate send : saved.sends()) {
                lostCreates.lostBefore(saved.request(), send, isSurplus, clock, now);
            }
            if (isSurplus) {
                life.quiet(saved);
            } else if (one.observer() != null) {
                life.attach(one.observer());
            }
            fresh.add(life);
        }
        fresh.forEach(life -> life.post(PrebuildMachine::begin));
    }

    /** Tells that this prebuild had an owner before a restart, so that no lost create takes it for its own. */
    public void claim(@NonNull String prebuildId) {
        lostCreates.claim(prebuildId);
    }

    @CheckForNull
    public PrebuildHandle find(@NonNull UUID requestId) {
        return lives.get(requestId);
    }

    /** All that is open. */
    @NonNull
    public Collection<PrebuildHandle> open() {
        return List.copyOf(lives.values());
    }

    /** Stops everything; what the journal kept can be restored by another engine. */
    @Override
    public void close() {
        closed = true;
        List<Session> open;
        synchronized (sessions) {
            open = List.copyOf(sessions.values());
        }
        open.forEach(session -> session.watcher().stop());
    }

    boolean isClosed() {
        return closed;
    }

    EngineRuntime runtime() {
        return runtime;
    }

    EngineSettings settings() {
        return settings;
    }

    RequestStore journal() {
        return journal;
    }

    LostCreates lostCreates() {
        return lostCreates;
    }

    /** How many secrets are in use. */
    int sessions() {
        synchronized (sessions) {
            return sessions.size();
        }
    }

    /** @param made what its creates have made, by their numbers */
    void assign(UUID requestId, Map<Integer, Prebuild> made) {
        RequestRunner life = lives.get(requestId);
        if (life != null) {
            life.post(m -> m.found(made));
        } else {
            made.values()
                    .forEach(prebuild -> LOGGER.log(
                            Level.WARNING, "Gitpod prebuild {0} was found, but its request is closed", prebuild.id()));
        }
    }

    /** The create that a request looks after was refused. */
    void nothingMade(UUID requestId) {
        RequestRunner life = lives.get(requestId);
        if (life != null) {
            life.post(PrebuildMachine::nothingMade);
        }
    }

    /** Looks after what a request may have made too many. Nothing happens if that is done already. */
    void spawn(SavedRequest saved, TokenSource tokens, boolean isSaved) {
        RequestRunner life = new RequestRunner(this, saved, tokens).quiet(isSaved ? saved : null);
        if (lives.putIfAbsent(life.requestId(), life) == null) {
            life.post(PrebuildMachine::begin);
        }
    }

    /** Tells of what was made too many for a request: its build if that still waits, else the log. */
    void tellSurplus(UUID requestId, PrebuildRequest like, Update update) {
        RequestRunner life = lives.get(requestId);
        if (life != null) {
            life.post(m -> m.surplus(update));
        } else {
            SurplusLog.log(update, like);
        }
    }

    ServerClock clock(Connection connection) {
        return clocks.computeIfAbsent(connection.endpoint().apiUrl(), url -> new ServerClock(runtime));
    }

    /**
     * Whether a prebuild that no request claims may be the work of a create of this engine that is unanswered, or whose
     * answer was lost: then it is nobody else's to wait for.
     */
    public boolean mayBeOurs(@NonNull Connection connection, @NonNull Prebuild prebuild) {
        return lostCreates.mayBeOurs(connection.endpoint().apiUrl(), prebuild);
    }

    Session openSession(Connection connection, BearerToken token) {
        SessionLimits limits = clients.limits(connection, SessionLimits.usual(settings));
        SessionKey key = new SessionKey(connection.name(), connection.endpoint().apiUrl(), token.fingerprint(), limits);
        synchronized (sessions) {
            Session session = sessions.get(key);
            if (session == null) {
                GitpodClient client = clients.client(connection.endpoint(), token, limits.call());
                client.tellTimes(clock(connection));
                EventSource source = events == null ? null : events.apply(client);
                session = new Session(
                        key,
                        client,
                        new CallLimiter(limits.callsAtOnce()).around(runtime),
                        settings.withPollIntervals(limits.shortestPoll(), limits.longestPoll()),
                        source,
                        streams);
                sessions.put(key, session);
            }
            session.use(1);
            return session;
        }
    }

    void releaseSession(Session session) {
        synchronized (sessions) {
            if (session.use(-1) > 0) {
                return;
            }
            sessions.remove(session.key(), session);
        }
        session.watcher().stop();
    }

    void close(RequestRunner life) {
        if (lives.remove(life.requestId(), life)) {
            journal.close(life.requestId());
        }
    }
}
