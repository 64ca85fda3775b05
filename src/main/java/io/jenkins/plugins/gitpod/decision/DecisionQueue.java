package io.jenkins.plugins.gitpod.decision;

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
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildMessages;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * inputs are gathered, {@link DecisionRules} decide, the {@link DecisionHandler} carries it out. All of it happens on
 * threads of the engine. Nothing here is saved: a step asks again after a restart, and a request for a commit is kept by
 * {@link io.jenkins.plugins.gitpod.store.CommitRequestStore}.
 */
@Restricted(NoExternalUse.class)
public final class DecisionQueue {

    private static final Logger LOGGER = Logger.getLogger(DecisionQueue.class.getName());

    /** Longer than {@link io.jenkins.plugins.gitpod.config.GitpodLookup} keeps a failure. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(6);

    private static final Duration TOKEN_RETRY_INTERVAL = Duration.ofSeconds(2);

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final DecisionTokens tokens;
    private final CommitHistory history;
    private final RunningPrebuilds running;
    private final DecisionHandler handler;
    private final DecisionEffects effects;
    private final QuietRequests quiet;
    private final Map<UUID, PendingDecision> pending = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Held from a decision until it shows: two requests must not both find that no prebuild is running. */
    private final Object deciding = new Object();

    public DecisionQueue(
            @NonNull EngineRuntime runtime,
            @NonNull EngineSettings settings,
            @NonNull GitpodClients clients,
            @NonNull CommitHistory history,
            @NonNull RunningPrebuilds running,
            @NonNull DecisionHandler handler) {
        this.runtime = runtime;
        this.settings = settings;
        this.tokens = new DecisionTokens(runtime, settings, clients);
        this.history = history;
        this.running = running;
        this.handler = handler;
        this.effects = new DecisionEffects(history, handler);
        this.quiet = new QuietRequests(runtime, requestId -> !closed && isPending(requestId), this::start);
    }

    /** Jenkins stops: nothing is decided any longer, so that all requests are made again. */
    public void close() {
        closed = true;
    }

    // ---- owners

    /** Adds a request. Returns at once. */
    public void add(@NonNull StepRequest request, @NonNull TokenSource tokens) {
        PendingDecision added = new PendingDecision(request, tokens, runtime.nanoTime());
        pending.put(request.requestId(), added);
        start(added);
    }

    /** Whether a request is undecided. */
    public boolean isPending(@NonNull UUID requestId) {
        return pending.containsKey(requestId);
    }

    /** Whether a step with such an origin has an undecided request. */
    public boolean anyOwner(@NonNull Predicate<RequestOrigin> filter) {
        return !ofSteps(filter).isEmpty();
    }

    /** The undecided requests with such an origin, those for commits included. */
    @NonNull
    public List<UUID> ofJobs(@NonNull Predicate<RequestOrigin> filter) {
        return pending.values().stream()
                .filter(each -> filter.test(each.request().origin()))
                .map(PendingDecision::requestId)
                .toList();
    }

