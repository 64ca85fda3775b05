package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.config.GitpodAccess;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.Lane;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
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
 * {@link PendingBook}.
 */
final class Intake {

    private static final Logger LOGGER = Logger.getLogger(Intake.class.getName());

    /** Longer than {@link io.jenkins.plugins.gitpod.config.GitpodDirectory} keeps a failure. */
    private static final Duration TRY_AGAIN = Duration.ofSeconds(6);

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final IntakeDesk desk;
    private final Rules rules;
    private final Map<UUID, AskedWish> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Whoever decides holds it until what is decided shows: two must not both find that nothing is under way. */
    private final Object deciding = new Object();

    Intake(EngineRuntime runtime, EngineSettings settings, CommitBook commits, IntakeDesk desk) {
        this.runtime = runtime;
        this.settings = settings;
        this.desk = desk;
        this.rules = new Rules(commits, desk, this);
    }

    /** Jenkins stops: nothing is decided any longer, so that all is asked for again. */
    void close() {
        closed = true;
    }

    // ---- those who ask and leave

    /** Returns at once. */
    void ask(@NonNull Wish wish, @NonNull TokenSource tokens) {
        AskedWish asked = new AskedWish(wish, tokens, runtime.nanoTime());
        open.put(wish.requestId(), asked);
        start(asked);
    }

    boolean isOpen(@NonNull UUID requestId) {
        return open.containsKey(requestId);
    }

    boolean anyOwner(@NonNull Predicate<RequestOrigin> like) {
        return open.values().stream().anyMatch(asked -> isStep(asked, like));
    }

    /** What steps like these ask for. */
    @NonNull
    List<UUID> steps(@NonNull Predicate<RequestOrigin> like) {
        return open.values().stream()
                .filter(asked -> isStep(asked, like))
                .map(AskedWish::requestId)
                .toList();
    }

    private static boolean isStep(AskedWish asked, Predicate<RequestOrigin> like) {
        return !asked.wish().isAutomatic() && like.test(asked.wish().origin());
    }

    /**
     * Takes a wish back. If nothing was decided yet, no prebuild is made.
     *
     * @param handedOver is called later if a prebuild is being made or joined just now
     * @return false if the wish is not here, or no longer
     */
    boolean withdraw(@NonNull UUID requestId, @NonNull Runnable handedOver) {
        AskedWish asked = open.get(requestId);
        if (asked == null) {
            return false;
        }
        if (!closed && asked.turn(AskedWish.Turn.UNDECIDED, AskedWish.Turn.OVER)) {
            // Open until it was told, for who is told to stop waits for that.
            deliver(() -> {
                end(asked, Conclusion.CANCELLED, null, null, Messages.PrebuildMessages_notCreated());
                open.remove(requestId, asked);
            });
            return true;
        }
        return asked.whenHandedOver(handedOver);
    }

    // ---- the way of a wish

    /** The token first, on threads of its own: a credentials provider that hangs holds up no other's look-ups. */
    private void start(AskedWish asked) {
        runtime.lane(Lane.CREDENTIALS).execute(() -> {
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

    private void token(AskedWish asked) {
        if (closed || !isOpen(asked.requestId())) {
            return;
        }
        try {
            GitpodAccess access =
                    new GitpodAccess(asked.wish().connection(), asked.tokens().token());
            runtime.lane(Lane.LOOK_UP).execute(() -> look(asked, access));
        } catch (TokenUnavailableException e) {
            deliver(() -> fail(asked, e.getMessage()));
        } catch (RuntimeException e) {
            deliver(() -> defect(asked, e));
        }
    }

    private void look(AskedWish asked, GitpodAccess access) {
        if (closed || !isOpen(asked.requestId())) {
            return;
        }
        try {
            Runnable afterwards = decide(asked, new Inquiry(asked, access).findings());
            afterwards.run();
        } catch (Inquiry.NothingFoundException e) {
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

    private Runnable decide(AskedWish asked, @Nullable Findings found) {
        if (found != null) {
            Rules.remark(asked, found);
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

    private void failed(AskedWish asked, GitpodException e) {
        String why = CallFailures.explain(e, asked.wish().connection());
        if (Inquiry.isFinal(e) || age(asked).compareTo(settings.connectBudget()) > 0) {
            fail(asked, Messages.Intake_lookUpFailed(why));
            return;
        }
        if (asked.isFirst("trouble")) {
            asked.wish().waiter().line(Messages.Intake_lookUpTrouble(why));
        }
        Duration wait = e.retryAfter().orElse(TRY_AGAIN);
        again(asked, wait.compareTo(TRY_AGAIN) < 0 ? TRY_AGAIN : wait);
    }

    private void defect(AskedWish asked, RuntimeException e) {
        if (!closed) {
            LOGGER.log(Level.WARNING, "Could not decide on a Gitpod prebuild", e);
        }
        fail(asked, Messages.Intake_defect(e.getClass().getSimpleName()));
    }

    private void deliver(Runnable task) {
        runtime.lane(Lane.DELIVERY).execute(task);
    }

    // ---- what can become of a wish; what is returned tells those who wait, which may take a while

    /** Looks once more after a while. */
    void again(@NonNull AskedWish asked, @NonNull Duration after) {
        runtime.schedule(after, () -> start(asked));
    }

    @NonNull
    Duration age(@NonNull AskedWish asked) {
        return asked.age(runtime.nanoTime());
    }

    /** @param first done right before, if the wish is not taken back */
    @NonNull
    Runnable make(@NonNull AskedWish asked, @NonNull String projectId, @NonNull Runnable first) {
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
    Runnable handOver(@NonNull AskedWish asked, @NonNull Supplier<Runnable> how) {
        if (closed || !asked.turn(AskedWish.Turn.UNDECIDED, AskedWish.Turn.HANDING_OVER)) {
            return () -> {};
        }
        Runnable afterwards = how.get();
        boolean isTaken = afterwards != null;
        if (isTaken) {
            open.remove(asked.requestId(), asked);
        }
        Runnable left = asked.handedOver(isTaken ? AskedWish.Turn.OVER : AskedWish.Turn.UNDECIDED);
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
            @NonNull AskedWish asked,
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
        return () -> end(asked, Conclusion.SKIPPED, projectId, result, Messages.Intake_skipped(why));
    }

    private void fail(AskedWish asked, String why) {
        if (isMine(asked)) {
            end(asked, Conclusion.ERROR, null, null, why);
        }
    }

    /** Whether the wish ends here and now. */
    private boolean isMine(AskedWish asked) {
        boolean isMine = !closed && asked.turn(AskedWish.Turn.UNDECIDED, AskedWish.Turn.OVER);
        if (isMine) {
            open.remove(asked.requestId(), asked);
        }
        return isMine;
    }

    private void end(
            AskedWish asked,
            Conclusion conclusion,
            @Nullable String projectId,
            @Nullable PrebuildResult result,
            String message) {
        if (closed) {
            return;
        }
        Wish wish = asked.wish();
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
