package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One request in motion: hands events to its {@link PrebuildMachine} one at a time, carries out what the machine wants,
 * and delivers to the observer. All fields but those marked otherwise belong to the mailbox.
 */
final class RequestRunner implements MachineActions, PrebuildHandle {

    private static final Logger LOGGER = Logger.getLogger(RequestRunner.class.getName());

    private final PrebuildEngine engine;
    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final TokenSource tokens;
    private final PrebuildMachine machine;
    private final SerialExecutor mailbox;
    private final ObserverNotifier delivery;
    private final Map<Alarm, EngineRuntime.Timer> alarms = new EnumMap<>(Alarm.class);

    /** The create on its way, or null. Read by any thread. */
    @CheckForNull
    private volatile CreateTicket ticket;

    @CheckForNull
    private BearerToken token;

    @CheckForNull
    private Session session;

    /** What the journal holds, null if nothing or if that is not sure. */
    @CheckForNull
    private SavedRequest lastSaved;

    /** The place in the session's queue of creates, 0 if there is none yet. */
    private long turn;

    @CheckForNull
    private String watchedId;

    /** The number of the look-up of the token under way, or 0. */
    private int fetching;

    private int fetches;

    @CheckForNull
    private EngineRuntime.Timer fetchLimit;

    private boolean finished;

    @CheckForNull
    private GitpodException lastFailure;

    /** Read by any thread. */
    private volatile RequestView view;

    RequestRunner(PrebuildEngine engine, PrebuildRequest request, TokenSource tokens) {
        this(engine, tokens, effects -> new PrebuildMachine(request, engine.settings(), effects));
    }

    RequestRunner(PrebuildEngine engine, SavedRequest saved, TokenSource tokens) {
        this(engine, tokens, effects -> new PrebuildMachine(saved, engine.settings(), effects));
    }

    private RequestRunner(
            PrebuildEngine engine, TokenSource tokens, Function<MachineActions, PrebuildMachine> machine) {
        this.engine = engine;
        this.runtime = engine.runtime();
        this.settings = engine.settings();
        this.tokens = tokens;
        this.mailbox = new SerialExecutor(runtime.lane(WorkQueue.STATE), 1);
        this.delivery = new ObserverNotifier(
                new SerialExecutor(runtime.lane(WorkQueue.DELIVERY), 1),
                engine::isClosed,
                this::delivered,
                this::settled);
        this.machine = machine.apply(this);
        this.view = look();
    }

    /** Any thread. */
    void post(Consumer<PrebuildMachine> event) {
        mailbox.execute(() -> {
            if (!engine.isClosed()) {
                try {
                    event.accept(machine);
                } finally {
                    view = look();
                }
            }
        });
    }

    /** Any thread. */
    private void postFailure(GitpodException e, Consumer<PrebuildMachine> event) {
        post(m -> {
            lastFailure = e;
            event.accept(m);
        });
    }

    /** A request that looks for what another one may have made too many: nobody listens to it. */
    RequestRunner quiet(@Nullable SavedRequest saved) {
        lastSaved = saved;
        delivery.forget();
        return this;
    }

