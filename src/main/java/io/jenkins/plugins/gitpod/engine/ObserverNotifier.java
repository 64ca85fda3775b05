package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Brings news to a request's observer, in order, and the last word exactly once. Its methods belong to the request's
 * mailbox; the observer is called on the executor.
 */
final class ObserverNotifier {

    private static final Logger LOGGER = Logger.getLogger(ObserverNotifier.class.getName());

    private final Executor inOrder;
    private final BooleanSupplier stopped;
    private final Runnable delivered;
    private final Runnable settled;

    @CheckForNull
    private PrebuildObserver observer;

    /** Who has heard the last word, or is about to. */
    @CheckForNull
    private PrebuildObserver told;

    @CheckForNull
    private Outcome outcome;

    private boolean underWay;
    private boolean settling;
    private boolean over;
    private boolean ownerless;

    /**
     * @param inOrder runs one task after the other
     * @param stopped whether nothing is to be delivered any longer
     * @param delivered is run on a thread of the executor once the observer has heard the last word
     * @param settled is run on a thread of the executor once the observer has heard what became of the prebuild after that
     */
    ObserverNotifier(Executor inOrder, BooleanSupplier stopped, Runnable delivered, Runnable settled) {
        this.inOrder = inOrder;
        this.stopped = stopped;
        this.delivered = delivered;
        this.settled = settled;
    }

    /** Whether somebody listens for one who is known to be there. */
    boolean isOwnerThere() {
        PrebuildObserver to = observer;
        return to != null && to.isThere();
    }

    void attach(PrebuildObserver next) {
        observer = next;
        ownerless = false;
    }

    void forget() {
        observer = null;
        told = null;
        ownerless = true;
    }

    /** If nobody listens, nobody will. */
    void ownerLeft() {
        ownerless |= observer == null;
    }

    void update(Update update) {
        PrebuildObserver to = observer;
        if (to != null && outcome == null) {
            inOrder.execute(() -> guarded(() -> to.update(update)));
        }
    }

    void conclude(Outcome last) {
        if (outcome == null) {
            outcome = last;
        }
    }

    void deliverOutcome() {
        PrebuildObserver to = observer;
        Outcome last = outcome;
        if (to == null || last == null || underWay || over) {
            return;
        }
        underWay = true;
        told = to;
        inOrder.execute(() -> {
            if (!stopped.getAsBoolean()) {
                guarded(() -> to.concluded(last));
                delivered.run();
            }
        });
    }

    void outcomeDelivered() {
        underWay = false;
        over = true;
        observer = null;
    }

    /** The end after the last word, for whoever heard that; who has heard nothing yet need not hear what is outdated. */
    void settle(Outcome end) {
        PrebuildObserver to = told;
        if (to == null) {
            outcome = end;
            return;
        }
        settling = true;
        inOrder.execute(() -> {
            if (!stopped.getAsBoolean()) {
                guarded(() -> to.settled(end));
                settled.run();
            }
        });
    }

    void endDelivered() {
        settling = false;
        told = null;
    }

    /** Whether nobody is left who has to hear something. */
    boolean isDone() {
        return !underWay && !settling && (over || ownerless);
    }

    private void guarded(Runnable call) {
        if (stopped.getAsBoolean()) {
            return;
        }
        try {
            call.run();
        } catch (Throwable e) {
            LOGGER.log(Level.WARNING, "Could not deliver news of a Gitpod prebuild", e);
        }
    }
}
