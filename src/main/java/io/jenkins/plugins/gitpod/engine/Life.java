package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One request in motion: hands events to its {@link PrebuildMachine} one at a time, carries out what the machine wants,
 * and delivers to the observer. All fields but those marked otherwise belong to the mailbox.
 */
final class Life implements Effects, PrebuildHandle {

    private static final Logger LOGGER = Logger.getLogger(Life.class.getName());

    private enum CreateTicket {
        NONE,
        QUEUED,
        OUT,
        WITHDRAWN
    }

    private final PrebuildEngine engine;
    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final TokenSource tokens;
    private final PrebuildMachine machine;
    private final Serial mailbox;
    private final Serial delivery;
    private final Map<Alarm, EngineRuntime.Timer> alarms = new EnumMap<>(Alarm.class);
    private final AtomicReference<CreateTicket> ticket = new AtomicReference<>(CreateTicket.NONE);

    @CheckForNull
    private BearerToken token;

    @CheckForNull
    private Session session;

    @CheckForNull
    private String watchedId;

    private int fetches;

    @CheckForNull
    private EngineRuntime.Timer fetchLimit;

    @CheckForNull
    private PrebuildObserver observer;

    @CheckForNull
    private Outcome outcome;

    private boolean outcomeDelivered;
    private boolean finished;
    private boolean ownerless;

    /** Read by any thread. */
    private volatile RequestView view;

    Life(PrebuildEngine engine, PrebuildRequest request, TokenSource tokens) {
        this.engine = engine;
        this.runtime = engine.runtime();
        this.settings = engine.settings();
        this.tokens = tokens;
        this.mailbox = new Serial(runtime.lane(Lane.STATE), 1);
        this.delivery = new Serial(runtime.lane(Lane.DELIVERY), 1);
        this.machine = new PrebuildMachine(request, settings, this);
        this.view = look(null);
    }

    Life(PrebuildEngine engine, SavedRequest saved, TokenSource tokens) {
        this.engine = engine;
        this.runtime = engine.runtime();
        this.settings = engine.settings();
        this.tokens = tokens;
        this.mailbox = new Serial(runtime.lane(Lane.STATE), 1);
        this.delivery = new Serial(runtime.lane(Lane.DELIVERY), 1);
        this.machine = new PrebuildMachine(saved, settings, this);
        this.view = look(null);
    }

    /** Any thread. */
    void post(Consumer<PrebuildMachine> event) {
        mailbox.execute(() -> {
            if (!engine.isClosed()) {
                event.accept(machine);
                view = look(view.lastFailure());
            }
        });
    }

    private void postFailure(GitpodException e, Consumer<PrebuildMachine> event) {
        post(m -> {
            view = look(e);
            event.accept(m);
        });
    }

    private RequestView look(@Nullable GitpodException failure) {
        return new RequestView(
                machine.request(),
                machine.stage(),
                machine.intentTime(),
                machine.prebuildId(),
                machine.phase(),
                machine.isDetached(),
                machine.cancelReason(),
                failure);
    }

    // ---- the handle, any thread

    @Override
    public UUID requestId() {
        return machine.request().requestId();
    }

    @Override
    public RequestView view() {
        return view;
    }

    @Override
    public void attach(PrebuildObserver newObserver) {
        post(m -> {
            observer = newObserver;
            ownerless = false;
            String id = m.prebuildId();
            if (id != null && outcome == null) {
                tell(new Update.Resumed(id));
            }
            deliverOutcome();
        });
    }

    @Override
    public void leave(CancelReason reason) {
        post(m -> {
            m.ownerLeft(reason);
            if (observer == null) {
                ownerless = true;
                closeIfDone();
            }
        });
    }

    @Override
    public void forgetObserver() {
        post(m -> {
            observer = null;
            ownerless = true;
            closeIfDone();
        });
    }

    @Override
    public void cancel() {
        post(m -> m.requestCancel(CancelReason.ABORTED));
    }

    @Override
    public boolean isCreateOut() {
        return ticket.get() == CreateTicket.OUT;
    }

    // ---- effects, in the mailbox

    @Override
    public Instant now() {
        return runtime.now();
    }

    @Override
    public long nanoTime() {
        return runtime.nanoTime();
    }

    @Override
    public double random() {
        return runtime.random();
    }

    @Override
    public void save() throws IOException {
        engine.journal().save(machine.saved());
    }

    @Override
    public void fetchToken() {
        int fetch = ++fetches;
        FutureTask<Void> task = new FutureTask<>(
                () -> {
                    try {
                        BearerToken fetched = tokens.token();
                        post(m -> tokenFetched(fetch, fetched));
                    } catch (TokenUnavailableException e) {
                        post(m -> tokenNotFetched(fetch, e));
                    } catch (RuntimeException | LinkageError e) {
                        LOGGER.log(Level.WARNING, "A credentials provider failed", e);
                        post(m -> tokenNotFetched(
                                fetch,
                                new TokenUnavailableException(
                                        TokenUnavailableException.Problem.LOOKUP_FAILED, e.toString())));
                    }
                },
                null);
        runtime.lane(Lane.CREDENTIALS).execute(task);
        fetchLimit = runtime.schedule(settings.credentialLimit(), () -> {
            task.cancel(true);
            post(m -> tokenNotFetched(
                    fetch, new TokenUnavailableException(TokenUnavailableException.Problem.NO_ANSWER, "")));
        });
    }

