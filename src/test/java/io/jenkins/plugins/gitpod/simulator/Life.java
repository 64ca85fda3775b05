package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;

/**
 * Everything that decides how a prebuild looks at any moment; immutable, replaced as a whole by each interference.
 *
 * @param createdAt the moment the plan counts from
 * @param plan what happens by itself
 * @param pinned a phase that was forced on it, null if none
 * @param cancelledAt when a cancel was accepted, null if none
 * @param deletedAt when a deletion was accepted, null if none
 * @param goneAt when the deletion is over, null if none
 * @param warning a warning that was set, null if none
 * @param stalled whether its snapshot never gets beyond 0 %
 * @param changes how often it was interfered with
 */
record Life(
        Instant createdAt,
        PhasePlan plan,
        @Nullable Pin pinned,
        @Nullable Instant cancelledAt,
        @Nullable Instant deletedAt,
        @Nullable Instant goneAt,
        @Nullable String warning,
        boolean stalled,
        int changes) {

    /** Leaves room for the phases of a plan between two interferences. */
    private static final long VERSIONS_PER_CHANGE = 100;

    /** A phase that holds until somebody interferes again. */
    record Pin(
            String wirePhase,
            @Nullable SimPhase phase,
            Instant since,
            @Nullable String failureMessage) {}

    static Life begin(Instant createdAt, PhasePlan plan) {
        return new Life(createdAt, plan, null, null, null, null, null, false, 0);
    }

    Life withPlan(PhasePlan newPlan) {
        return new Life(createdAt, newPlan, null, null, null, null, warning, stalled, changes + 1);
    }

    Life withPin(Pin pin) {
        return new Life(createdAt, plan, pin, null, null, null, warning, stalled, changes + 1);
    }

    Life withCancel(Instant at) {
        return new Life(createdAt, plan, null, at, null, null, warning, stalled, changes + 1);
    }

    Life withDeletion(Instant at, Instant over) {
        return new Life(createdAt, plan, pinned, cancelledAt, at, over, warning, stalled, changes + 1);
    }

    Life withWarning(String message) {
        return new Life(createdAt, plan, pinned, cancelledAt, deletedAt, goneAt, message, stalled, changes + 1);
    }

    Life withStalledSnapshot() {
        return new Life(createdAt, plan, pinned, cancelledAt, deletedAt, goneAt, warning, true, changes + 1);
    }

    SimPhase desiredPhase() {
        if (deletedAt != null) {
            return SimPhase.DELETED;
        }
        return cancelledAt != null ? SimPhase.CANCELLED : SimPhase.COMPLETED;
    }

    Moment at(Instant now) {
        if (deletedAt != null && goneAt != null) {
            return now.isBefore(goneAt)
                    ? simple(SimPhase.DELETING, deletedAt, goneAt, 0, false)
                    : simple(SimPhase.DELETING, goneAt, Instant.MAX, 1, true);
        }
        if (pinned != null) {
            return pinned(pinned);
        }
        if (cancelledAt != null) {
            Instant over = cancelledAt.plus(plan.cancelling());
            return now.isBefore(over)
                    ? simple(SimPhase.CANCELLING, cancelledAt, over, 0, false)
                    : simple(SimPhase.CANCELLED, over, Instant.MAX, 1, false);
        }
        return planned(now);
    }

    private Moment simple(SimPhase phase, Instant since, Instant until, int step, boolean gone) {
        return new Moment(phase.wireName(), phase, since, until, 0, null, warning, 0, version(step), gone);
    }

    private Moment pinned(Pin pin) {
        boolean completed = pin.phase() == SimPhase.COMPLETED;
        return new Moment(
                pin.wirePhase(),
                pin.phase(),
                pin.since(),
                Instant.MAX,
                0,
                pin.failureMessage(),
                warning,
                completed ? plan.snapshotSizeBytes() : 0,
                version(0),
                false);
    }

    private Moment planned(Instant now) {
        PhasePlan.Position position = plan.at(Duration.between(createdAt, now));
        PhasePlan.Position stall = stalled ? plan.firstIn(SimPhase.SNAPSHOTTING) : null;
        if (stall != null && position.index() >= stall.index()) {
            position = stall;
        }
        SimPhase phase = position.phase();
        String planWarning = phase.compareTo(SimPhase.STOPPING) >= 0 ? plan.warningMessage() : null;
        boolean moving = phase == SimPhase.SNAPSHOTTING;
        return new Moment(
                phase.wireName(),
                phase,
                createdAt.plus(position.enteredAfter()),
                moving ? now : until(position),
                moving ? position.percentage() : 0,
                phase == SimPhase.FAILED ? plan.failureMessage() : null,
                warning != null ? warning : planWarning,
                phase == SimPhase.COMPLETED ? plan.snapshotSizeBytes() : 0,
                version(position.index()),
                false);
    }

    private Instant until(PhasePlan.Position position) {
        Duration left = position.leftAfter();
        return left == null ? Instant.MAX : createdAt.plus(left);
    }

    private long version(int step) {
        return 1 + changes * VERSIONS_PER_CHANGE + step;
    }
}
