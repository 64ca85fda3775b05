package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Requests that wait because their connection has its maximum of concurrent prebuilds. Jobs take turns, so that a job with
 * hundreds of builds does not block other jobs. The requests of one job keep their order. A waiting request is neither saved
 * nor sent; after a restart its build makes it again.
 *
 * <p>The engine's queue of creates lets projects take turns in another way: whatever is first there may always go, while
 * here a request may go only if its own connection has a free place, and may be withdrawn. One class for both would be
 * larger than the two.
 */
final class ThrottleQueue {

    /** The free places of a connection without a maximum. */
    static final int NO_MAXIMUM = Integer.MAX_VALUE;

    /**
     * A request that waits, and how it is submitted.
     *
     * @param present makes the row of the administrators' page, with the present name of the job
     */
    record Waiting(
            @NonNull Supplier<OpenPrebuild> present,
            @NonNull Runnable submit,
            @NonNull Runnable withdrawn) {

        OpenPrebuild shown() {
            return present.get();
        }
    }

    /** What happened to a request that was added. */
    enum Admission {
        SUBMITTED,
        /** It waits, and the caller has to call {@link ThrottleQueue#next} from now on. */
        FIRST_TO_WAIT,
        WAITS
    }

    /** Guarded by itself. */
    private final Map<UUID, Waiting> waiting = new LinkedHashMap<>();

    /** How many requests of each connection wait. Changed under the lock of {@link #waiting}. */
    private final Map<String, Integer> waitingOf = new ConcurrentHashMap<>();

    private final ToIntFunction<String> free;

    /** When jobs had their last turn, as long as any request waits. */
    private final Map<String, Long> lastTurns = new HashMap<>();

    private long turns;
    private boolean looking;

    /** @param free how many more prebuilds a connection may have, by its name; {@link #NO_MAXIMUM} if it has no maximum */
    ThrottleQueue(ToIntFunction<String> free) {
        this.free = free;
    }

    /**
     * Submits a request, or makes it wait for its turn. Without a maximum, this waits for no other request: the threads that run
     * pipelines call it.
     */
    Admission admit(UUID requestId, Waiting one) {
        String connection = one.shown().getConnection();
        if (!waitingOf.containsKey(connection) && free.applyAsInt(connection) == NO_MAXIMUM) {
            one.submit().run();
            return Admission.SUBMITTED;
        }
        synchronized (waiting) {
            if (!waitingOf.containsKey(connection) && free.applyAsInt(connection) > 0) {
                one.submit().run();
                return Admission.SUBMITTED;
            }
            waiting.put(requestId, one);
            waitingOf.merge(connection, 1, Integer::sum);
            if (looking) {
                return Admission.WAITS;
            }
            looking = true;
            return Admission.FIRST_TO_WAIT;
        }
    }

    /**
     * Submits the requests that may go now.
     *
     * @return whether requests still wait, so that this method has to be called again
     */
    boolean next() {
        synchronized (waiting) {
            Map<String, Integer> places = new HashMap<>();
            for (UUID id = nextToGo(places); id != null; id = nextToGo(places)) {
                Waiting one = Objects.requireNonNull(remove(id), "not waiting");
                places.merge(one.shown().getConnection(), -1, Integer::sum);
                turns++;
                lastTurns.put(one.shown().jobFullName(), turns);
                one.submit().run();
            }
            looking = !waiting.isEmpty();
            if (!looking) {
                lastTurns.clear();
            }
            return looking;
        }
    }

    @CheckForNull
    private Waiting remove(UUID requestId) {
        Waiting one = waiting.remove(requestId);
        if (one != null) {
            waitingOf.computeIfPresent(one.shown().getConnection(), (name, number) -> number == 1 ? null : number - 1);
        }
        return one;
    }

    /** @param places how many prebuilds each connection may still have, as far as that was asked */
    @CheckForNull
    private UUID nextToGo(Map<String, Integer> places) {
        UUID next = null;
        long earliest = Long.MAX_VALUE;
        for (Map.Entry<UUID, Waiting> each : waiting.entrySet()) {
            OpenPrebuild shown = each.getValue().shown();
            long lastTurn = lastTurns.getOrDefault(shown.jobFullName(), 0L);
            if (lastTurn < earliest && places.computeIfAbsent(shown.getConnection(), free::applyAsInt) > 0) {
                next = each.getKey();
                earliest = lastTurn;
            }
        }
        return next;
    }

    /** Removes a request. @return whether it was waiting; then it is told */
    boolean withdraw(UUID requestId) {
        Waiting one;
        synchronized (waiting) {
            one = remove(requestId);
        }
        if (one != null) {
            one.withdrawn().run();
        }
        return one != null;
    }

    @CheckForNull
    OpenPrebuild find(UUID requestId) {
        synchronized (waiting) {
            Waiting one = waiting.get(requestId);
            return one == null ? null : one.shown();
        }
    }

    @NonNull
    List<OpenPrebuild> all() {
        synchronized (waiting) {
            List<OpenPrebuild> all = new ArrayList<>();
            waiting.values().forEach(one -> all.add(one.shown()));
            return all;
        }
    }
}
