package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The prebuilds that one {@link Watcher} reads, and the budget of calls for them. All methods hold the lock of this
 * object; a caller that needs several of them together, or reads and changes fields of an entry, holds it as well.
 */
final class WatchList {

    /** How many calls beyond the budget may look for ends of prebuilds that left the lists. */
    private static final int MAX_OVERDRAFT = 10;

    /** The next change of a prebuild in one of these phases is most likely its end. */
    private static final Set<PrebuildPhase> LAST_PHASES =
            EnumSet.of(PrebuildPhase.SNAPSHOTTING, PrebuildPhase.CANCELLING);

    /** When a prebuild that most likely has ended is read again if that is not seen yet: reads may lag behind events. */
    private static final Duration READ_AGAIN_AFTER = Duration.ofSeconds(2);

    private final Map<String, WatchedPrebuild> watched = new LinkedHashMap<>();

    /** Prebuilds that have most likely ended, because an event reported a change in their last phase. */
    private final Set<WatchedPrebuild> likelyEnded = new LinkedHashSet<>();

    private final CallBudget budget;
    private boolean stopped;
    private long tries;

    WatchList(CallBudget budget) {
        this.budget = budget;
    }

    synchronized void add(WatchedPrebuild one) {
        likelyEnded.remove(watched.put(one.prebuildId, one));
    }

    /** @return whether that was the last one */
    synchronized boolean removeLast(String prebuildId) {
        WatchedPrebuild removed = watched.remove(prebuildId);
        likelyEnded.remove(removed);
        return removed != null && watched.isEmpty();
    }

