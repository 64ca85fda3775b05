package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs one request: hands events to its {@link PrebuildMachine} one at a time, carries out what the machine decides, and
 * notifies the observer. Fields without another comment belong to the machine, which is guarded by a lock of its own: only
 * a create that is about to be sent does not wait for its turn in the mailbox.
 */
final class RequestRunner implements MachineActions, SessionCalls.Events, PrebuildHandle {

    private static final Logger LOGGER = Logger.getLogger(RequestRunner.class.getName());

    private final EngineContext context;
    private final EngineRuntime runtime;
    private final PrebuildMachine machine;
    private final SerialExecutor mailbox;
    private final SerialExecutor deliveries;

    @CheckForNull
    private final PrebuildObserver observer;

    private final TokenLookUp tokenLookUp;
    private final SurplusRequests surplusRequests;
    private final SessionCalls calls;

    /** The timers that were started, or null if none ever was, as in most requests. */
    @CheckForNull
    private Map<RetryTimer, EngineRuntime.Timer> timers;

    @CheckForNull
    private BearerToken token;

    /** What the store holds; null if it holds nothing, or if that is not known. */
    @CheckForNull
    private SavedRequest lastSaved;

    /** How many ends the observer has not been told yet. */
    private int undelivered;

    private boolean finished;

    @CheckForNull
    private GitpodException lastFailure;

    /** Read by any thread. */
    private volatile PrebuildHandle.View view;

    /** A new request. */
    RequestRunner(EngineContext context, PrebuildRequest request, TokenSource tokens, PrebuildObserver observer) {
        this(context, request, tokens, observer, null);
    }

    /**
     * A request that was saved before.
     *
     * @param observer null if the request reports to none
     */
    RequestRunner(EngineContext context, SavedRequest saved, TokenSource tokens, @Nullable PrebuildObserver observer) {
        this(context, saved.request(), tokens, observer, saved);
    }

    private RequestRunner(
            EngineContext context,
            PrebuildRequest request,
            TokenSource tokens,
            @Nullable PrebuildObserver observer,
            @Nullable SavedRequest saved) {
        this.context = context;
        this.runtime = context.runtime();
        EngineSettings settings = context.settings();
        this.mailbox = new SerialExecutor(runtime.executor(WorkQueue.STATE), 1);
        this.deliveries = new SerialExecutor(runtime.executor(WorkQueue.DELIVERY), 1);
        this.observer = observer;
        this.tokenLookUp = new TokenLookUp(
                tokens,
                runtime,
                task -> context.credentials().of(request.projectId(), job()).execute(task),
                action -> post(m -> action.run()),
                settings.credentialLimit(),
                this::tokenLimit,
                new TokenListener());
        this.surplusRequests = new SurplusRequests(context, tokens, request.requestId());
        this.calls = new SessionCalls(context, request, this, () -> view().stage() != Stage.ENDED);
        this.machine = saved == null
                ? new PrebuildMachine(request, settings, this, calls)
                : new PrebuildMachine(saved, settings, this, calls);
        this.view = machine.view(null);
    }

    /** Starts, or continues after a restart. Called once, by any thread. */
    void start() {
        post(m -> {
            String id = m.prebuildId();
            if (id != null) {
                report(new Update.Resumed(id, view.builtFrom()));
            }
            m.begin();
        });
    }

    /** Tells, before the start, that the store holds the request in this state. */
    void isSaved(SavedRequest saved) {
        lastSaved = saved;
    }

    // ---- events: called by any thread

    @Override
    public void post(Consumer<PrebuildMachine> event) {
        mailbox.execute(() -> ask(m -> {
            event.accept(m);
            return true;
        }));
    }

    @Override
    public boolean ask(Predicate<PrebuildMachine> event) {
        synchronized (machine) {
            if (context.isClosed()) {
                return false;
            }
            try {
                return event.test(machine);
            } finally {
                view = machine.view(lastFailure);
            }
        }
    }

    @Override
    public void postFailure(GitpodException e, Consumer<PrebuildMachine> event) {
        post(m -> {
            lastFailure = e;
            event.accept(m);
        });
    }

    @Override
    public void postRead(Prebuild prebuild) {
        post(m -> {
            lastFailure = null;
            m.read(prebuild);
        });
    }

    @Override
    public String job() {
        return observer == null ? "" : observer.job();
    }

    // ---- the handle: called by any thread

    @Override
    public UUID requestId() {
        return machine.request().requestId();
    }

    @Override
    public PrebuildHandle.View view() {
        return view;
    }

    @Override
    public void leave(CancelReason reason) {
        post(m -> m.ownerLeft(reason));
    }

    @Override
    public void cancel() {
        post(m -> m.requestCancel(CancelReason.ABORTED));
    }

