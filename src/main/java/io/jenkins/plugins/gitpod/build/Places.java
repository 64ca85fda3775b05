package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * Where requests wait while their connection has as many prebuilds under way as it may: the first to come is the first to
 * go. Nothing of a waiting request is saved or sent; after a restart its build asks again.
 */
final class Places {

    /** A request that waits, and what sends it on its way. */
    record Waiting(
            @NonNull OpenPrebuild shown,
            @NonNull Runnable submit,
            @NonNull Runnable withdrawn) {}

    /** What became of a request that came. */
    enum Admission {
        SUBMITTED,
        /** It waits, and so far nobody {@linkplain Places#next looks} for places. */
        FIRST_TO_WAIT,
        WAITS
    }

    private final Map<UUID, Waiting> waiting = new LinkedHashMap<>();
    private final ToIntFunction<String> free;
    private boolean looking;

    /** @param free how many more requests a connection may have under way, by its name */
    Places(ToIntFunction<String> free) {
        this.free = free;
    }

    /** Submits a request, or has it wait for its turn. */
    Admission admit(UUID requestId, Waiting one) {
        synchronized (waiting) {
            boolean before = waiting.values().stream()
                    .anyMatch(w -> w.shown().getConnection().equals(one.shown().getConnection()));
            if (!before && free.applyAsInt(one.shown().getConnection()) > 0) {
                one.submit().run();
                return Admission.SUBMITTED;
            }
            waiting.put(requestId, one);
            if (looking) {
                return Admission.WAITS;
            }
            looking = true;
            return Admission.FIRST_TO_WAIT;
        }
    }

    /**
     * Sends on their way those for whom there is a place now.
     *
     * @return whether somebody still waits, so that it has to be called again
     */
    boolean next() {
        synchronized (waiting) {
            Iterator<Waiting> each = waiting.values().iterator();
            while (each.hasNext()) {
                Waiting one = each.next();
                if (free.applyAsInt(one.shown().getConnection()) > 0) {
                    each.remove();
                    one.submit().run();
                }
            }
            looking = !waiting.isEmpty();
            return looking;
        }
    }

    /** @return whether it was waiting; then it is told that it no longer does */
    boolean withdraw(UUID requestId) {
        Waiting one;
        synchronized (waiting) {
            one = waiting.remove(requestId);
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
