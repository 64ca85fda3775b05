package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.WarmPool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The calls of one request, with the session of its present token. All methods belong to the request's mailbox, except
 * where noted. An answer that an old token was refused is not told while another one is in use.
 */
final class SessionCalls implements GitpodCalls {

    /** Where the answers go. Called by any thread. */
    interface Events {

        /** Hands the machine an event. */
        void post(Consumer<PrebuildMachine> event);

        /** Hands the machine an event at once, and waits for another one that it handles. @return its answer; false at the end */
        boolean ask(Predicate<PrebuildMachine> event);

        /** The same for a call that failed. */
        void postFailure(GitpodException e, Consumer<PrebuildMachine> event);

        /** The prebuild was read, so that an earlier failure is past. */
        void postRead(Prebuild prebuild);

        /** The job that wants the prebuild. */
        String job();
    }

    private final EngineContext context;
    private final PrebuildRequest request;
    private final Events events;

    /** Whether the request has not ended. Called by any thread, also before the caller of this has left. */
    private final BooleanSupplier open;

    @CheckForNull
    private Session session;

    /** The place in the session's queue of creates, or 0 if there is none yet. */
    private long turn;

    @CheckForNull
    private String watchedId;

    /** The create on its way, or null. Read by any thread. */
    @CheckForNull
    private volatile CreateCall createCall;

    SessionCalls(EngineContext context, PrebuildRequest request, Events events, BooleanSupplier open) {
        this.context = context;
        this.request = request;
        this.events = events;
        this.open = open;
    }

    /** Makes further calls with this session, and releases the one before. */
    void use(@Nullable Session next) {
        unwatch();
        if (session != null) {
            context.sessions().release(session);
        }
        session = next;
        turn = 0;
    }

    /** Whether a create has been sent and is not answered. Called by any thread. */
    boolean isCreateOut() {
        CreateCall current = createCall;
        return current != null && current.isSent();
    }

    private Session current() {
        return Objects.requireNonNull(session, "no token yet");
    }

    private boolean isOutdated(Session with, GitpodException e) {
        return with != session && RetryPolicy.read(e) == RetryPolicy.Decision.REAUTHENTICATE;
    }

    private long turn(Session with) {
        if (turn == 0) {
            turn = with.creates().nextTurn();
        }
        return turn;
    }

    // ---- create

    @Override
    public void create(int number) {
        Session with = current();
        CreateCall call = new CreateCall(with, number);
        createCall = call;
        with.creates().add(request.projectId(), events.job(), turn(with), call);
    }

    @Override
    public boolean withdrawCreate() {
        CreateCall call = createCall;
        return call != null && call.withdraw();
    }

    /**
     * One create: it waits in the queue, from which it can be withdrawn, then calls Gitpod and tells {@link LostCreates} what
     * came of it. It is either sent or withdrawn, never both. Thread-safe.
     */
    private final class CreateCall implements CreateQueue.Call {

        private enum State {
            QUEUED,
            SENT,
            WITHDRAWN
        }

        private final Session with;
        private final int number;
        private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

        CreateCall(Session with, int number) {
            this.with = with;
            this.number = number;
        }

        /** @return whether it has not been sent and never will be */
        boolean withdraw() {
            return state.compareAndSet(State.QUEUED, State.WITHDRAWN);
        }

        /** It is being sent from now on. @return false if it was withdrawn */
        private boolean leave() {
            return state.compareAndSet(State.QUEUED, State.SENT);
        }

        boolean isSent() {
            return state.get() == State.SENT;
        }

        @Override
        public boolean send() {
            if (!events.ask(m -> state.get() == State.QUEUED && m.createLeaves() && leave())) {
                return false;
            }
            call();
            return true;
        }

        private void call() {
            long sent = context.runtime().nanoTime();
            context.lostCreates().sent(request, number, context.clock(request.connection()), context.moment());
            try {
                Prebuild prebuild = with.client()
                        .createPrebuild(request.projectId(), request.environmentClassId(), request.timeout());
                with.creates().succeeded();
                created(prebuild);
            } catch (GitpodException e) {
                if (RetryPolicy.create(e) == RetryPolicy.Decision.WAIT) {
                    with.creates().hold(sent, e.retryAfter().orElse(Duration.ZERO));
                } else {
                    with.creates().failed();
                }
                failed(e);
            } catch (RuntimeException | Error e) {
                with.creates().failed();
                failed(UnexpectedFailures.failedCall("CreatePrebuild", e));
            }
        }

        private void created(Prebuild prebuild) {
            UUID successor = context.lostCreates().settled(request.requestId(), number, prebuild.id());
            events.post(m -> {
                if (successor == null) {
                    m.created(prebuild);
                }
                answered();
            });
            if (successor != null) {
                context.requests().assign(successor, Map.of(number, prebuild));
            }
        }

