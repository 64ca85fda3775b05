package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells a request's observer the updates in order, and the outcome exactly once. Its methods belong to the request's
 * mailbox; the observer is called on the executor.
 */
final class ObserverNotifier {

    private static final Logger LOGGER = Logger.getLogger(ObserverNotifier.class.getName());

    @CheckForNull
    private final PrebuildObserver observer;

    private final Executor inOrder;
    private final BooleanSupplier stopped;
    private final Runnable onDelivered;
    private final Runnable onSettled;
    private boolean concluded;
    private boolean delivered;
    private boolean settling;

    /**
     * @param observer null for a request that reports to none
     * @param inOrder runs one task after the other
     * @param stopped whether nothing is to be delivered any longer
     * @param onDelivered is run on a thread of the executor once the observer has heard the outcome
     * @param onSettled is run on a thread of the executor once the observer has heard the end of the prebuild after that
     */
    ObserverNotifier(
            @Nullable PrebuildObserver observer,
            Executor inOrder,
            BooleanSupplier stopped,
            Runnable onDelivered,
            Runnable onSettled) {
        this.observer = observer;
        this.inOrder = inOrder;
        this.stopped = stopped;
        this.onDelivered = onDelivered;
        this.onSettled = onSettled;
    }

    /** Whether there is an observer whose owner is known to be there. */
    boolean isOwnerThere() {
        return observer != null && !delivered && observer.isThere();
    }

    void update(Update update) {
        PrebuildObserver to = observer;
        if (to != null && !concluded) {
            inOrder.execute(() -> guarded(() -> to.update(update)));
        }
    }

    /** The first call counts. */
    void conclude(Outcome outcome) {
        PrebuildObserver to = observer;
        if (to == null || concluded) {
            return;
        }
        concluded = true;
        inOrder.execute(() -> {
            if (!stopped.getAsBoolean()) {
                guarded(() -> to.concluded(outcome));
                onDelivered.run();
            }
        });
    }

    void outcomeDelivered() {
        delivered = true;
    }

    /** The end of the prebuild, after an outcome that did not wait for it. */
    void settle(Outcome end) {
        PrebuildObserver to = observer;
        if (to == null) {
            return;
        }
        settling = true;
        inOrder.execute(() -> {
            if (!stopped.getAsBoolean()) {
                guarded(() -> to.settled(end));
                onSettled.run();
            }
        });
    }

    void endDelivered() {
        settling = false;
    }

    /** Whether the observer, if there is one, has heard everything. */
    boolean isDone() {
        return !settling && (observer == null || delivered);
    }

    private void guarded(Runnable call) {
        if (stopped.getAsBoolean()) {
            return;
        }
        try {
            call.run();
        } catch (Throwable e) {
            LOGGER.log(Level.WARNING, "Could not notify the observer of a Gitpod prebuild", e);
        }
    }
}
