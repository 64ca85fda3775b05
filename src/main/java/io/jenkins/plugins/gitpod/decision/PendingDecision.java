package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A wish that the {@link DecisionQueue} has, and how far it is. */
final class PendingDecision {

    /** The only ways are from the first to the last, and from the second back to the first. */
    enum Turn {
        UNDECIDED,
        /** A prebuild is made or joined, and nobody who leaves may get lost on the way. */
        HANDING_OVER,
        OVER
    }

    private final StepRequest wish;
    private final TokenSource tokens;
    private final long since;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private Turn turn = Turn.UNDECIDED;

    @CheckForNull
    private Runnable whenHandedOver;

    /** @param since by {@link io.jenkins.plugins.gitpod.engine.EngineRuntime#nanoTime()} */
    PendingDecision(@NonNull StepRequest wish, @NonNull TokenSource tokens, long since) {
        this.wish = wish;
        this.tokens = tokens;
        this.since = since;
    }

    @NonNull
    StepRequest wish() {
        return wish;
    }

    @NonNull
    UUID requestId() {
        return wish.requestId();
    }

    @NonNull
    TokenSource tokens() {
        return tokens;
    }

    @NonNull
    Duration age(long nanoTime) {
        return Duration.ofNanos(nanoTime - since);
    }

    /** A line for the console, but only once, however often is looked. */
    void tell(@NonNull String line) {
        if (told.add(line)) {
            wish.waiter().line(line);
        }
    }

    /** Whether nothing of this kind was told before. */
    boolean isFirst(@NonNull String kind) {
        return told.add(kind);
    }

    /** @return false if it is elsewhere already */
    synchronized boolean turn(@NonNull Turn from, @NonNull Turn to) {
        boolean isMine = turn == from;
        if (isMine) {
            turn = to;
        }
        return isMine;
    }

    /** @return whether it is being handed over; then this is done afterwards */
    synchronized boolean whenHandedOver(@NonNull Runnable then) {
        boolean isOnItsWay = turn == Turn.HANDING_OVER;
        if (isOnItsWay) {
            whenHandedOver = then;
        }
        return isOnItsWay;
    }

    /** @return what somebody wants to be done now */
    @CheckForNull
    synchronized Runnable handedOver(@NonNull Turn to) {
        turn = to;
        return whenHandedOver;
    }
}
