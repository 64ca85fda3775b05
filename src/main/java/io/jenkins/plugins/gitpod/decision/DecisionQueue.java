package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.request.RequestLauncher;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Holds wishes until it is decided whether a prebuild is made of them, and of which project. All looking up happens on
 * threads of the engine. Nothing here is saved: a step asks again after a restart, and an automatic wish stands in the
 * {@link CommitRequestStore}.
 */
public final class DecisionQueue {

    private static final Logger LOGGER = Logger.getLogger(DecisionQueue.class.getName());

    /** Longer than {@link io.jenkins.plugins.gitpod.config.GitpodLookup} keeps a failure. */
    private static final Duration TRY_AGAIN = Duration.ofSeconds(6);

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final RequestLauncher desk;
    private final DecisionRules rules;
    private final Map<UUID, PendingDecision> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Whoever decides holds it until what is decided shows: two must not both find that nothing is under way. */
    private final Object deciding = new Object();

    public DecisionQueue(EngineRuntime runtime, EngineSettings settings, CommitHistory commits, RequestLauncher desk) {
        this.runtime = runtime;
        this.settings = settings;
        this.desk = desk;
        this.rules = new DecisionRules(commits, desk, this);
    }

    /** Jenkins stops: nothing is decided any longer, so that all is asked for again. */
    public void close() {
        closed = true;
    }

    // ---- those who ask and leave

    /** Returns at once. */
    public void ask(@NonNull StepRequest wish, @NonNull TokenSource tokens) {
        PendingDecision asked = new PendingDecision(wish, tokens, runtime.nanoTime());
        open.put(wish.requestId(), asked);
        start(asked);
    }

    public boolean isOpen(@NonNull UUID requestId) {
        return open.containsKey(requestId);
    }

    public boolean anyOwner(@NonNull Predicate<RequestOrigin> like) {
        return open.values().stream().anyMatch(asked -> isStep(asked, like));
    }

    /** What steps like these ask for. */
    @NonNull
    public List<UUID> steps(@NonNull Predicate<RequestOrigin> like) {
        return open.values().stream()
                .filter(asked -> isStep(asked, like))
                .map(PendingDecision::requestId)
                .toList();
    }

    private static boolean isStep(PendingDecision asked, Predicate<RequestOrigin> like) {
        return !asked.wish().isAutomatic() && like.test(asked.wish().origin());
    }

    /**
     * Takes a wish back. If nothing was decided yet, no prebuild is made.
     *
     * @param handedOver is called later if a prebuild is being made or joined just now
     * @return false if the wish is not here, or no longer
     */
    public boolean withdraw(@NonNull UUID requestId, @NonNull Runnable handedOver) {
        PendingDecision asked = open.get(requestId);
        if (asked == null) {
            return false;
        }
        if (!closed && asked.turn(PendingDecision.Turn.UNDECIDED, PendingDecision.Turn.OVER)) {
            // Open until it was told, for who is told to stop waits for that.
            deliver(() -> {
                end(asked, EndStatus.CANCELLED, null, null, Messages.PrebuildMessages_notCreated());
                open.remove(requestId, asked);
            });
            return true;
        }
        return asked.whenHandedOver(handedOver);
    }

    // ---- the way of a wish

    /** The token first, on threads of its own: a credentials provider that hangs holds up no other's look-ups. */
    private void start(PendingDecision asked) {
        runtime.executor(WorkQueue.CREDENTIALS).execute(() -> {
            FutureTask<Void> task = new FutureTask<>(() -> token(asked), null);
            EngineRuntime.Timer limit = runtime.schedule(settings.credentialLimit(), () -> {
                if (task.cancel(true)) {
                    deliver(() -> fail(asked, Messages.PrebuildMessages_credentialsNoAnswer()));
                }
            });
            task.run();
            limit.cancel();
        });
    }

    private void token(PendingDecision asked) {
        if (closed || !isOpen(asked.requestId())) {
            return;
        }
        try {
            AuthenticatedConnection access = new AuthenticatedConnection(
                    asked.wish().connection(), asked.tokens().token());
            runtime.executor(WorkQueue.LOOK_UP).execute(() -> look(asked, access));
        } catch (TokenUnavailableException e) {
            deliver(() -> fail(asked, e.getMessage()));
        } catch (RuntimeException e) {
            deliver(() -> defect(asked, e));
        }
    }

    private void look(PendingDecision asked, AuthenticatedConnection access) {
        if (closed || !isOpen(asked.requestId())) {
            return;
        }
        try {
            Runnable afterwards = decide(asked, new DecisionInputs(asked, access).findings());
            afterwards.run();
        } catch (DecisionInputs.NothingFoundException e) {
            if (e.isFault()) {
                fail(asked, e.getMessage());
            } else {
                skip(asked, null, null, e.getMessage()).run();
            }
        } catch (GitpodException e) {
            failed(asked, e);
        } catch (RuntimeException e) {
            defect(asked, e);
        }
    }

