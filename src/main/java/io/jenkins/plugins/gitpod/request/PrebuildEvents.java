package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.SerialExecutor;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells each {@link PrebuildListener} what has changed in the record of a request. Each listener has a queue of its own and at
 * most one thread, so that one that hangs or fails affects no other one.
 */
final class PrebuildEvents {

    private static final Logger LOGGER = Logger.getLogger(PrebuildEvents.class.getName());

    /** How many events may wait for one listener. */
    static final int MAXIMUM_WAITING = 1_000;

    private final Supplier<? extends Iterable<PrebuildListener>> listeners;
    private final Executor executor;
    private final Map<PrebuildListener, SerialExecutor> queues = Collections.synchronizedMap(new IdentityHashMap<>());

    /** @param executor may run a task of each listener at a time */
    PrebuildEvents(@NonNull Supplier<? extends Iterable<PrebuildListener>> listeners, @NonNull Executor executor) {
        this.listeners = listeners;
        this.executor = executor;
    }

    /** A method of the listener. */
    @FunctionalInterface
    private interface Event {
        void tell(PrebuildListener listener, Run<?, ?> run, PrebuildRecord record);
    }

    /**
     * The record of a request has changed. To be called for one record at a time.
     *
     * @param before the record before the change, or null if this is the first one
     */
    void recorded(@NonNull Run<?, ?> run, @Nullable PrebuildRecord before, @NonNull PrebuildRecord now) {
        PrebuildResult result = now.getResult();
        PrebuildResult resultBefore = before == null ? null : before.getResult();
        boolean isEnd = now.getConclusion() != null && (before == null || before.getConclusion() == null);
        if (result != null && resultBefore == null && now.getConclusion() != EndStatus.SKIPPED) {
            tell(PrebuildListener::onCreated, run, now);
        } else if (!isEnd
                && result != null
                && resultBefore != null
                && !result.getPhase().equals(resultBefore.getPhase())) {
            tell(PrebuildListener::onPhaseChanged, run, now);
        }
        if (isEnd) {
            tell(PrebuildListener::onEnded, run, now);
        }
    }

    private void tell(Event event, Run<?, ?> run, PrebuildRecord record) {
        for (PrebuildListener listener : listeners.get()) {
            String name = listener.getClass().getName();
            SerialExecutor queue = queues.computeIfAbsent(listener, key -> new SerialExecutor(executor, 1));
            if (queue.waiting() < MAXIMUM_WAITING) {
                queue.execute(() -> Guarded.run("tell " + name, () -> event.tell(listener, run, record)));
            } else {
                LOGGER.log(
                        Level.WARNING,
                        "{0} does not keep up with Gitpod prebuilds; it is not told of one of {1}",
                        new Object[] {name, run});
            }
        }
    }
}