    /** The undecided requests of steps with such an origin. */
    @NonNull
    public List<UUID> ofSteps(@NonNull Predicate<RequestOrigin> filter) {
        return pending.values().stream()
                .filter(each -> !each.request().isAutomatic()
                        && filter.test(each.request().origin()))
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
            // Pending until the build was told, because a step that is stopped waits for that.
            inBackground(() -> {
                try {
                    conclude(decision, EndStatus.CANCELLED, null, null, Messages.PrebuildMessages_notCreated());
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
                    found -> runtime.executor(WorkQueue.LOOK_UP).execute(() -> decide(decision, found)),
                    failure -> noToken(decision, failure));
        }
    }

    private void noToken(PendingDecision decision, TokenUnavailableException e) {
        Duration age = age(decision);
        if (e.isPassing() && age.compareTo(settings.connectBudget()) <= 0) {
            // The waits double.
            checkAgain(decision, age.compareTo(TOKEN_RETRY_INTERVAL) < 0 ? TOKEN_RETRY_INTERVAL : age);
        } else {
            inBackground(() -> fail(decision, PrebuildMessages.explain(e)));
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
                DecisionRules.remarks(decision.request().options(), inputs).forEach(decision::print);
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
            unexpected(decision, e);
        }
    }

    private void lookUpFailed(PendingDecision decision, GitpodException e) {
        if (e.code() == ErrorCode.UNAUTHENTICATED) {
            DecisionTokens.note(decision.request(), false);
        }
        String why = CallFailures.explain(e, decision.request().connection());
        if (DecisionInputs.isFinal(e) || age(decision).compareTo(settings.connectBudget()) > 0) {
            fail(decision, Messages.Decision_lookUpFailed(why));
            return;
        }
        if (decision.isFirst("trouble")) {
            decision.print(Messages.Decision_lookUpRetried(why));
        }
        Duration wait = e.retryAfter().orElse(RETRY_INTERVAL);
        checkAgain(decision, wait.compareTo(RETRY_INTERVAL) < 0 ? RETRY_INTERVAL : wait);
    }

    private void unexpected(PendingDecision decision, Throwable e) {
        if (!closed) {
            LOGGER.log(Level.WARNING, "Could not decide about a Gitpod prebuild", e);
        }
        fail(decision, Messages.Decision_internalError(e.getClass().getSimpleName()));
    }

    private void checkAgain(PendingDecision decision, Duration after) {
        runtime.schedule(after, () -> start(decision));
    }

    private Duration age(PendingDecision decision) {
        return decision.age(runtime.nanoTime());
    }

    private void inBackground(Runnable task) {
        runtime.executor(WorkQueue.DELIVERY).execute(task);
    }

    // ---- decide and carry out, under the lock

    /** @param inputs null if the project could not be read and the options do not depend on it */
    private void decideAndCarryOut(
            PendingDecision decision, @Nullable DecisionInputs inputs, Notifications notifications) {
        StepRequest request = decision.request();
        if (inputs == null) {
            String projectId = Objects.requireNonNull(request.options().getProjectId(), "projectId");
            carryOut(decision, () -> {
                handler.create(request, projectId, List.of(), notifications);
                return true;
            });
            return;
        }
        boolean isCarriedOut = false;
        effects.count(request, inputs);
        while (!isCarriedOut) {
            Decision next = DecisionRules.decide(
                    request.options(),
                    request.isAutomatic(),
                    request.conditions(),
                    inputs,
                    LocalState.read(request, inputs, age(decision), runtime.now(), history, running),
                    request.connection()
                            .endpoint()
                            .projectPage(inputs.project().id())
                            .toString());
            isCarriedOut = carryOut(decision, inputs, next, notifications);
        }
    }

    /** @return false if the prebuild to join has ended meanwhile: then it is no longer among the running ones */
    private boolean carryOut(
            PendingDecision decision, DecisionInputs inputs, Decision next, Notifications notifications) {
        StepRequest request = decision.request();
        if (next instanceof Decision.Create create) {
            return carryOut(decision, () -> {
                effects.create(decision, inputs, create, notifications);
                return true;
            });
        } else if (next instanceof Decision.Join join) {
            return carryOut(decision, () -> effects.join(request, inputs, join, notifications));
        } else if (next instanceof Decision.JoinForeign join) {
            return carryOut(decision, () -> {
                effects.joinForeign(request, inputs, join, notifications);
                return true;
            });
        } else if (next instanceof Decision.Skip skip) {
            skip(decision, inputs, skip, notifications);
        } else if (next instanceof Decision.Wait wait) {
            // Of several requests for the same branch, only the newest one has to wait.
            PendingDecision unneeded = quiet.add(decision, inputs.key(request), wait.end(), notifications);
            if (unneeded != null) {
                skip(unneeded, inputs, new Decision.Skip(Messages.Decision_newerWaits(), null, true), notifications);
            }
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
    private boolean carryOut(PendingDecision decision, BooleanSupplier how) {
        if (closed || !decision.start()) {
            return true;
        }
        boolean isOver = false;
        Runnable left;
        try {
            isOver = how.getAsBoolean();
        } finally {
            // After an exception the request is undecided again, so that it can fail.
            if (isOver) {
                pending.remove(decision.requestId(), decision);
            }
            left = decision.finish(isOver);
        }
        if (left == null) {
            return isOver;
        } else if (isOver) {
            left.run();
            return true;
        }
        return withdraw(decision.requestId(), left);
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
            notifications.add(() -> conclude(decision, EndStatus.SKIPPED, projectId, instead, message));
        }
    }

    // ---- ends

    private void fail(PendingDecision decision, String why) {
        if (ends(decision)) {
            conclude(decision, EndStatus.ERROR, null, null, why);
        }
    }

    /** Whether the request ends here and now. */
    private boolean ends(PendingDecision decision) {
        boolean ends = !closed && decision.end();
        if (ends) {
            pending.remove(decision.requestId(), decision);
        }
        return ends;
    }

    private void conclude(
            PendingDecision decision,
            EndStatus status,
            @Nullable String projectId,
            @Nullable PrebuildResult result,
            String message) {
        if (closed) {
            return;
        }
        StepRequest request = decision.request();
        String known =
                Objects.toString(projectId, Objects.toString(request.options().getProjectId(), ""));
        handler.conclude(
                request,
                new PrebuildRecord(
                        request.requestId().toString(),
                        known,
                        request.connection().name(),
                        !request.options().isWait(),
                        result,
                        status,
                        message));
    }
}
