package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A request in the {@link DecisionQueue}. */
final class PendingDecision {

    private enum State {
        UNDECIDED,
        /** A prebuild is being requested or joined. An owner that leaves now has to wait for the outcome. */
        CARRYING_OUT,
        OVER
    }

    private final StepRequest request;
    private final TokenSource tokens;
    private final long order = RequestOrder.next();
    private final long made;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private State state = State.UNDECIDED;

    /** When it was last begun to decide: a request may wait for hours, and only troubles of now count. */
    private volatile long since;

    private volatile boolean hasWaited;

    @CheckForNull
    private Runnable whenCarriedOut;

    /** @param since by {@link io.jenkins.plugins.gitpod.engine.EngineRuntime#nanoTime()} */
    PendingDecision(@NonNull StepRequest request, @NonNull TokenSource tokens, long since) {
        this.request = request;
        this.tokens = tokens;
        this.since = since;
        this.made = since;
    }

    @NonNull
    StepRequest request() {
        return request;
    }

    @NonNull
    UUID requestId() {
        return request.requestId();
    }

    @NonNull
    TokenSource tokens() {
        return tokens;
    }

    /** When the request was made, by {@link RequestOrder}. */
    long order() {
        return order;
    }

    /** Whether it has waited for the end of a prebuild. */
    boolean hasWaited() {
        return hasWaited;
    }

    /** The wait for the end of a prebuild is over: it is decided anew. */
    void begin(long nanoTime) {
        hasWaited = true;
        since = nanoTime;
    }

    /** How long ago it was begun to decide. */
    @NonNull
    Duration age(long nanoTime) {
        return Duration.ofNanos(nanoTime - since);
    }

    /** The time until now does not count: the request was made to wait. */
    void startAge(long nanoTime) {
        since = nanoTime;
    }

    /** Whether it was added after another one. */
    boolean isNewerThan(@NonNull PendingDecision other) {
        return order > other.order;
    }

    /** The request for pages. @param projectId the empty text if the project is not known */
    @NonNull
    UndecidedRequest shown(@NonNull String projectId, @NonNull UndecidedRequest.WaitsFor waitsFor, long nanoTime) {
        return new UndecidedRequest(request, projectId, waitsFor, Duration.ofNanos(nanoTime - made));
    }

    /** Prints a line in the console. The same line is printed only once, however often the request is looked at. */
    void print(@NonNull String line) {
        if (told.add(line)) {
            Guarded.run("print: " + line, () -> request.listener().line(line));
        }
    }

    /** Whether this is the first message of its kind. */
    boolean isFirst(@NonNull String kind) {
        return told.add(kind);
    }

    /** Whether nothing is decided and no decision is being carried out. */
    synchronized boolean isUndecided() {
        return state == State.UNDECIDED;
    }

    /** Whether nothing is left to decide. */
    synchronized boolean isOver() {
        return state == State.OVER;
    }

    /** Ends the request. @return false if it is being carried out, or over */
    synchronized boolean end() {
        boolean isUndecided = state == State.UNDECIDED;
        if (isUndecided) {
            state = State.OVER;
        }
        return isUndecided;
    }

    /** Starts to carry out a decision. @return false if another decision is being carried out, or the request is over */
    synchronized boolean start() {
        boolean isUndecided = state == State.UNDECIDED;
        if (isUndecided) {
            state = State.CARRYING_OUT;
        }
        return isUndecided;
    }

    /**
     * A decision was carried out, or could not be.
     *
     * @param isOver whether nothing is left to decide
     * @return what an owner that left meanwhile wants to be done now, or null
     */
    @CheckForNull
    synchronized Runnable finish(boolean isOver) {
        state = isOver ? State.OVER : State.UNDECIDED;
        return whenCarriedOut;
    }

    /** Runs a task once the present decision is carried out. @return false if none is being carried out */
    synchronized boolean whenCarriedOut(@NonNull Runnable task) {
        boolean isCarryingOut = state == State.CARRYING_OUT;
        if (isCarryingOut) {
            whenCarriedOut = task;
        }
        return isCarryingOut;
    }
}