        private void failed(GitpodException e) {
            if (RetryPolicy.create(e) == RetryPolicy.Decision.UNCLEAR) {
                // What the API itself answered is over; what was cut or timed out may still be carried out.
                boolean answered = e.kind() == GitpodException.Kind.API_ERROR;
                EngineSettings settings = context.settings();
                Duration mayActFor =
                        answered ? settings.readLag() : settings.readLag().plus(settings.lateLook());
                context.lostCreates().lost(request.requestId(), number, context.moment(), mayActFor);
            } else {
                UUID successor = context.lostCreates().settled(request.requestId(), number, null);
                if (successor != null) {
                    context.requests().nothingMade(successor);
                }
            }
            events.postFailure(e, m -> {
                m.createFailed(e);
                answered();
            });
        }

        private void answered() {
            if (createCall == this) {
                createCall = null;
            }
        }
    }

    // ---- look-up

    @Override
    public void lookUp(boolean lagOver) {
        Session with = current();
        with.creates().add(request.projectId(), events.job(), turn(with), () -> {
            try {
                decide(with, with.ownPrebuilds(request.projectId()), lagOver);
            } catch (GitpodException e) {
                lookUpFailed(with, e);
            } catch (RuntimeException | Error e) {
                lookUpFailed(with, UnexpectedFailures.failedCall("ListPrebuilds", e));
            }
            return true;
        });
    }

    private void decide(Session with, LostCreates.Listing own, boolean lagOver) throws GitpodException {
        LostCreates.Decision decision =
                context.lostCreates().decide(request.requestId(), with.subjectId(), own, lagOver);
        decision.byRequest().forEach(context.requests()::assign);
        if (decision.overtaken()) {
            events.post(PrebuildMachine::lookUpOvertaken);
        } else if (!decision.isAssigned(request.requestId())) {
            events.post(m -> m.lookedUp(decision.candidates(), decision.held()));
        }
    }

    private void lookUpFailed(Session with, GitpodException e) {
        events.postFailure(e, m -> {
            if (isOutdated(with, e)) {
                m.lookUpWithOldToken();
            } else {
                m.lookUpFailed(e);
            }
        });
    }

    // ---- watch

    @Override
    public void watch(String prebuildId) {
        Session with = session;
        if (with == null || prebuildId.equals(watchedId)) {
            return;
        }
        watchedId = prebuildId;
        with.watcher().watch(prebuildId, request.projectId(), new WatchList.Reader() {
            @Override
            public void read(Prebuild prebuild) {
                events.postRead(prebuild);
            }

            @Override
            public void failed(GitpodException e) {
                events.postFailure(e, m -> {
                    if (!isOutdated(with, e)) {
                        m.readFailed(e);
                    }
                });
            }
        });
    }

    @Override
    public void unwatch() {
        if (session != null && watchedId != null) {
            session.watcher().unwatch(watchedId);
        }
        watchedId = null;
    }

    @Override
    public void readEnvironment(String environmentId) {
        Session with = session;
        if (with == null) {
            events.post(m -> m.environmentNotRead(null));
        } else {
            with.extraCalls()
                    .add(
                            "GetEnvironment",
                            this::isWanted,
                            () -> {
                                EnvironmentGit git = with.client().getEnvironmentGit(environmentId);
                                events.post(m -> m.environmentRead(git));
                            },
                            e -> events.post(m -> m.environmentNotRead(e)));
        }
    }

    private boolean isWanted() {
        return open.getAsBoolean() && !context.isClosed();
    }

    @Override
    public void readWarmPools(String environmentClassId) {
        Session with = session;
        if (with == null) {
            events.post(m -> m.warmPool().failed(null));
        } else {
            with.extraCalls()
                    .add(
                            "ListWarmPools",
                            this::isWanted,
                            () -> {
                                List<WarmPool> pools =
                                        with.client().listWarmPools(request.projectId(), environmentClassId);
                                events.post(m -> m.warmPool().answered(pools));
                            },
                            e -> events.post(m -> m.warmPool().failed(e)));
        }
    }

    // ---- cancel

    @Override
    public void cancel(String prebuildId) {
        Session with = current();
        with.cancels().execute(() -> {
            try {
                Prebuild prebuild = with.client().cancelPrebuild(prebuildId);
                events.post(m -> m.cancelAnswered(prebuild));
            } catch (GitpodException e) {
                cancelFailed(with, e);
            } catch (RuntimeException | Error e) {
                cancelFailed(with, UnexpectedFailures.failedCall("CancelPrebuild", e));
            }
        });
    }

    private void cancelFailed(Session with, GitpodException e) {
        events.postFailure(e, m -> {
            if (isOutdated(with, e)) {
                m.cancelWithOldToken();
            } else {
                m.cancelFailed(e);
            }
        });
    }
}
