package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.StreamClient;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/** All requests of one controller. No method blocks its caller. */
public final class PrebuildEngine implements AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger(PrebuildEngine.class.getName());

    private final EngineContext context;
    private final Map<UUID, RequestRunner> runners = new ConcurrentHashMap<>();

    public PrebuildEngine(
            @NonNull EngineRuntime runtime,
            @NonNull EngineSettings settings,
            @NonNull RequestStore store,
            @NonNull ClientFactory clients) {
        this(runtime, settings, store, clients, streams(runtime, clients));
    }

    private static Function<GitpodClient, EventSource> streams(EngineRuntime runtime, ClientFactory clients) {
        StreamClient http = new StreamClient(
                clients.streamProxies(),
                runtime.executor(WorkQueue.STREAM),
                (delay, task) -> runtime.schedule(delay, task)::cancel);
        return client -> EventSource.of(client, http);
    }

    /** @param events makes the source of a client's events; null to do without events */
    PrebuildEngine(
            EngineRuntime runtime,
            EngineSettings settings,
            RequestStore store,
            ClientFactory clients,
            @Nullable Function<GitpodClient, EventSource> events) {
        this.context = new EngineContext(
                runtime, settings, store, new SessionPool(runtime, settings, clients, events), new Requests());
    }

    /**
     * Creates a prebuild and reports to the observer. If the answer to the create is lost, exactly one prebuild is left
     * running in the end.
     *
     * @throws IllegalArgumentException if the request is open already
     */
    @NonNull
    public PrebuildHandle submit(
            @NonNull PrebuildRequest request, @NonNull TokenSource tokens, @NonNull PrebuildObserver observer) {
        RequestRunner runner = new RequestRunner(context, request, tokens, observer);
        if (runners.putIfAbsent(request.requestId(), runner) != null) {
            throw new IllegalArgumentException("Request " + request.requestId() + " is already open");
        }
        runner.start();
        return runner;
    }

    /**
     * A request to continue after a restart.
     *
     * @param observer is told; null for a {@linkplain SavedRequest#surplusOf surplus} request, which reports to none
     */
    public record Restored(
            @NonNull SavedRequest saved,
            @NonNull TokenSource tokens,
            @Nullable PrebuildObserver observer) {

        /** @throws IllegalArgumentException if the observer is missing */
        public Restored {
            if (observer == null && saved.surplusOf() == null) {
                throw new IllegalArgumentException(
                        "No observer for request " + saved.request().requestId());
            }
        }
    }

    /** Continues what was saved: all of it in one call, so that lost creates know of each other. */
    public void restore(@NonNull Collection<Restored> restored) {
        List<RequestRunner> fresh = new ArrayList<>();
        PendingCreate.Moment now = context.moment();
        for (Restored one : restored) {
            SavedRequest saved = one.saved();
            boolean isSurplus = saved.surplusOf() != null;
            RequestRunner runner = new RequestRunner(context, saved, one.tokens(), isSurplus ? null : one.observer());
            if (runners.putIfAbsent(runner.requestId(), runner) != null) {
                continue;
            }
            if (saved.prebuildId() != null) {
                claim(saved.prebuildId());
            }
            ServerClock clock = context.clock(saved.request().connection());
            for (CreateAttempt send : saved.attempts()) {
                context.lostCreates().lostBefore(saved.request(), send, isSurplus, clock, now);
            }
            if (isSurplus) {
                runner.isSaved(saved);
            }
            fresh.add(runner);
        }
        fresh.forEach(RequestRunner::start);
    }

    /** Tells that a request from before a restart made this prebuild, so that no lost create is taken for its origin. */
    public void claim(@NonNull String prebuildId) {
        context.lostCreates().claim(prebuildId);
    }

    /**
     * Deletes older completed prebuilds.
     *
     * @param done is told what was deleted, by any thread, unless the engine is closed before
     */
    public void cleanUp(@NonNull CleanUp cleanUp, @NonNull Consumer<CleanUp.Result> done) {
        new CleanUpRun(context, cleanUp, done).start();
    }

    /** The open request with this id, or null. */
    @CheckForNull
    public PrebuildHandle find(@NonNull UUID requestId) {
        return runners.get(requestId);
    }

    /** All open requests. */
    @NonNull
    public Collection<PrebuildHandle> open() {
        return List.copyOf(runners.values());
    }

    /**
     * Whether a prebuild that no request claims may be the work of a create of this engine that is unanswered, or whose
     * answer was lost: then no other request may wait for it.
     */
    public boolean mayBeOurs(@NonNull Connection connection, @NonNull Prebuild prebuild) {
        return context.lostCreates().mayBeOurs(connection.endpoint().apiUrl(), prebuild);
    }

    /** Stops everything; another engine can restore what the store holds. */
    @Override
    public void close() {
        context.close();
    }

    /** What the requests share, for tests that check that nothing is left. */
    EngineContext context() {
        return context;
    }

    private final class Requests implements EngineContext.OpenRequests {

        @Override
        public void assign(UUID requestId, Map<Integer, Prebuild> made) {
            RequestRunner runner = runners.get(requestId);
            if (runner != null) {
                runner.post(m -> m.found(made));
            } else {
                made.values()
                        .forEach(prebuild -> LOGGER.log(
                                Level.WARNING,
                                "Gitpod prebuild {0} was found, but its request is closed",
                                prebuild.id()));
            }
        }

        @Override
        public void nothingMade(UUID requestId) {
            RequestRunner runner = runners.get(requestId);
            if (runner != null) {
                runner.post(PrebuildMachine::nothingMade);
            }
        }

        @Override
        public void openSurplus(SavedRequest saved, TokenSource tokens, boolean isSaved) {
            RequestRunner runner = new RequestRunner(context, saved, tokens, null);
            if (isSaved) {
                runner.isSaved(saved);
            }
            if (runners.putIfAbsent(runner.requestId(), runner) == null) {
                runner.start();
            }
        }

        @Override
        public void reportSurplus(UUID requestId, PrebuildRequest like, Update update) {
            RequestRunner runner = runners.get(requestId);
            if (runner != null) {
                runner.post(m -> m.surplus(update));
            } else {
                SurplusRequests.log(update, like);
            }
        }

        @Override
        public void closed(UUID requestId) {
            if (runners.remove(requestId) != null) {
                context.store().close(requestId);
            }
        }
    }
}
