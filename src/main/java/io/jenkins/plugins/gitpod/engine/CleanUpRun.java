package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildFilter;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Decision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Carries out a {@link CleanUp}: lists the completed prebuilds, and deletes one after the other, with calls that the watcher
 * leaves in its budget. Each step begins when the one before has ended, so no lock is needed. A deletion may be repeated: it has no
 * further effect.
 */
final class CleanUpRun {

    private static final int MAX_TRIES = 4;
    private static final int PAGE_SIZE = 100;
    private static final int MAX_PAGES = 20;

    private final EngineContext context;
    private final CleanUp cleanUp;
    private final Consumer<CleanUp.Result> done;
    private final Backoff backoff = new Backoff(Duration.ofSeconds(2), RequestState.MAX_WAIT);
    private final List<String> deleted = new ArrayList<>();
    private final List<String> gone = new ArrayList<>();
    private final Deque<String> old = new ArrayDeque<>();
    private int tries;

    @CheckForNull
    private volatile Session session;

    /** @param done is told the result, unless the engine is closed before */
    CleanUpRun(EngineContext context, CleanUp cleanUp, Consumer<CleanUp.Result> done) {
        this.context = context;
        this.cleanUp = cleanUp;
        this.done = done;
    }

    /** Returns at once. */
    void start() {
        context.runtime().executor(WorkQueue.CREDENTIALS).execute(() -> {
            BearerToken token;
            try {
                token = cleanUp.tokens().token();
            } catch (TokenUnavailableException e) {
                done.accept(new CleanUp.Result(List.of(), List.of(), null, e));
                return;
            }
            session = context.sessions().open(cleanUp.connection(), token);
            list();
        });
    }

    private void call(String method, ExtraCalls.Call call, Consumer<GitpodException> failed) {
        Session with = session;
        if (with != null) {
            with.extraCalls().add(method, () -> !context.isClosed(), call, failed);
        }
    }

    private void later(Duration delay, Runnable task) {
        context.runtime()
                .schedule(
                        delay, () -> context.runtime().executor(WorkQueue.WATCH).execute(task));
    }

    // ---- list

    private void list() {
        list(new ArrayList<>(), null, 1);
    }

    private void list(List<Prebuild> found, @Nullable String start, int page) {
        String projectId = String.valueOf(cleanUp.newest().metadata().projectId());
        PrebuildFilter filter = PrebuildFilter.none()
                .withProjectIds(List.of(projectId))
                .withPhases(EnumSet.of(PrebuildPhase.COMPLETED));
        call(
                "ListPrebuilds",
                () -> {
                    Session with = session;
                    PrebuildPage answer = with == null ? null : with.client().listPrebuilds(filter, PAGE_SIZE, start);
                    if (answer != null) {
                        found.addAll(answer.prebuilds());
                        listed(found, answer.nextPage(), start, page);
                    }
                },
                this::listFailed);
    }

    private void listed(List<Prebuild> found, @Nullable String next, @Nullable String start, int page) {
        boolean isLast = next == null || next.isEmpty();
        if (!isLast && !next.equals(start) && page < MAX_PAGES) {
            list(found, next, page + 1);
            return;
        }
        List<String> chosen = CleanUpRules.toDelete(cleanUp, found);
        if (chosen != null) {
            tries = 0;
            if (isLast) {
                gone.addAll(CleanUpRules.gone(cleanUp, found));
            }
            old.addAll(chosen);
            deleteNext();
        } else if (++tries < MAX_TRIES) {
            // A list may lag behind the prebuild's own state.
            later(context.settings().readLag(), this::list);
        } else {
            end(null);
        }
    }

    private void listFailed(@Nullable GitpodException e) {
        Duration wait = e == null ? null : wait(RetryPolicy.read(e), e);
        if (wait == null) {
            end(e);
        } else {
            later(wait, this::list);
        }
    }

    // ---- delete

    private void deleteNext() {
        String id = old.poll();
        if (id == null) {
            end(null);
        } else {
            delete(id, false);
        }
    }

    /** @param mayBeDone whether an earlier call without an answer may have deleted it */
    private void delete(String id, boolean mayBeDone) {
        call(
                "DeletePrebuild",
                () -> {
                    Session with = session;
                    if (with != null) {
                        with.client().deletePrebuild(id);
                        deleted(id);
                    }
                },
                e -> deleteFailed(id, mayBeDone, e));
    }

    private void deleted(String id) {
        deleted.add(id);
        tries = 0;
        backoff.reset();
        deleteNext();
    }

    private void deleteFailed(String id, boolean mayBeDone, @Nullable GitpodException e) {
        if (e == null) {
            end(null);
            return;
        }
        Decision decision = RetryPolicy.cancel(e);
        if (decision == Decision.ALREADY_OVER || decision == Decision.NOT_FOUND) {
            if (mayBeDone) {
                deleted(id);
            } else {
                if (decision == Decision.NOT_FOUND) {
                    gone.add(id);
                }
                tries = 0;
                deleteNext();
            }
            return;
        }
        Duration wait = wait(decision, e);
        if (wait == null) {
            end(e);
        } else {
            boolean mayHaveActed = decision != Decision.WAIT && e.delivery() != GitpodException.Delivery.NOT_SENT;
            later(wait, () -> delete(id, mayBeDone || mayHaveActed));
        }
    }

    // ---- failures and the end

    /** How long to wait before the next try, or null to give up. */
    @CheckForNull
    private Duration wait(Decision decision, GitpodException e) {
        if (++tries >= MAX_TRIES) {
            return null;
        }
        return switch (decision) {
            case WAIT -> Backoff.min(RequestState.retryAfter(e), RequestState.MAX_WAIT);
            case TRANSIENT, UNEXPECTED -> backoff.next(context.runtime().random());
            default -> null;
        };
    }

    private void end(@Nullable GitpodException failure) {
        Session with = session;
        session = null;
        if (with != null) {
            context.sessions().release(with);
            done.accept(new CleanUp.Result(deleted, gone, failure, null));
        }
    }
}
