package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.config.GitpodClients;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildMessages;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Requests for which it is not decided yet whether a prebuild is created. Each goes one way: its token is looked up, the
 * inputs are gathered, {@link DecisionRules} decide, the {@link DecisionHandler} carries it out. A request that has to wait
 * ({@link DecisionWaits}) goes this way once more. All of it happens on threads of the engine. Nothing here is
 * saved: a step asks again after a restart, and a request for a commit is kept by
 * {@link io.jenkins.plugins.gitpod.store.CommitRequestStore}.
 */
@Restricted(NoExternalUse.class)
public final class DecisionQueue {

    private static final Logger LOGGER = Logger.getLogger(DecisionQueue.class.getName());

    private final EngineRuntime runtime;
    private final DecisionRetries retries;
    private final DecisionTokens tokens;
    private final CommitHistory history;
    private final RunningPrebuilds running;
    private final DecisionEffects effects;
    private final DecisionWaits waits;
    private final Map<UUID, PendingDecision> pending = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Held from a decision until it shows: two requests must not both find that no prebuild is running. */
    private final Object deciding = new Object();

    /** @param cancelLimit how long prebuilds may be cancelled in favor of newer ones before one has to complete */
    public DecisionQueue(
            @NonNull EngineRuntime runtime,
            @NonNull EngineSettings settings,
            @NonNull Duration cancelLimit,
            @NonNull GitpodClients clients,
            @NonNull CommitHistory history,
            @NonNull RunningPrebuilds running,
            @NonNull DecisionHandler handler) {
        this.runtime = runtime;
        this.retries = new DecisionRetries(runtime, settings);
        this.tokens = new DecisionTokens(runtime, settings, clients);
        this.history = history;
        this.running = running;
        this.effects = new DecisionEffects(history, handler, () -> closed);
        this.waits = new DecisionWaits(
                runtime, cancelLimit, requestId -> !closed && isPending(requestId), this::start, this::skip);
    }

    /** Jenkins stops: nothing is decided any longer, so that all requests are made again. */
    public void close() {
        closed = true;
    }

    /** Adds a request, unless it is pending already. Returns at once. */
    public void add(@NonNull StepRequest request, @NonNull TokenSource tokens) {
        PendingDecision added = new PendingDecision(request, tokens, runtime.nanoTime());
        if (pending.putIfAbsent(request.requestId(), added) == null) {
            start(added);
        }
    }

    /** Whether a request is undecided. */
    public boolean isPending(@NonNull UUID requestId) {
        return pending.containsKey(requestId);
    }

    /** The state of an undecided request for people, or null if the request is not pending. */
    @CheckForNull
    public String status(@NonNull UUID requestId) {
        String waitsFor = waits.line(requestId);
        return waitsFor == null && isPending(requestId) ? Messages.PrebuildService_deciding() : waitsFor;
    }

    /**
     * A prebuild of this Jenkins has ended, and is no longer among the running ones: requests that wait for that are decided.
     * Returns at once.
     *
     * @param ended its request, or null if it is not known
     */
    public void prebuildEnded(@Nullable PrebuildRequest ended) {
        waits.prebuildEnded(ended);
    }

    /** The undecided requests with such an origin, those for commits included. */
    @NonNull
    public List<UUID> ofJobs(@NonNull Predicate<RequestOrigin> filter) {
        return of(request -> filter.test(request.origin()));
    }

    /** The undecided requests of steps with such an origin. */
    @NonNull
    public List<UUID> ofSteps(@NonNull Predicate<RequestOrigin> filter) {
        return of(request -> !request.isAutomatic() && filter.test(request.origin()));
    }

    /** All undecided requests, as pages show them. */
    @NonNull
    public List<UndecidedRequest> undecided() {
        return pending.values().stream()
                .filter(PendingDecision::isUndecided)
                .map(waits::shown)
                .toList();
    }

    private List<UUID> of(Predicate<StepRequest> filter) {
        return pending.values().stream()
                .filter(each -> filter.test(each.request()))
                .map(PendingDecision::requestId)
                .toList();
    }