    private boolean isAnswerTo(int fetch) {
        if (fetch != fetches || finished) {
            return false;
        }
        fetches++;
        if (fetchLimit != null) {
            fetchLimit.cancel();
        }
        return true;
    }

    private void tokenFetched(int fetch, BearerToken fetched) {
        if (isAnswerTo(fetch)) {
            boolean changed = !fetched.equals(token);
            if (changed) {
                token = fetched;
                useSession(engine.openSession(machine.request().connection(), fetched));
            }
            machine.tokenReady(changed);
        }
    }

    private void tokenNotFetched(int fetch, TokenUnavailableException e) {
        if (isAnswerTo(fetch)) {
            machine.tokenMissing(e);
        }
    }

    private void useSession(@Nullable Session next) {
        unwatch();
        if (session != null) {
            engine.releaseSession(session);
        }
        session = next;
    }

    @Override
    public void create() {
        Session with = session;
        PrebuildRequest request = machine.request();
        Instant intentTime = machine.intentTime();
        ticket.set(CreateTicket.QUEUED);
        with.creates().execute(() -> {
            if (!ticket.compareAndSet(CreateTicket.QUEUED, CreateTicket.OUT)) {
                return;
            }
            LostCreates lostCreates = engine.lostCreates();
            lostCreates.sent(request, intentTime);
            try {
                Prebuild prebuild = with.client()
                        .createPrebuild(request.projectId(), request.environmentClassId(), request.timeout());
                lostCreates.settled(requestId(), prebuild.id());
                post(m -> m.created(prebuild));
            } catch (GitpodException e) {
                if (RetryPolicy.create(e) == RetryPolicy.Verdict.UNCLEAR) {
                    lostCreates.lost(requestId());
                } else {
                    lostCreates.settled(requestId(), null);
                }
                postFailure(e, m -> m.createFailed(e));
            } finally {
                ticket.set(CreateTicket.NONE);
            }
        });
    }

    @Override
    public boolean withdrawCreate() {
        return ticket.compareAndSet(CreateTicket.QUEUED, CreateTicket.WITHDRAWN);
    }

    @Override
    public void lookUp() {
        Session with = session;
        String projectId = machine.request().projectId();
        boolean lagOver = machine.readLagOver();
        with.creates().execute(() -> {
            try {
                List<Prebuild> listed = with.ownPrebuilds(projectId);
                LostCreates.Decision decision =
                        engine.lostCreates().decide(requestId(), with.subjectId(), listed, lagOver);
                decision.assigned().forEach(engine::assign);
                if (!decision.assigned().containsKey(requestId())) {
                    post(m -> m.lookedUp(null, decision.candidates(), decision.held()));
                }
            } catch (GitpodException e) {
                postFailure(e, m -> m.lookUpFailed(e));
            }
        });
    }

    @Override
    public void watch(String prebuildId, String projectId) {
        if (session == null) {
            return;
        }
        watchedId = prebuildId;
        session.watcher().watch(prebuildId, projectId, new Watcher.Reader() {
            @Override
            public void read(Prebuild prebuild) {
                post(m -> {
                    view = look(null);
                    m.read(prebuild);
                });
            }

            @Override
            public void failed(GitpodException e) {
                postFailure(e, m -> m.readFailed(e));
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
    public void cancel(String prebuildId) {
        Session with = session;
        if (with == null) {
            // After a restart the token comes first; the machine cancels once it is there.
            post(PrebuildMachine::cancelNotSent);
            return;
        }
        with.cancels().execute(() -> {
            try {
                Prebuild prebuild = with.client().cancelPrebuild(prebuildId);
                post(m -> m.cancelAnswered(prebuild));
            } catch (GitpodException e) {
                postFailure(e, m -> m.cancelFailed(e));
            }
        });
    }

    @Override
    public void alarmAfter(Alarm alarm, Duration delay) {
        EngineRuntime.Timer earlier = alarms.put(
                alarm, runtime.schedule(delay, () -> post(m -> m.alarm(alarm))));
        if (earlier != null) {
            earlier.cancel();
        }
    }

    @Override
    public void tell(Update update) {
        PrebuildObserver to = observer;
        if (to != null) {
            delivery.execute(() -> guarded(() -> to.update(update)));
        }
    }

    @Override
    public void conclude(Outcome last) {
        outcome = last;
        deliverOutcome();
    }

    private void deliverOutcome() {
        PrebuildObserver to = observer;
        Outcome last = outcome;
        if (to != null && last != null && !outcomeDelivered) {
            observer = null;
            delivery.execute(() -> {
                guarded(() -> to.concluded(last));
                mailbox.execute(() -> {
                    outcomeDelivered = true;
                    closeIfDone();
                });
            });
        }
    }

    private static void guarded(Runnable delivery) {
        try {
            delivery.run();
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "Could not deliver news of a Gitpod prebuild", e);
        }
    }

    @Override
    public void finish() {
        finished = true;
        alarms.values().forEach(EngineRuntime.Timer::cancel);
        engine.lostCreates().settled(requestId(), machine.prebuildId());
        useSession(null);
        closeIfDone();
    }

    /** The book-keeping ends when the prebuild is over and whoever waits has been told. */
    private void closeIfDone() {
        PrebuildPhase phase = machine.phase();
        if (finished && (outcomeDelivered || ownerless)) {
            LOGGER.log(Level.FINE, "Request {0} is over, last phase {1}", new Object[] {requestId(), phase});
            engine.close(this);
        }
    }
}
