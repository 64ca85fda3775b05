package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * One prebuild of the simulator, and methods to interfere with it. Thread-safe. Whatever was done last counts: a
 * cancel frees a forced phase, a new plan undoes a cancel.
 */
public final class SimPrebuild {
    private static final Duration DELETING = Duration.ofSeconds(2);

    private final long sequence;
    private final String id;
    private final SimEnvironment environment;
    private final SimProject project;
    private final String environmentClassId;
    private final Account creator;
    private final Instant createdAt;

    @Nullable
    private final String timeout;

    private final InstantSource clock;
    private final List<String> logLines = new CopyOnWriteArrayList<>();
    private volatile String trigger = "PREBUILD_TRIGGER_MANUAL";
    private volatile boolean logKept;
    private volatile PrebuildState state;
    private volatile Reading lastReading;

    SimPrebuild(
            Creation creation,
            SimProject project,
            String environmentClassId,
            Account creator,
            @Nullable String timeout,
            PhasePlan plan,
            InstantSource clock) {
        this.sequence = creation.sequence();
        this.id = creation.id();
        this.environment = new SimEnvironment(creation.environmentId(), project);
        this.createdAt = creation.at();
        this.project = project;
        this.environmentClassId = environmentClassId;
        this.creator = creator;
        this.timeout = timeout;
        this.clock = clock;
        this.state = PrebuildState.begin(createdAt, plan);
    }

    /** How it looked, kept because lists look at thousands of prebuilds in each call. */
    private record Reading(PrebuildState state, PrebuildStatus status) {}

    /** What the store gives a new prebuild. */
    record Creation(long sequence, String id, String environmentId, Instant at) {}

    /**
     * Gives it another plan, counted from its creation; forgets a cancel, a deletion or a forced phase.
     *
     * @param plan the plan
     * @return this
     */
    @NonNull
    public SimPrebuild plan(@NonNull PhasePlan plan) {
        return change(before -> before.withPlan(plan));
    }

    /**
     * Puts it into a phase, from now on, until somebody interferes again.
     *
     * @param phase the phase
     * @return this
     */
    @NonNull
    public SimPrebuild forcePhase(@NonNull SimPhase phase) {
        return change(before ->
                before.withForcedPhase(new PrebuildState.ForcedPhase(phase.wireName(), phase, clock.instant(), null)));
    }

    /**
     * Makes it fail now.
     *
     * @param message the failure message
     * @return this
     */
    @NonNull
    public SimPrebuild failWith(@NonNull String message) {
        return change(before -> before.withForcedPhase(
                new PrebuildState.ForcedPhase(SimPhase.FAILED.wireName(), SimPhase.FAILED, clock.instant(), message)));
    }

    /**
     * Puts it into an undocumented phase.
     *
     * @param wireName the phase's name on the wire, for instance {@code PREBUILD_PHASE_NEW_THING}; an empty one is left
     *     out on the wire
     * @return this
     */
    @NonNull
    public SimPrebuild unknownPhase(@NonNull String wireName) {
        return change(before -> before.withForcedPhase(
                new PrebuildState.ForcedPhase(wireName, SimPhase.byWireName(wireName), clock.instant(), null)));
    }

    /**
     * Sets a warning, visible at once.
     *
     * @param message the warning message
     * @return this
     */
    @NonNull
    public SimPrebuild warn(@NonNull String message) {
        return change(before -> before.withWarning(message));
    }

    /**
     * Keeps its snapshot at 0 % permanently, once its plan reaches that phase.
     *
     * @return this
     */
    @NonNull
    public SimPrebuild stallSnapshot() {
        return change(PrebuildState::withStalledSnapshot);
    }

