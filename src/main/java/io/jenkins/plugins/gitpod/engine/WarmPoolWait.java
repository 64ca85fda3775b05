package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.WarmPool;
import io.jenkins.plugins.gitpod.api.WarmPoolPhase;
import io.jenkins.plugins.gitpod.engine.MachineActions.RetryTimer;
import java.time.Duration;
import java.util.List;

/**
 * Waits after the completion of a prebuild until the warm pool of its environment class serves the new snapshot, if a build
 * that waits wants that. How a pool's snapshot relates to a prebuild is not documented. So the pool is read while the prebuild
 * runs, and is taken to serve the prebuild once it has another snapshot. No failure here changes the outcome. Belongs to a
 * {@link PrebuildMachine}.
 */
final class WarmPoolWait {

    /** How often the pool is read while the prebuild runs, if that fails. */
    private static final int MAX_EARLY_READS = 3;

    /** After so many suspect answers in a row, such as an HTML page, the pool is no longer read. */
    private static final int MAX_UNEXPECTED_FAILURES = 5;

    /** The saved snapshot of a pool that had none, or that did not exist. */
    private static final String NO_SNAPSHOT = "";

    private final RequestState state;
    private int earlyReads;
    private int failures;
    private boolean reading;
    private boolean readEarly;
    private boolean isTold;
    private boolean isOver;
    private long deadline;
    private long notBefore;

    /** The prebuild while the pool is waited for. */
    @CheckForNull
    private Prebuild completed;

    WarmPoolWait(RequestState state) {
        this.state = state;
    }

    private boolean isWanted() {
        return state.surplusOf == null && state.actions.isWarmPoolWanted();
    }

    /** The prebuild was read and has not ended: finds out which snapshot the pool has before the end. */
    void check(Prebuild prebuild) {
        if (state.poolSnapshot == null
                && !reading
                && earlyReads < MAX_EARLY_READS
                && !prebuild.status().phase().isEnd()
                && classId(prebuild) != null
                && isWanted()) {
            earlyReads++;
            read(classId(prebuild));
        }
    }

    /** The prebuild has ended. @return whether the request stays open for the warm pool */
    boolean begin(Prebuild prebuild) {
        if (completed != null) {
            return true;
        }
        if (prebuild.status().phase() != PrebuildPhase.COMPLETED
                || state.cancelReason != null
                || state.isConcluded()
                || !isWanted()) {
            return false;
        }
        completed = prebuild;
        long now = state.actions.nanoTime();
        deadline = now + state.settings.warmPoolLimit().toNanos();
        notBefore = now;
        failures = 0;
        state.calls.unwatch();
        state.updates.report(new Update.Completed(prebuild));
        next();
        return true;
    }

    /** It is time to read the pool again. */
    void next() {
        Prebuild prebuild = completed;
        if (prebuild == null || isOver) {
            return;
        }
        long now = state.actions.nanoTime();
        if (!isWanted() || now - deadline >= 0) {
            end(WarmPoolEnd.NOT_READY, null);
            return;
        }
        String classId = classId(prebuild);
        if (classId == null) {
            end(WarmPoolEnd.UNKNOWN, null);
            return;
        }
        if (!reading && now - notBefore >= 0) {
            read(classId);
        }
        Duration left = Duration.ofNanos(deadline - now);
        state.actions.startTimer(RetryTimer.WARM_POOL, Backoff.min(interval(), left));
    }

    /** The owner leaves, or the prebuild is no longer wanted. @return whether this ended a wait */
    boolean stop() {
        if (completed == null) {
            return false;
        }
        end(WarmPoolEnd.NOT_READY, null);
        return true;
    }

    /** A little longer than the time between two reads of prebuilds: 15 seconds by default. */
    private Duration interval() {
        return state.settings.pollInterval().multipliedBy(5).dividedBy(4);
    }

    private void read(String classId) {
        reading = true;
        readEarly = completed == null;
        state.calls.readWarmPools(classId);
    }

    @CheckForNull
    private String classId(Prebuild prebuild) {
        String ofPrebuild = prebuild.metadata().environmentClassId();
        return ofPrebuild == null ? state.request.environmentClassId() : ofPrebuild;
    }

    // ---- answers

    void answered(List<WarmPool> pools) {
        reading = false;
        if (isOver || state.stage != Stage.WATCHING) {
            return;
        }
        failures = 0;
        WarmPool pool = pools.stream()
                .filter(each -> each.phase() != WarmPoolPhase.DELETING && each.phase() != WarmPoolPhase.DELETED)
                .findFirst()
                .orElse(null);
        if (readEarly) {
            state.poolSnapshot = pool == null || pool.snapshotId() == null ? NO_SNAPSHOT : pool.snapshotId();
            state.saveOrWarn();
        } else {
            judge(pool);
        }
    }

    private void judge(@Nullable WarmPool pool) {
        if (pool == null) {
            end(WarmPoolEnd.NONE, null);
        } else if (state.poolSnapshot == null || pool.snapshotId() == null && pool.isServing()) {
            end(WarmPoolEnd.UNKNOWN, null);
        } else if (pool.snapshotId() != null && !pool.snapshotId().equals(state.poolSnapshot) && pool.isServing()) {
            end(WarmPoolEnd.READY, null);
        } else if (!isTold) {
            isTold = true;
            state.updates.report(new Update.WaitsForWarmPool(pool, state.settings.warmPoolLimit()));
        }
    }

    /** @param e null if the call was not made */
    void failed(@Nullable GitpodException e) {
        reading = false;
        if (isOver || state.stage != Stage.WATCHING) {
            return;
        } else if (e == null) {
            earlyReads--;
            return;
        }
        RetryPolicy.Decision decision = RetryPolicy.read(e);
        failures += decision == RetryPolicy.Decision.UNEXPECTED ? 1 : 0;
        boolean isFinal =
                switch (decision) {
                    case WAIT, TRANSIENT -> false;
                    case UNEXPECTED -> failures >= MAX_UNEXPECTED_FAILURES;
                    default -> true;
                };
        if (completed == null) {
            earlyReads = isFinal ? MAX_EARLY_READS : earlyReads;
        } else if (isFinal) {
            end(WarmPoolEnd.UNKNOWN, e);
        } else if (decision == RetryPolicy.Decision.WAIT) {
            notBefore = state.actions.nanoTime() + RequestState.retryAfter(e).toNanos();
        }
    }

    private void end(WarmPoolEnd end, @Nullable GitpodException failure) {
        Prebuild prebuild = completed;
        if (prebuild == null || isOver) {
            return;
        }
        isOver = true;
        state.updates.report(new Update.WarmPoolEnded(end, failure));
        state.end(new Outcome.Ended(prebuild, null));
    }
}
