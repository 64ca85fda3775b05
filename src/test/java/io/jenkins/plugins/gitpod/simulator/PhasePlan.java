package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a prebuild goes through if no test interferes: phases with their lengths, and the phase it then stays in.
 * Immutable; where a prebuild stands is a function of the time since its creation, so that plans work alike in real
 * and in simulated time.
 */
public final class PhasePlan {
    private static final long TYPICAL_SNAPSHOT_BYTES = 6_442_450_944L;
    private static final Duration DEFAULT_CANCELLING = Duration.ofSeconds(2);

    /**
     * One phase of a plan.
     *
     * @param phase the phase
     * @param length how long it lasts, not negative
     */
    public record Step(@NonNull SimPhase phase, @NonNull Duration length) {
        /** Checks the length. */
        public Step {
            if (length.isNegative()) {
                throw new IllegalArgumentException("A phase cannot last " + length);
            }
        }
    }

    private final List<Step> steps;

    /** The age at which each step is entered, and last the end; this is asked for very often. */
    private final List<Duration> entries;

    private final SimPhase end;

    @Nullable
    private final String failureMessage;

    @Nullable
    private final String warningMessage;

    private final long snapshotSizeBytes;
    private final Duration cancelling;

    private PhasePlan(
            List<Step> steps,
            SimPhase end,
            @Nullable String failureMessage,
            @Nullable String warningMessage,
            long snapshotSizeBytes,
            Duration cancelling) {
        this.steps = List.copyOf(steps);
        this.entries = entries(steps);
        this.end = end;
        this.failureMessage = failureMessage;
        this.warningMessage = warningMessage;
        this.snapshotSizeBytes = snapshotSizeBytes;
        this.cancelling = cancelling;
    }

    /**
     * A plan of one's own.
     *
     * @param steps the phases in order
     * @param end the phase that follows them and stays, any phase
     * @return the plan, without messages and with a snapshot of 6 GiB
     */
    @NonNull
    public static PhasePlan of(@NonNull List<Step> steps, @NonNull SimPhase end) {
        return new PhasePlan(steps, end, null, null, TYPICAL_SNAPSHOT_BYTES, DEFAULT_CANCELLING);
    }

    /**
     * The typical prebuild: 5 s pending, 25 s starting, 3 min running, 2 min stopping, 5 min 30 s snapshotting, then
     * completed after 11 min with a snapshot of 6 GiB.
     *
     * @return the plan
     */
    @NonNull
    public static PhasePlan typical() {
        return of(
                List.of(
                        new Step(SimPhase.PENDING, Duration.ofSeconds(5)),
                        new Step(SimPhase.STARTING, Duration.ofSeconds(25)),
                        new Step(SimPhase.RUNNING, Duration.ofMinutes(3)),
                        new Step(SimPhase.STOPPING, Duration.ofMinutes(2)),
                        new Step(SimPhase.SNAPSHOTTING, Duration.ofSeconds(330))),
                SimPhase.COMPLETED);
    }

    /**
     * The typical prebuild in a shorter (or longer) time.
     *
     * @param total the time from creation to completion
     * @return the plan
     */
    @NonNull
    public static PhasePlan quick(@NonNull Duration total) {
        PhasePlan typical = typical();
        return typical.scaled((double) total.toNanos() / typical.total().toNanos());
    }

    /**
     * A prebuild that fails after it has run for a minute, 90 s after its creation.
     *
     * @param message the failure message
     * @return the plan
     */
    @NonNull
    public static PhasePlan failing(@NonNull String message) {
        List<Step> steps = List.of(
                new Step(SimPhase.PENDING, Duration.ofSeconds(5)),
                new Step(SimPhase.STARTING, Duration.ofSeconds(25)),
                new Step(SimPhase.RUNNING, Duration.ofMinutes(1)));
        return of(steps, SimPhase.FAILED).withFailure(message);
    }

    /**
     * A prebuild that somebody cancels in Gitpod after it has run for a minute.
     *
     * @return the plan
     */
    @NonNull
    public static PhasePlan cancelled() {
        return of(failing("").steps, SimPhase.CANCELLED);
    }

    /**
     * The typical prebuild, with a warning from {@code STOPPING} on: what failed tasks normally lead to.
     *
     * @param message the warning message
     * @return the plan
     */
    @NonNull
    public static PhasePlan completedWithWarning(@NonNull String message) {
        return typical().withWarning(message);
    }