    /**
     * Withdraws a request. If nothing is decided yet, no prebuild is created.
     *
     * @param whenCarriedOut is run later if a decision is being carried out right now
     * @return false if the request is not pending, or no longer
     */
    public boolean withdraw(@NonNull UUID requestId, @NonNull Runnable whenCarriedOut) {
        PendingDecision decision = pending.get(requestId);
        if (decision == null) {
            return false;
        }
        if (!closed && decision.end()) {
            waits.withdrawn(decision);
            // Pending until the build was told, because a step that is stopped waits for that.
            inBackground(() -> {
                try {
                    effects.conclude(
                            decision.request(),
                            EndStatus.CANCELLED,
                            null,
                            null,
                            Messages.PrebuildMessages_notCreated());
                } finally {
                    pending.remove(requestId, decision);
                }
            });
            return true;
        }
        return decision.whenCarriedOut(whenCarriedOut);
    }

    // ---- gather

    private void start(PendingDecision decision) {
        if (!closed && isPending(decision.requestId())) {
            tokens.lookUp(
                    decision,
                    found -> tokens.lookUps(decision).execute(() -> decide(decision, found)),
                    failure -> noToken(decision, failure));
        }
    }

    private void noToken(PendingDecision decision, TokenUnavailableException e) {
        Duration wait = retries.after(decision, e);
        if (wait == null) {
            inBackground(() -> fail(decision, PrebuildMessages.explain(e)));
        } else {
            checkAgain(decision, wait);
        }
    }

    private void decide(PendingDecision decision, AuthenticatedConnection connection) {
        if (closed || !isPending(decision.requestId())) {
            return;
        }
        Notifications notifications = new Notifications();
        try {
            DecisionInputs inputs = DecisionInputs.gather(decision, connection);
            if (inputs != null) {
                DecisionTokens.note(decision.request(), true);
                DecisionEffects.remark(decision, connection, inputs);
            }
            synchronized (deciding) {
                decideAndCarryOut(decision, inputs, notifications);
            }
            notifications.run();
            if (inputs != null) {
                GitpodLookup.get().learnClassNames(connection, inputs.project());
            }
        } catch (NothingFoundException e) {
            if (e.isFault()) {
                fail(decision, e.getMessage());
            } else {
                skip(decision, null, new Decision.Skip(e.getMessage(), null, false), notifications);
                notifications.run();
            }
        } catch (GitpodException e) {
            lookUpFailed(decision, e);
        } catch (RuntimeException | Error e) {
            if (!closed) {
                LOGGER.log(Level.WARNING, "Could not decide about a Gitpod prebuild", e);
            }
            fail(decision, Messages.Decision_internalError(e.getClass().getSimpleName()));
        }
    }

    private void lookUpFailed(PendingDecision decision, GitpodException e) {
        if (e.code() == ErrorCode.UNAUTHENTICATED) {
            DecisionTokens.note(decision.request(), false);
        }
        String why = CallFailures.explain(e, decision.request().connection());
        Duration wait = retries.after(decision, e);
        if (wait == null) {
            fail(decision, Messages.Decision_lookUpFailed(why));
            return;
        }
        if (decision.isFirst("trouble")) {
            decision.print(Messages.Decision_lookUpRetried(why));
        }
        checkAgain(decision, wait);
    }

    private void checkAgain(PendingDecision decision, Duration after) {
        runtime.schedule(after, () -> start(decision));
    }

    private void inBackground(Runnable task) {
        runtime.executor(WorkQueue.DELIVERY).execute(task);
    }

    // ---- decide and carry out, under the lock

    /** @param inputs null if the project could not be read and the options do not depend on it */
    private void decideAndCarryOut(
            PendingDecision decision, @Nullable DecisionInputs inputs, Notifications notifications) {
        StepRequest request = decision.request();
        if (request.options().isForSeveralClasses()) {
            split(decision, inputs, notifications);
            return;
        } else if (inputs == null) {
            carryOut(decision, notifications, () -> {
                effects.create(request, notifications);
                return true;
            });
            return;
        }
        boolean isCarriedOut = false;
        effects.count(request, inputs);
        while (!isCarriedOut) {
            long ends = waits.forEnds().ends();
            Decision next = DecisionRules.decide(
                    request.options(),
                    request.isAutomatic(),
                    request.conditions(),
                    inputs,
                    LocalState.read(decision, inputs, runtime, history, running, waits.forEnds()),
                    request.connection()
                            .endpoint()
                            .projectPage(inputs.project().id())
                            .toString());
            if (next instanceof Decision.WaitForEnd wait) {
                if (!closed) {
                    waits.untilEnd(decision, inputs, wait, ends, notifications);
                }
                return;
            }
            isCarriedOut = carryOut(decision, inputs, next, notifications);
        }
    }