    private RequestView look() {
        return new RequestView(
                machine.request(),
                machine.stage(),
                machine.intentTime(),
                machine.prebuildId(),
                machine.phase(),
                machine.isDetached(),
                machine.cancelReason(),
                machine.builtFrom(),
                lastFailure);
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
    public void attach(PrebuildObserver observer) {
        post(m -> {
            delivery.attach(observer);
            String id = m.prebuildId();
            if (id != null) {
                delivery.update(new Update.Resumed(id, m.builtFrom()));
            }
            delivery.deliverOutcome();
        });
    }

    @Override
    public void leave(CancelReason reason) {
        post(m -> {
            m.ownerLeft(reason);
            delivery.ownerLeft();
            closeIfDone();
        });
    }

    @Override
    public void forgetObserver() {
        post(m -> {
            delivery.forget();
            closeIfDone();
        });
    }

    @Override
    public void cancel() {
        post(m -> m.requestCancel(CancelReason.ABORTED));
    }

    @Override
    public boolean isCreateOut() {
        CreateTicket current = ticket;
        return current != null && current.isOut();
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

    /** Whatever must survive is written at once; what would read back the same is not written again. */
    @Override
    public void save() throws IOException {
        SavedRequest now = machine.saved();
        SavedRequest last = lastSaved;
        if (last != null && last.survivesAs(now)) {
            return;
        }
        lastSaved = null;
        try {
            engine.journal().save(now);
            lastSaved = now;
        } catch (RuntimeException e) {
            throw new IOException(e);
        }
    }

    /** One look-up at a time: its answer serves all who ask meanwhile. */
    @Override
    public void fetchToken() {
        if (fetching != 0 || finished) {
            return;
        }
        fetches++;
        int fetch = fetches;
        fetching = fetch;
        FutureTask<Void> task = new FutureTask<>(() -> lookTokenUp(fetch), null);
        Runnable onLimit = () -> {
            task.cancel(true);
            post(m -> tokenNotFetched(fetch, new TokenUnavailableException(Problem.NO_ANSWER, "")));
        };
        fetchLimit = runtime.schedule(queueLimit(), onLimit);
        runtime.lane(WorkQueue.CREDENTIALS).execute(() -> {
            EngineRuntime.Timer limit = runtime.schedule(settings.credentialLimit(), onLimit);
            task.run();
            limit.cancel();
        });
    }

    /**
     * How long the look-up may take with its time in the queue. After a restart many queue up before a slow provider, and
     * a prebuild that runs is no reason to give up early.
     */
    private Duration queueLimit() {
        boolean nothingMade = machine.stage() == Stage.NEW || machine.stage() == Stage.CREATING;
        return nothingMade
                ? settings.credentialLimit()
                : settings.credentialLimit().plus(settings.failureBudget());
    }

    private void lookTokenUp(int fetch) {
        try {
            BearerToken fetched = tokens.token();
            if (fetched == null) {
                throw new TokenUnavailableException(Problem.LOOKUP_FAILED, "no token");
            }
            post(m -> tokenFetched(fetch, fetched));
        } catch (TokenUnavailableException e) {
            post(m -> tokenNotFetched(fetch, e));
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.WARNING, "A credentials provider failed", UnexpectedFailures.withoutMessage(e));
            String what = e.getClass().getSimpleName();
            post(m -> tokenNotFetched(fetch, new TokenUnavailableException(Problem.LOOKUP_FAILED, what)));
        }
    }

    private boolean isAnswerTo(int fetch) {
        if (fetch != fetching || finished) {
            return false;
        }
        forgetFetch();
        return true;
    }

    private void forgetFetch() {
        fetching = 0;
        if (fetchLimit != null) {
            fetchLimit.cancel();
            fetchLimit = null;
        }
    }

    private void tokenFetched(int fetch, BearerToken fetched) {
        if (!isAnswerTo(fetch)) {
            return;
        }
        boolean changed = !fetched.equals(token);
        if (changed) {
            Session next;
            try {
                next = engine.openSession(machine.request().connection(), fetched);
            } catch (RuntimeException | Error e) {
                LOGGER.log(Level.WARNING, "Could not make a Gitpod client", UnexpectedFailures.withoutMessage(e));
                machine.tokenMissing(new TokenUnavailableException(
                        Problem.LOOKUP_FAILED, e.getClass().getSimpleName()));
                return;
            }
            token = fetched;
            useSession(next);
        }
        machine.tokenReady(changed);
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
        turn = 0;
    }

    @Override
    public Instant serverTime() {
        return engine.clock(machine.request().connection()).earliest(nanoTime());
    }

    @Override
    public boolean isOwnerThere() {
        return delivery.isOwnerThere();
    }

    @Override
    public void handOver(SentCreate create, PrebuildRequest to) {
        PrebuildRequest surplus = surplus(to, "create " + create.number());
        if (engine.lostCreates().handOver(requestId(), create.number(), surplus)) {
            spawn(new SavedRequest(
                    surplus,
                    Stage.LOOKING_UP,
                    create.intentTime(),
                    null,
                    false,
                    CancelReason.SURPLUS,
                    Duration.ZERO,
                    List.of(create),
                    requestId(),
                    null));
        }
    }

    @Override
    public void cancelSurplus(Prebuild prebuild, PrebuildRequest to) {
        engine.lostCreates().claim(prebuild.id());
        spawn(new SavedRequest(
                surplus(to, prebuild.id()),
                Stage.WATCHING,
                now(),
                prebuild.id(),
                false,
                CancelReason.SURPLUS,
                Duration.ZERO,
                List.of(),
                requestId(),
                null));
        tellSurplus(requestId(), new Update.SurplusCancelled(prebuild.id()));
    }

    /** The same under an id that is the same again after a crash. */
    private static PrebuildRequest surplus(PrebuildRequest of, String what) {
        UUID id = UUID.nameUUIDFromBytes((of.requestId() + " " + what).getBytes(StandardCharsets.UTF_8));
        return new PrebuildRequest(
                id, of.connection(), of.projectId(), of.environmentClassId(), of.timeout(), false, true);
    }

    private void spawn(SavedRequest saved) {
        UUID id = saved.request().requestId();
        engine.journal().follows(id, requestId());
        boolean isSaved = false;
        try {
            engine.journal().save(saved);
            isSaved = true;
        } catch (IOException | RuntimeException e) {
            LOGGER.log(
                    Level.WARNING,
                    "Could not save that a Gitpod prebuild may be surplus; a crash now would lose it",
                    e);
        }
        engine.spawn(saved, tokens.of(id), isSaved);
    }

    @Override
    public void tellSurplus(Update update) {
        UUID of = machine.surplusOf();
        tellSurplus(of == null ? requestId() : of, update);
    }

    private void tellSurplus(UUID of, Update update) {
        engine.tellSurplus(of, machine.request(), update);
    }

    @Override
    public void create(int number) {
        Session with = Objects.requireNonNull(session, "no token yet");
        PrebuildRequest request = machine.request();
        CreateTicket mine = new CreateTicket();
        ticket = mine;
        with.creates().add(request.projectId(), turn(with), () -> {
            if (!engine.isClosed() && mine.goOut()) {
                create(with, request, number, mine);
            }
        });
    }

    private long turn(Session with) {
        if (turn == 0) {
            turn = with.creates().nextTurn();
        }
        return turn;
    }

    private void create(Session with, PrebuildRequest request, int number, CreateTicket mine) {
        LostCreates lostCreates = engine.lostCreates();
        lostCreates.sent(request, number, engine.clock(request.connection()), moment());
        try {
            Prebuild prebuild =
                    with.client().createPrebuild(request.projectId(), request.environmentClassId(), request.timeout());
            UUID heir = lostCreates.settled(requestId(), number, prebuild.id());
            post(m -> {
                if (heir == null) {
                    m.created(prebuild);
                }
                createIsBack(mine);
            });
            if (heir != null) {
                engine.assign(heir, Map.of(number, prebuild));
            }
        } catch (GitpodException e) {
            if (RetryPolicy.create(e) == RetryPolicy.Decision.WAIT) {
                e.retryAfter().ifPresent(with.creates()::hold);
            }
            createFailed(e, number, mine);
        } catch (RuntimeException | Error e) {
            createFailed(UnexpectedFailures.failedCall("CreatePrebuild", e), number, mine);
        }
    }

    private OpenCreate.Moment moment() {
        return new OpenCreate.Moment(runtime.now(), runtime.nanoTime());
    }

    private void createFailed(GitpodException e, int number, CreateTicket mine) {
        if (RetryPolicy.create(e) == RetryPolicy.Decision.UNCLEAR) {
            // What the API itself has answered, it has left off; what was cut or timed out may be carried out yet.
            boolean answered = e.kind() == GitpodException.Kind.API_ERROR;
            Duration mayActFor =
                    answered ? settings.readLag() : settings.readLag().plus(settings.lateLook());
            engine.lostCreates().lost(requestId(), number, moment(), mayActFor);
        } else {
            UUID heir = engine.lostCreates().settled(requestId(), number, null);
            if (heir != null) {
                engine.nothingMade(heir);
            }
        }
        postFailure(e, m -> {
            m.createFailed(e);
            createIsBack(mine);
        });
    }

    private void createIsBack(CreateTicket mine) {
        if (ticket == mine) {
            ticket = null;
        }
    }

    @Override
    public boolean withdrawCreate() {
        CreateTicket current = ticket;
        return current != null && current.withdraw();
    }

    @Override
    public void lookUp() {
        Session with = Objects.requireNonNull(session, "no token yet");
        String projectId = machine.request().projectId();
        boolean lagOver = machine.readLagOver();
        with.creates().add(projectId, turn(with), () -> {
            try {
                decide(with, with.ownPrebuilds(projectId), lagOver);
            } catch (GitpodException e) {
                lookUpFailed(with, e);
            } catch (RuntimeException | Error e) {
                lookUpFailed(with, UnexpectedFailures.failedCall("ListPrebuilds", e));
            }
        });
    }

    private void decide(Session with, OwnPrebuilds own, boolean lagOver) throws GitpodException {
        LostCreates.Decision decision = engine.lostCreates().decide(requestId(), with.subjectId(), own, lagOver);
        decision.byRequest().forEach(engine::assign);
        if (decision.overtaken()) {
            post(PrebuildMachine::lookUpOvertaken);
        } else if (!decision.isAssigned(requestId())) {
            post(m -> m.lookedUp(decision.candidates(), decision.held()));
        }
    }

    private void lookUpFailed(Session with, GitpodException e) {
        postFailure(e, m -> {
            if (isOutdated(with, e)) {
                m.lookUpWithOldToken();
            } else {
                m.lookUpFailed(e);
            }
        });
    }

    /** Whether an old token was refused while another one is in use already: that says nothing about the new one. */
    private boolean isOutdated(Session with, GitpodException e) {
        return with != session && RetryPolicy.read(e) == RetryPolicy.Decision.REAUTHENTICATE;
    }

    @Override
    public void watch(String prebuildId, String projectId) {
        Session with = session;
        if (with == null || prebuildId.equals(watchedId)) {
            return;
        }
        watchedId = prebuildId;
        with.watcher().watch(prebuildId, projectId, new Watcher.Reader() {
            @Override
            public void read(Prebuild prebuild) {
                post(m -> {
                    lastFailure = null;
                    m.read(prebuild);
                });
            }

            @Override
            public void failed(GitpodException e) {
                postFailure(e, m -> {
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
            post(m -> m.environmentNotRead(null));
        } else {
            BooleanSupplier wanted = () -> view.stage() == Stage.WATCHING && !engine.isClosed();
            with.environments()
                    .read(
                            environmentId,
                            wanted,
                            git -> post(m -> m.environmentRead(git)),
                            e -> post(m -> m.environmentNotRead(e)));
        }
    }

    @Override
    public void cancel(String prebuildId) {
        Session with = Objects.requireNonNull(session, "no token yet");
        with.cancels().execute(() -> {
            try {
                Prebuild prebuild = with.client().cancelPrebuild(prebuildId);
                post(m -> m.cancelAnswered(prebuild));
            } catch (GitpodException e) {
                cancelFailed(with, e);
            } catch (RuntimeException | Error e) {
                cancelFailed(with, UnexpectedFailures.failedCall("CancelPrebuild", e));
            }
        });
    }

    private void cancelFailed(Session with, GitpodException e) {
        postFailure(e, m -> {
            if (isOutdated(with, e)) {
                m.cancelWithOldToken();
            } else {
                m.cancelFailed(e);
            }
        });
    }

    @Override
    public void alarmAfter(Alarm alarm, Duration delay) {
        EngineRuntime.Timer earlier = alarms.put(alarm, runtime.schedule(delay, () -> post(m -> m.alarm(alarm))));
        if (earlier != null) {
            earlier.cancel();
        }
    }

    @Override
    public void tell(Update update) {
        delivery.update(update);
    }

    @Override
    public void conclude(Outcome outcome) {
        delivery.conclude(outcome);
        delivery.deliverOutcome();
    }

    @Override
    public void settle(Outcome end) {
        delivery.settle(end);
    }

    /** On a delivery thread. */
    private void settled() {
        post(m -> {
            delivery.endDelivered();
            closeIfDone();
        });
    }

    /** On a delivery thread. */
    private void delivered() {
        post(m -> {
            delivery.outcomeDelivered();
            closeIfDone();
        });
    }

    @Override
    public void finish() {
        finished = true;
        alarms.values().forEach(EngineRuntime.Timer::cancel);
        alarms.clear();
        forgetFetch();
        engine.lostCreates().closed(requestId(), machine.prebuildId());
        useSession(null);
        closeIfDone();
    }

    /** The book-keeping ends when the prebuild is over and whoever waits has been told. */
    private void closeIfDone() {
        if (finished && delivery.isDone()) {
            engine.close(this);
        }
    }
}