    /**
     * The typical prebuild up to a phase that then never ends. A phase that a typical prebuild does not go through is
     * entered at once.
     *
     * @param phase the phase to stay in
     * @return the plan
     */
    @NonNull
    public static PhasePlan stuckIn(@NonNull SimPhase phase) {
        List<Step> before = new ArrayList<>();
        for (Step step : typical().steps) {
            if (step.phase() == phase) {
                return of(before, phase);
            }
            before.add(step);
        }
        return of(List.of(), phase);
    }

    /**
     * The same plan with all lengths multiplied, that of cancelling too.
     *
     * @param factor 0 or more; 0.1 makes it ten times as fast
     * @return the plan
     */
    @NonNull
    public PhasePlan scaled(double factor) {
        List<Step> scaled = new ArrayList<>();
        for (Step step : steps) {
            scaled.add(new Step(step.phase(), times(step.length(), factor)));
        }
        return new PhasePlan(scaled, end, failureMessage, warningMessage, snapshotSizeBytes, times(cancelling, factor));
    }

    private static Duration times(Duration length, double factor) {
        return Duration.ofNanos(Math.round(length.toNanos() * factor));
    }

    /**
     * The same plan with a warning from {@code STOPPING} on.
     *
     * @param message the warning message
     * @return the plan
     */
    @NonNull
    public PhasePlan withWarning(@NonNull String message) {
        return new PhasePlan(steps, end, failureMessage, message, snapshotSizeBytes, cancelling);
    }

    /**
     * The same plan with another failure message.
     *
     * @param message what a failed prebuild shows
     * @return the plan
     */
    @NonNull
    public PhasePlan withFailure(@NonNull String message) {
        return new PhasePlan(steps, end, message, warningMessage, snapshotSizeBytes, cancelling);
    }

    /**
     * The same plan with another size of the snapshot.
     *
     * @param bytes the size that a completed prebuild shows; 0 is left out on the wire
     * @return the plan
     */
    @NonNull
    public PhasePlan withSnapshotSize(long bytes) {
        return new PhasePlan(steps, end, failureMessage, warningMessage, bytes, cancelling);
    }

    /**
     * The same plan with another time for cancelling.
     *
     * @param length how long a cancelled prebuild shows {@code CANCELLING}; 2 s if not set
     * @return the plan
     */
    @NonNull
    public PhasePlan cancellingFor(@NonNull Duration length) {
        return new PhasePlan(steps, end, failureMessage, warningMessage, snapshotSizeBytes, length);
    }

    /**
     * The time from creation to the last phase.
     *
     * @return the sum of the steps' lengths
     */
    @NonNull
    public Duration total() {
        return entries.get(steps.size());
    }

    private static List<Duration> entries(List<Step> steps) {
        List<Duration> entries = new ArrayList<>();
        Duration entered = Duration.ZERO;
        entries.add(entered);
        for (Step step : steps) {
            entered = entered.plus(step.length());
            entries.add(entered);
        }
        return List.copyOf(entries);
    }

    Duration cancelling() {
        return cancelling;
    }

    long snapshotSizeBytes() {
        return snapshotSizeBytes;
    }

    @CheckForNull
    String failureMessage() {
        return failureMessage;
    }

    @CheckForNull
    String warningMessage() {
        return warningMessage;
    }

    /**
     * Where a prebuild of a certain age stands.
     *
     * @param phase the phase
     * @param index how many phases it has left behind
     * @param enteredAfter its age when the phase began
     * @param leftAfter its age when the phase ends, null if it never does
     * @param percentage how much of the phase is over, 0 to 99; 0 in the last
     */
    record Position(
            SimPhase phase,
            int index,
            Duration enteredAfter,
            @Nullable Duration leftAfter,
            int percentage) {}

    Position at(Duration age) {
        int index = 0;
        while (index < steps.size() && age.compareTo(entries.get(index + 1)) >= 0) {
            index++;
        }
        return at(index, age);
    }

    private Position at(int index, Duration age) {
        Duration entered = entries.get(index);
        if (index == steps.size()) {
            return new Position(end, index, entered, null, 0);
        }
        Step step = steps.get(index);
        double spent = Math.max(0, age.minus(entered).toNanos());
        return new Position(step.phase(), index, entered, entries.get(index + 1), (int)
                (100 * spent / step.length().toNanos()));
    }

    /** Where the plan first comes to a phase; null if it never does. */
    @CheckForNull
    Position firstIn(SimPhase phase) {
        for (int index = 0; index < steps.size(); index++) {
            if (steps.get(index).phase() == phase) {
                return at(index, entries.get(index));
            }
        }
        return end == phase ? at(steps.size(), total()) : null;
    }

    @Override
    public String toString() {
        return steps + " then " + end;
    }
}