    private void split(PendingDecision decision, @Nullable DecisionInputs inputs, Notifications notifications) {
        Decision.Skip skip = DecisionRules.otherBranch(decision.request().options(), inputs);
        if (skip != null) {
            skip(decision, inputs, skip, notifications);
            return;
        }
        carryOut(decision, notifications, () -> effects.split(decision, inputs, this::add, notifications));
    }

    /** @return false if the prebuild to join has ended meanwhile: then it is no longer among the running ones */
    private boolean carryOut(
            PendingDecision decision, DecisionInputs inputs, Decision next, Notifications notifications) {
        StepRequest request = decision.request();
        if (next instanceof Decision.Create create) {
            return carryOut(decision, notifications, () -> {
                effects.create(decision, inputs, create, notifications);
                return true;
            });
        } else if (next instanceof Decision.Join join) {
            return carryOut(decision, notifications, () -> effects.join(request, inputs, join, notifications));
        } else if (next instanceof Decision.JoinForeign join) {
            return carryOut(decision, notifications, () -> {
                effects.joinForeign(request, inputs, join, notifications);
                return true;
            });
        } else if (next instanceof Decision.Skip skip) {
            skip(decision, inputs, skip, notifications);
        } else if (next instanceof Decision.Wait wait) {
            waits.untilQuietHoursEnd(decision, inputs, wait, notifications);
        } else if (next instanceof Decision.Superseded superseded) {
            return waits.superseded(decision, inputs, superseded, notifications);
        } else if (next instanceof Decision.CheckAgain again) {
            checkAgain(decision, again.after());
        } else {
            throw new IllegalArgumentException(next.toString());
        }
        return true;
    }

    /**
     * Has a prebuild requested or joined. The request is pending here until the handler knows it, so that an owner that
     * leaves always finds it in one place.
     *
     * @param how returns false if it came too late
     * @return false if the request is still to be decided on
     */
    private boolean carryOut(PendingDecision decision, Notifications notifications, BooleanSupplier how) {
        if (closed || !decision.start()) {
            return true;
        }
        boolean isOver = false;
        Runnable left = null;
        try {
            isOver = how.getAsBoolean();
        } finally {
            // After an exception the request is undecided again, so that it can fail.
            if (isOver) {
                pending.remove(decision.requestId(), decision);
            }
            left = decision.finish(isOver);
            if (left != null && isOver) {
                left.run();
            } else if (left != null) {
                withdraw(decision.requestId(), left);
            }
        }
        if (isOver) {
            waits.covered(decision, notifications);
        }
        return isOver || left != null;
    }

    private void skip(
            PendingDecision decision,
            @Nullable DecisionInputs inputs,
            Decision.Skip skip,
            Notifications notifications) {
        PrebuildResult instead = effects.skip(decision.request(), inputs, skip);
        if (ends(decision)) {
            String projectId = inputs == null ? null : inputs.project().id();
            String message = Messages.Decision_skipped(skip.reason());
            notifications.add(
                    () -> effects.conclude(decision.request(), EndStatus.SKIPPED, projectId, instead, message));
        }
        if (inputs != null && !skip.missedChange()) {
            waits.covered(decision, notifications);
        } else {
            waits.gotNone(decision);
        }
    }

    private void fail(PendingDecision decision, String why) {
        if (ends(decision)) {
            effects.conclude(decision.request(), EndStatus.ERROR, null, null, why);
        }
        waits.gotNone(decision);
    }

    /** Whether the request ends here and now. */
    private boolean ends(PendingDecision decision) {
        boolean ends = !closed && decision.end();
        if (ends) {
            pending.remove(decision.requestId(), decision);
        }
        return ends;
    }
}
