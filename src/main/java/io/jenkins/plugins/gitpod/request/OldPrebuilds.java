package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.engine.CleanUp;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.PrebuildMessages;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.CompletedPrebuilds;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Deletes older completed prebuilds when a newer one of this Jenkins has completed, as the options of its builds want. If
 * Jenkins stops before that is done or noted, the next prebuild that completes leads to it.
 */
final class OldPrebuilds {

    private static final Logger LOGGER = Logger.getLogger(OldPrebuilds.class.getName());

    /** How long a build waits for the line about what was deleted. It ends before the grace period of an aborted build. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(5);

    private final EngineRuntime runtime;
    private final PrebuildEngine engine;
    private final CompletedPrebuilds completed;
    private final CommitHistory history;

    OldPrebuilds(
            @NonNull EngineRuntime runtime,
            @NonNull PrebuildEngine engine,
            @NonNull CompletedPrebuilds completed,
            @NonNull CommitHistory history) {
        this.runtime = runtime;
        this.engine = engine;
        this.completed = completed;
        this.history = history;
    }

    /** How many prebuilds are kept: as many as the most careful of the builds wants; 0 if none wants older ones deleted. */
    static int keep(@NonNull List<PrebuildRequest> builds) {
        return builds.stream()
                .mapToInt(each -> each.after().keepPrebuilds())
                .max()
                .orElse(0);
    }

    /** A prebuild that this Jenkins created has ended. If it has completed, that is saved by {@link CompletedPrebuilds}. */
    void ended(@NonNull PrebuildRequest request, @NonNull Outcome outcome) {
        Prebuild prebuild = completed(outcome);
        if (prebuild != null) {
            completed.add(request.projectId(), prebuild.id(), request.requestId());
        }
    }

    @CheckForNull
    private static Prebuild completed(Outcome outcome) {
        return outcome instanceof Outcome.Ended ended
                        && ended.prebuild().status().phase() == PrebuildPhase.COMPLETED
                ? ended.prebuild()
                : null;
    }

    /**
     * Deletes older prebuilds of the project and class of one that has completed. One with a warning may have a broken snapshot,
     * so the older ones stay then. Returns at once.
     *
     * @param keep how many are kept; 0 to delete none
     * @param console prints a line in the consoles of the builds that wait
     * @param whenDone runs once, after the line was printed or a limit of time was reached
     */
    void delete(
            @NonNull PrebuildRequest request,
            @NonNull Outcome outcome,
            int keep,
            @NonNull TokenSource tokens,
            @NonNull Consumer<String> console,
            @NonNull Runnable whenDone) {
        Prebuild newest = completed(outcome);
        if (newest == null || newest.status().warningMessage() != null || keep < 1) {
            whenDone.run();
            return;
        }
        AtomicBoolean isDone = new AtomicBoolean();
        Runnable done = () -> {
            if (!isDone.getAndSet(true)) {
                whenDone.run();
            }
        };
        try {
            EngineRuntime.Timer limit = runtime.schedule(TIME_LIMIT, () -> inBackground(done));
            Set<String> own = completed.of(request.projectId());
            Set<String> recent = completed.recent(request.projectId());
            engine.cleanUp(new CleanUp(request.connection(), tokens, newest, keep, own, recent), result -> {
                limit.cancel();
                String line = line(request, keep, result);
                inBackground(() -> {
                    try {
                        forget(result);
                        tell(line, console);
                    } finally {
                        done.run();
                    }
                });
            });
        } catch (RuntimeException | Error e) {
            done.run();
            throw e;
        }
    }

    /**
     * A commit whose prebuild is gone may get another one. The other files need not change: the list of completed prebuilds is
     * compared with what Gitpod has, and how long a prebuild took and when it ran stays true.
     */
    private void forget(CleanUp.Result result) {
        Set<String> gone =
                Stream.concat(result.deleted().stream(), result.gone().stream()).collect(Collectors.toSet());
        if (!gone.isEmpty()) {
            Guarded.run("note which prebuilds were deleted", () -> history.deleted(gone));
        }
    }

    private void inBackground(Runnable task) {
        runtime.executor(WorkQueue.DELIVERY).execute(task);
    }

    private static void tell(@CheckForNull String line, Consumer<String> console) {
        if (line != null) {
            LOGGER.log(Level.INFO, "{0}", line);
            console.accept(line);
        }
    }

    /** What was done, or null if there was nothing to do. */
    @CheckForNull
    private static String line(PrebuildRequest request, int keep, CleanUp.Result result) {
        String project = request.projectId();
        String why = null;
        if (result.failure() != null) {
            why = CallFailures.explain(result.failure(), request.connection());
        } else if (result.tokenFailure() != null) {
            why = PrebuildMessages.explain(result.tokenFailure());
        }
        String failed = why == null ? null : Messages.OldPrebuilds_failed(project, why);
        if (result.deleted().isEmpty()) {
            return failed;
        }
        String deleted = Messages.OldPrebuilds_deleted(project, keep, String.join(", ", result.deleted()));
        return failed == null ? deleted : deleted + " " + failed;
    }
}