    /**
     * Cancels it as another person would, with the same effect as a CancelPrebuild call.
     *
     * @return this
     * @throws IllegalStateException if it has ended or is deleted
     */
    @NonNull
    public SimPrebuild cancelBySomeoneElse() {
        try {
            cancel();
        } catch (ApiError e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return this;
    }

    /**
     * Deletes it with the same effect as a DeletePrebuild call: {@code DELETING} for 2 s, then it is gone. Nothing
     * happens if it is already being deleted.
     *
     * @return this
     */
    @NonNull
    public SimPrebuild delete() {
        return deleteWithin(DELETING);
    }

    /**
     * Makes it gone at once: not found from now on.
     *
     * @return this
     */
    @NonNull
    public SimPrebuild vanish() {
        return deleteWithin(Duration.ZERO);
    }

    private SimPrebuild deleteWithin(Duration length) {
        Instant now = clock.instant();
        return change(before ->
                before.deletedAt() != null && !length.isZero() ? before : before.withDeletion(now, now.plus(length)));
    }

    /**
     * Makes it look as if Gitpod's own schedule had made it.
     *
     * @return this
     */
    @NonNull
    public SimPrebuild scheduled() {
        trigger = "PREBUILD_TRIGGER_SCHEDULED";
        return this;
    }

    /**
     * Makes it look as if an undocumented trigger had made it.
     *
     * @param wireName the trigger's name on the wire, for instance {@code PREBUILD_TRIGGER_NEW_THING}
     * @return this
     */
    @NonNull
    public SimPrebuild unknownTrigger(@NonNull String wireName) {
        trigger = wireName;
        return this;
    }

    /**
     * Adds a line to its log.
     *
     * @param line the line, without its end
     * @return this
     */
    @NonNull
    public SimPrebuild log(@NonNull String line) {
        logLines.add(line);
        return this;
    }

    /**
     * Keeps the log readable after the end; else it goes away with the environment.
     *
     * @return this
     */
    @NonNull
    public SimPrebuild keepLog() {
        logKept = true;
        return this;
    }

    /** What CancelPrebuild does; the answer shows the phase from before. */
    synchronized PrebuildStatus cancel() throws ApiError {
        Instant now = clock.instant();
        PrebuildStatus before = at(now);
        if (before.deleted()) {
            throw ApiError.notFound("prebuild " + id);
        }
        if (before.ended()) {
            throw new ApiError(ConnectCode.FAILED_PRECONDITION, "prebuild is already in its end phase");
        }
        if (state.cancelledAt() == null) {
            change(current -> current.withCancel(now));
        }
        return before;
    }

    private synchronized SimPrebuild change(UnaryOperator<PrebuildState> step) {
        state = step.apply(state);
        return this;
    }

    /**
     * Its id.
     *
     * @return a uuid, version 7
     */
    @NonNull
    public String id() {
        return id;
    }

    /**
     * The project it was made for.
     *
     * @return the project's id
     */
    @NonNull
    public String projectId() {
        return project.id();
    }

    /**
     * The class it was made for.
     *
     * @return the class that was asked for, else the project's first
     */
    @NonNull
    public String environmentClassId() {
        return environmentClassId;
    }

    /**
     * Who made it.
     *
     * @return the account
     */
    @NonNull
    public Account creator() {
        return creator;
    }

    /**
     * When it was made.
     *
     * @return the moment by the simulator's clock
     */
    @NonNull
    public Instant createdAt() {
        return createdAt;
    }

    /**
     * The timeout that was asked for.
     *
     * @return as on the wire, for instance {@code 5400s}; null if none was
     */
    @CheckForNull
    public String timeout() {
        return timeout;
    }

    /**
     * The environment that makes it.
     *
     * @return a uuid
     */
    @NonNull
    public String environmentId() {
        return environment.id();
    }

    /**
     * The environment that makes it, to set what it knows of its working copy.
     *
     * @return the environment
     */
    @NonNull
    public SimEnvironment environment() {
        return environment;
    }

    /**
     * The phase it is in now.
     *
     * @return the phase; null for an undocumented one
     */
    @CheckForNull
    public SimPhase phase() {
        return now().phase();
    }

    /**
     * Whether it has not ended yet: what would keep running and costing.
     *
     * @return false from an end phase on
     */
    public boolean isActive() {
        return !now().ended();
    }

    /**
     * Whether a cancel was accepted for it.
     *
     * @return true from the moment of the cancel
     */
    public boolean isCancelRequested() {
        return state.cancelledAt() != null;
    }

    long sequence() {
        return sequence;
    }

    String trigger() {
        return trigger;
    }

    PrebuildState state() {
        return state;
    }

    PrebuildStatus now() {
        return at(clock.instant());
    }

    PrebuildStatus at(Instant now) {
        PrebuildState current = state;
        Reading last = lastReading;
        if (last == null || last.state() != current || !last.status().holdsAt(now)) {
            last = new Reading(current, current.at(now));
            lastReading = last;
        }
        return last.status();
    }

    List<String> logLines() {
        return logLines;
    }

    boolean hasLog() {
        SimPhase phase = phase();
        return phase != null && (phase.hasLog() || (logKept && phase.isEnd() && phase != SimPhase.DELETED));
    }

    @Override
    public String toString() {
        return "prebuild " + id + " (" + now().wirePhase() + ")";
    }
}
