package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;

/**
 * Everything that decides how a prebuild looks at any status; immutable, replaced as a whole by each interference.
 *
 * @param createdAt the moment the plan counts from
 * @param plan what happens by itself
 * @param forced a phase that was forced on it, null if none
 * @param cancelledAt when a cancel was accepted, null if none
 * @param deletedAt when a deletion was accepted, null if none
 * @param goneAt when the deletion is over, null if none
 * @param warning a warning that was set, null if none
 * @param stalled whether its snapshot never gets beyond 0 %
 * @param changes how often it was interfered with
 */
record PrebuildState(
        Instant createdAt,
        PhasePlan plan,
        @Nullable ForcedPhase forced,
        @Nullable Instant cancelledAt,
        @Nullable Instant deletedAt,
        @Nullable Instant goneAt,
        @Nullable String warning,
        boolean stalled,
        int changes) {

    /** The versions between two interferences, more than a plan has phases. */
    private static final long VERSIONS_PER_CHANGE = 100;

    /** A phase that lasts until the next interference. */
    record ForcedPhase(
            String wirePhase,
            @Nullable SimPhase phase,
            Instant since,
            @Nullable String failureMessage) {}

    static PrebuildState begin(Instant createdAt, PhasePlan plan) {
        return new PrebuildState(createdAt, plan, null, null, null, null, null, false, 0);
    }

    PrebuildState withPlan(PhasePlan newPlan) {
        return new PrebuildState(createdAt, newPlan, null, null, null, null, warning, stalled, changes + 1);
    }

    PrebuildState withForcedPhase(ForcedPhase to) {
        return new PrebuildState(createdAt, plan, to, null, null, null, warning, stalled, changes + 1);
    }

    PrebuildState withCancel(Instant at) {
        return new PrebuildState(createdAt, plan, null, at, null, null, warning, stalled, changes + 1);
    }

    PrebuildState withDeletion(Instant at, Instant over) {
        return new PrebuildState(createdAt, plan, forced, cancelledAt, at, over, warning, stalled, changes + 1);
    }

    PrebuildState withWarning(String message) {
        return new PrebuildState(
                createdAt, plan, forced, cancelledAt, deletedAt, goneAt, message, stalled, changes + 1);
    }

    PrebuildState withStalledSnapshot() {
        return new PrebuildState(createdAt, plan, forced, cancelledAt, deletedAt, goneAt, warning, true, changes + 1);
    }

    SimPhase desiredPhase() {
        if (deletedAt != null) {
            return SimPhase.DELETED;
        }
        return cancelledAt != null ? SimPhase.CANCELLED : SimPhase.COMPLETED;
    }

    PrebuildStatus at(Instant now) {
        if (deletedAt != null && goneAt != null) {
            return now.isBefore(goneAt)
                    ? simple(SimPhase.DELETING, deletedAt, goneAt, 0, false)
                    : simple(SimPhase.DELETING, goneAt, Instant.MAX, 1, true);
        }
        if (forced != null) {
            return forced(forced);
        }
        if (cancelledAt != null) {
            Instant over = cancelledAt.plus(plan.cancelling());
            return now.isBefore(over)
                    ? simple(SimPhase.CANCELLING, cancelledAt, over, 0, false)
                    : simple(SimPhase.CANCELLED, over, Instant.MAX, 1, false);
        }
        return planned(now);
    }

    private PrebuildStatus simple(SimPhase phase, Instant since, Instant until, int step, boolean gone) {
        return new PrebuildStatus(phase.wireName(), phase, since, until, 0, null, warning, 0, version(step), gone);
    }

    private PrebuildStatus forced(ForcedPhase to) {
        boolean completed = to.phase() == SimPhase.COMPLETED;
        return new PrebuildStatus(
                to.wirePhase(),
                to.phase(),
                to.since(),
                Instant.MAX,
                0,
                to.failureMessage(),
                warning,
                completed ? plan.snapshotSizeBytes() : 0,
                version(0),
                false);
    }

    private PrebuildStatus planned(Instant now) {
        PhasePlan.Position position = plan.at(Duration.between(createdAt, now));
        PhasePlan.Position stall = stalled ? plan.firstIn(SimPhase.SNAPSHOTTING) : null;
        if (stall != null && position.index() >= stall.index()) {
            position = stall;
        }
        SimPhase phase = position.phase();
        String planWarning = phase.compareTo(SimPhase.STOPPING) >= 0 ? plan.warningMessage() : null;
        boolean moving = phase == SimPhase.SNAPSHOTTING;
        return new PrebuildStatus(
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