    /** Nothing is watched or read from now on. */
    synchronized void stop() {
        stopped = true;
        watched.clear();
        likelyEnded.clear();
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    synchronized boolean isEmpty() {
        return watched.isEmpty();
    }

    synchronized int size() {
        return watched.size();
    }

    @CheckForNull
    synchronized WatchedPrebuild get(String prebuildId) {
        return watched.get(prebuildId);
    }

    /** The entries themselves, in the order in which they were added. */
    synchronized Collection<WatchedPrebuild> all() {
        return watched.values();
    }

    /** Those of these projects. */
    synchronized List<WatchedPrebuild> of(Set<String> projects) {
        return watched.values().stream()
                .filter(each -> projects.contains(each.projectId))
                .toList();
    }

    /** How many are of these projects. */
    int count(Set<String> projects) {
        return of(projects).size();
    }

    synchronized boolean hasProject(String projectId) {
        return watched.values().stream().anyMatch(each -> each.projectId.equals(projectId));
    }

    /** How many each project has. */
    synchronized Map<String, Integer> countByProject() {
        Map<String, Integer> counts = new HashMap<>();
        watched.values().forEach(each -> counts.merge(each.projectId, 1, Integer::sum));
        return counts;
    }

    // ---- events

    /** Whether the next change of this one is most likely its end. */
    synchronized boolean isInLastPhase(WatchedPrebuild one) {
        return one.phase != null && LAST_PHASES.contains(one.phase);
    }

    /** Whether an event told of a change that looked like the end and was none: the next one may tell it late or not at all. */
    synchronized boolean isEndDoubtful(WatchedPrebuild one) {
        return isInLastPhase(one) && one.idleReads > 0;
    }

    /** Notes that an event asks for a read. */
    synchronized void requestRead(WatchedPrebuild one) {
        one.readRequested = true;
        if (isInLastPhase(one)) {
            likelyEnded.add(one);
        }
    }

    /**
     * The next prebuild that has most likely ended, is due, and is not being read, or null if there is none. Reading it goes
     * before everything else: if it has ended, the read is free.
     */
    @CheckForNull
    synchronized WatchedPrebuild nextLikelyEnded(long now) {
        if (likelyEnded.isEmpty() || !mayCall(now)) {
            return null;
        }
        for (WatchedPrebuild each : likelyEnded) {
            if (now - each.due >= 0 && !each.beingRead) {
                return each;
            }
        }
        return null;
    }

    /** All prebuilds that have most likely ended and are due. */
    synchronized List<WatchedPrebuild> likelyEnded(long now) {
        return likelyEnded.stream().filter(each -> now - each.due >= 0).toList();
    }

    // ---- budget

    synchronized CallBudget budget() {
        return budget;
    }

    /** Whether a round that has begun may make one more call now. */
    synchronized boolean mayCall(long now) {
        return !stopped && budget.affordable(now) > -MAX_OVERDRAFT;
    }

    /** Spends a call on reading this one. @return false if it is no longer watched */
    synchronized boolean spendOn(WatchedPrebuild one) {
        if (watched.get(one.prebuildId) != one) {
            return false;
        }
        budget.spend();
        return true;
    }

    synchronized void spend() {
        budget.spend();
    }

    synchronized void refund() {
        budget.refund();
    }

    // ---- reads

    /** The number of the next try, for the order. */
    synchronized long nextTry() {
        return ++tries;
    }

    synchronized void tried(WatchedPrebuild one) {
        one.lastTry = ++tries;
    }

    /**
     * Records a read. An event that came since the call began may tell of a change that the answer does not show yet: then
     * it still asks for a read, but only once, so that a prebuild with many events does not take the calls of the others.
     *
     * @param phase what was read
     * @param asked when the call began
     * @param interval until the next read, unless the end of the round sets another one
     * @return the time of the read before, if a change happened since then of which no event told; else null
     */
    @CheckForNull
    synchronized Long read(WatchedPrebuild one, PrebuildPhase phase, long asked, long now, Duration interval) {
        long before = one.lastRead;
        one.lastRead = now;
        boolean changed = one.phase != null && one.phase != phase;
        boolean missed = changed && !one.eventReceived;
        if (!changed && one.readRequested && one.eventAt - asked > 0 && !one.outdatedAnswer) {
            one.outdatedAnswer = true;
            one.phase = phase;
            one.readFailed = false;
            one.lastTry = ++tries;
            return null;
        }
        boolean again = !changed && one.readRequested && mayReadAgain(one, now);
        if (changed) {
            one.idleReads = 0;
            one.readAgain = false;
        } else if (one.readRequested && !again) {
            one.idleReads++;
        }
        one.phase = phase;
        one.eventReceived = false;
        one.readRequested = false;
        one.outdatedAnswer = false;
        likelyEnded.remove(one);
        one.readFailed = false;
        one.lastTry = ++tries;
        one.due = now + interval.toNanos();
        if (again) {
            one.readAgain = true;
            requestRead(one);
            one.due = now + READ_AGAIN_AFTER.toNanos();
        }
        return missed ? before : null;
    }

    /** Once in a phase, as long as calls are left: the event may have told of something else. */
    private boolean mayReadAgain(WatchedPrebuild one, long now) {
        return isInLastPhase(one) && !one.readAgain && one.idleReads == 0 && budget.affordable(now) > 0;
    }

    synchronized void readFailed(WatchedPrebuild one) {
        one.readRequested = false;
        one.outdatedAnswer = false;
        likelyEnded.remove(one);
        one.readFailed = true;
    }

    /** Is told what was read. Called on a thread of {@link WorkQueue#WATCH}. */
    interface Reader {
        void read(Prebuild prebuild);

        void failed(GitpodException e);
    }

    /** One prebuild that a {@link Watcher} reads. Its fields are guarded by the list. */
    static final class WatchedPrebuild {

        final String prebuildId;
        final String projectId;
        final Reader reader;

        /** When it was first watched; this and all other times are those of {@link EngineRuntime#nanoTime()}. */
        final long since;

        /** When it has to be read next. */
        long due;

        /** The number of the latest try to read it, for the order. */
        long lastTry;

        /** When it was last read, or first watched. */
        long lastRead;

        /** The phase that was read last, or null. */
        @CheckForNull
        PrebuildPhase phase;

        /** Whether an event told of it since it was last read. */
        boolean eventReceived;

        /** When the last event told of it. */
        long eventAt;

        /** Whether the event of its creation was received. */
        boolean creationReceived;

        /** Whether an event asks for a read, which is due. */
        boolean readRequested;

        /** Whether an answer for that read was older than an event. */
        boolean outdatedAnswer;

        /** Whether a call for it alone is being made. */
        boolean beingRead;

        /** Whether, in this phase, a read for an event was repeated because it found no change. */
        boolean readAgain;

        /** How many such reads in a row found no change. */
        int idleReads;

        /** Whether the last read failed; no event tells when another one would succeed. */
        boolean readFailed;

        WatchedPrebuild(String prebuildId, String projectId, Reader reader, long now) {
            this.prebuildId = prebuildId;
            this.projectId = projectId;
            this.reader = reader;
            this.since = now;
            this.lastRead = now;
        }
    }
}