    @Override
    public boolean isCreateOut() {
        return calls.isCreateOut();
    }

    // ---- the machine's actions: called in the mailbox

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
    public Instant serverTime() {
        return context.clock(machine.request().connection()).earliest(nanoTime());
    }

    @Override
    public boolean isOwnerThere() {
        return observer != null && observer.isThere();
    }

    @Override
    public boolean isWarmPoolWanted() {
        return observer != null && observer.waitsForWarmPool(machine.request());
    }

    /** Saves the state, unless after a crash the one that was saved before would do as well. */
    @Override
    public void save() throws IOException {
        SavedRequest now = machine.saved();
        SavedRequest last = lastSaved;
        if (last != null && last.survivesAs(now)) {
            return;
        }
        lastSaved = null;
        try {
            context.store().save(now);
            lastSaved = now;
        } catch (RuntimeException e) {
            throw new IOException(e);
        }
    }

    // ---- token and session

    @Override
    public void fetchToken() {
        tokenLookUp.start();
    }

    /**
     * How long a look-up may take with its time in the queue. After a restart many queue up for a slow provider, and a
     * prebuild that may be running is a reason not to give up early.
     */
    private Duration tokenLimit() {
        EngineSettings settings = context.settings();
        return machine.isNothingMade()
                ? settings.credentialLimit()
                : settings.credentialLimit().plus(settings.failureBudget());
    }

    private final class TokenListener implements TokenLookUp.Listener {

        @Override
        public void found(BearerToken found) {
            boolean changed = !found.equals(token);
            if (changed) {
                Session next;
                try {
                    next = context.sessions().open(machine.request().connection(), found);
                } catch (RuntimeException | Error e) {
                    LOGGER.log(Level.WARNING, "Could not make a Gitpod client", UnexpectedFailures.withoutMessage(e));
                    failed(new TokenUnavailableException(
                            Problem.LOOKUP_FAILED, e.getClass().getSimpleName()));
                    return;
                }
                token = found;
                calls.use(next);
            }
            machine.tokenReady(changed);
        }

        @Override
        public void failed(TokenUnavailableException e) {
            machine.tokenMissing(e);
        }
    }

    // ---- surplus prebuilds

    @Override
    public void handOver(CreateAttempt create, PrebuildRequest to) {
        surplusRequests.lookFor(create, to);
    }

    @Override
    public void cancelSurplus(Prebuild prebuild, PrebuildRequest to) {
        surplusRequests.cancel(prebuild, to);
        reportSurplus(requestId(), new Update.SurplusCancelled(prebuild.id()));
    }

    @Override
    public void reportSurplus(Update update) {
        UUID of = machine.surplusOf();
        reportSurplus(of == null ? requestId() : of, update);
    }

    private void reportSurplus(UUID of, Update update) {
        context.requests().reportSurplus(of, machine.request(), update);
    }

    @Override
    public void startTimer(RetryTimer timer, Duration delay) {
        if (timers == null) {
            timers = new EnumMap<>(RetryTimer.class);
        }
        EngineRuntime.Timer earlier = timers.put(timer, runtime.schedule(delay, () -> post(m -> m.timerFired(timer))));
        if (earlier != null) {
            earlier.cancel();
        }
    }

    // ---- observer and end

    @Override
    public void report(Update update) {
        deliver(to -> to.update(update));
    }

    @Override
    public void conclude(Outcome outcome) {
        deliverEnd(to -> to.concluded(outcome));
    }

    @Override
    public void settle(Outcome end) {
        deliverEnd(to -> to.settled(end));
    }

    /** Notifies the observer, if there is one, after all that it was told before. */
    private void deliver(Consumer<PrebuildObserver> call) {
        PrebuildObserver to = observer;
        if (to == null) {
            return;
        }
        deliveries.execute(() -> {
            if (!context.isClosed()) {
                Guarded.run("notify the observer of a request", () -> call.accept(to));
            }
        });
    }

    /** The same, and the request stays open until the observer has returned. */
    private void deliverEnd(Consumer<PrebuildObserver> call) {
        undelivered++;
        deliver(call);
        deliveries.execute(() -> post(m -> {
            undelivered--;
            closeIfDone();
        }));
    }

    @Override
    public void finish() {
        finished = true;
        if (timers != null) {
            timers.values().forEach(EngineRuntime.Timer::cancel);
            timers = null;
        }
        tokenLookUp.stop();
        context.lostCreates().closed(requestId(), machine.prebuildId());
        calls.use(null);
        closeIfDone();
    }

    /** The request is closed when its prebuild is over and the observer has been told. */
    private void closeIfDone() {
        if (finished && undelivered == 0) {
            context.requests().closed(requestId());
        }
    }
}