    private Runnable decide(PendingDecision asked, @Nullable Findings found) {
        if (found != null) {
            DecisionRules.remark(asked, found);
        }
        synchronized (deciding) {
            String projectId = asked.wish().options().getProjectId();
            if (found != null) {
                return rules.apply(asked, found);
            } else if (projectId != null) {
                return make(asked, projectId, () -> {});
            }
            return () -> {};
        }
    }

    private void failed(PendingDecision asked, GitpodException e) {
        String why = CallFailures.explain(e, asked.wish().connection());
        if (DecisionInputs.isFinal(e) || age(asked).compareTo(settings.connectBudget()) > 0) {
            fail(asked, Messages.Decision_lookUpFailed(why));
            return;
        }
        if (asked.isFirst("trouble")) {
            asked.wish().waiter().line(Messages.Decision_lookUpTrouble(why));
        }
        Duration wait = e.retryAfter().orElse(TRY_AGAIN);
        again(asked, wait.compareTo(TRY_AGAIN) < 0 ? TRY_AGAIN : wait);
    }

    private void defect(PendingDecision asked, RuntimeException e) {
        if (!closed) {
            LOGGER.log(Level.WARNING, "Could not decide on a Gitpod prebuild", e);
        }
        fail(asked, Messages.Decision_defect(e.getClass().getSimpleName()));
    }

    private void deliver(Runnable task) {
        runtime.executor(WorkQueue.DELIVERY).execute(task);
    }

    // ---- what can become of a wish; what is returned tells those who wait, which may take a while

    /** Looks once more after a while. */
    void again(@NonNull PendingDecision asked, @NonNull Duration after) {
        runtime.schedule(after, () -> start(asked));
    }

    @NonNull
    Duration age(@NonNull PendingDecision asked) {
        return asked.age(runtime.nanoTime());
    }

    /** @param first done right before, if the wish is not taken back */
    @NonNull
    Runnable make(@NonNull PendingDecision asked, @NonNull String projectId, @NonNull Runnable first) {
        Runnable afterwards = handOver(asked, () -> {
            first.run();
            return desk.make(asked.wish(), projectId);
        });
        return afterwards == null ? () -> {} : afterwards;
    }

    /**
     * Has a prebuild made or joined. The wish is known here until it is known there, so that there is no moment in which
     * one who leaves is found nowhere.
     *
     * @param how returns null if it was too late for that
     * @return null if the wish is still to be decided on
     */
    @Nullable
    Runnable handOver(@NonNull PendingDecision asked, @NonNull Supplier<Runnable> how) {
        if (closed || !asked.turn(PendingDecision.Turn.UNDECIDED, PendingDecision.Turn.HANDING_OVER)) {
            return () -> {};
        }
        Runnable afterwards = how.get();
        boolean isTaken = afterwards != null;
        if (isTaken) {
            open.remove(asked.requestId(), asked);
        }
        Runnable left = asked.handedOver(isTaken ? PendingDecision.Turn.OVER : PendingDecision.Turn.UNDECIDED);
        if (left == null) {
            return afterwards;
        } else if (isTaken) {
            left.run();
            return afterwards;
        }
        return withdraw(asked.requestId(), left) ? () -> {} : null;
    }

    /** No prebuild is made, for a good reason. */
    @NonNull
    Runnable skip(
            @NonNull PendingDecision asked,
            @Nullable Project project,
            @Nullable PrebuildResult instead,
            @NonNull String why) {
        if (!isMine(asked)) {
            return () -> {};
        }
        String projectId = project == null ? null : project.id();
        String url = projectId == null
                ? ""
                : asked.wish().connection().endpoint().projectPage(projectId).toString();
        PrebuildResult result =
                (instead == null ? PrebuildResult.skipped("", url, "", why) : instead).ofProject(projectId);
        return () -> end(asked, EndStatus.SKIPPED, projectId, result, Messages.Decision_skipped(why));
    }

    private void fail(PendingDecision asked, String why) {
        if (isMine(asked)) {
            end(asked, EndStatus.ERROR, null, null, why);
        }
    }

    /** Whether the wish ends here and now. */
    private boolean isMine(PendingDecision asked) {
        boolean isMine = !closed && asked.turn(PendingDecision.Turn.UNDECIDED, PendingDecision.Turn.OVER);
        if (isMine) {
            open.remove(asked.requestId(), asked);
        }
        return isMine;
    }

    private void end(
            PendingDecision asked,
            EndStatus conclusion,
            @Nullable String projectId,
            @Nullable PrebuildResult result,
            String message) {
        if (closed) {
            return;
        }
        StepRequest wish = asked.wish();
        String known =
                Objects.toString(projectId, Objects.toString(wish.options().getProjectId(), ""));
        desk.conclude(
                wish,
                new PrebuildRecord(
                        wish.requestId().toString(),
                        known,
                        wish.connection().name(),
                        !wish.options().isWait(),
                        result,
                        conclusion,
                        message));
    }
}
