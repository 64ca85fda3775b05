package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What was asked and what was done. Thread-safe; all lists are snapshots, oldest first. */
public final class Records {
    private static final int TOO_MANY = 429;

    private final PrebuildStore store;
    private final Supplier<Instant> clock;
    private final Supplier<Integer> connectionCount;
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<String, Integer> totals = new HashMap<>();
    private int refused;
    private boolean countOnly;
    private int lastNumber;

    Records(PrebuildStore store, Supplier<Instant> clock, Supplier<Integer> connectionCount) {
        this.store = store;
        this.clock = clock;
        this.connectionCount = connectionCount;
    }

    /**
     * Every request that came in, including those without an answer yet and those that were cut.
     *
     * @return the calls
     */
    @NonNull
    public List<Call> calls() {
        return calls(call -> true);
    }

    /**
     * The requests for one method.
     *
     * @param method for instance {@code CreatePrebuild}
     * @return the calls
     */
    @NonNull
    public List<Call> calls(@NonNull String method) {
        return calls(call -> call.method().equals(method));
    }

    private synchronized List<Call> calls(Predicate<Call> wanted) {
        return entries.stream().map(Entry::call).filter(wanted).toList();
    }

    /**
     * How many requests there were for one method.
     *
     * @param method for instance {@code CreatePrebuild}
     * @return the number, including those without an answer yet
     */
    public int count(@NonNull String method) {
        return calls(method).size();
    }

    /**
     * Every prebuild that was ever made, deleted ones too.
     *
     * @return the prebuilds
     */
    @NonNull
    public List<SimPrebuild> prebuilds() {
        return store.oldestFirst();
    }

    /**
     * The prebuilds that have not ended.
     *
     * @return the prebuilds
     */
    @NonNull
    public List<SimPrebuild> active() {
        return prebuilds().stream().filter(SimPrebuild::isActive).toList();
    }

    /**
     * One prebuild.
     *
     * @param id its id
     * @return the prebuild, deleted or not; null if there never was one
     */
    @CheckForNull
    public SimPrebuild prebuild(@NonNull String id) {
        return store.find(id);
    }

    /**
     * How many TCP connections were accepted.
     *
     * @return the number since the simulator was made, whatever was cleared
     */
    public int connections() {
        return connectionCount.get();
    }

    /**
     * What no client may ever do: send the API token to the log URL.
     *
     * @return a sentence for each
     */
    @NonNull
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /**
     * How many requests there ever were for one method, whatever was cleared.
     *
     * @param method for instance {@code CreatePrebuild}
     * @return the number, including those without an answer yet
     */
    public synchronized int total(@NonNull String method) {
        return totals.getOrDefault(method, 0);
    }

    /**
     * How many requests were ever answered with "too many".
     *
     * @return the number
     */
    public synchronized int refused() {
        return refused;
    }

    /** From now on only counts calls: {@link #calls()} keeps those from before. For very many calls. */
    public synchronized void countOnly() {
        countOnly = true;
    }

    /** Forgets the calls and the violations; prebuilds stay, and the numbering continues. */
    public synchronized void clear() {
        entries.clear();
        violations.clear();
    }

    synchronized void violation(String what) {
        violations.add(what);
    }

    synchronized Entry open(String method, HttpRequest request) {
        Entry entry = new Entry(++lastNumber, clock.get(), method, request);
        totals.merge(method, 1, Integer::sum);
        if (!countOnly) {
            entries.add(entry);
        }
        return entry;
    }

    private synchronized void answered(int status) {
        if (status == TOO_MANY) {
            refused++;
        }
    }

    /** A call whose result is being recorded. */
    final class Entry {
        private Call call;

        private Entry(int number, Instant at, String method, HttpRequest request) {
            String body = new String(request.body(), StandardCharsets.UTF_8);
            call = new Call(
                    number,
                    at,
                    method,
                    request.method(),
                    request.target(),
                    request.headers(),
                    body,
                    request.connection(),
                    0,
                    false,
                    null);
        }

        synchronized Call call() {
            return call;
        }

        void answered(int status) {
            synchronized (this) {
                update(status, call.acted(), call.fault());
            }
            Records.this.answered(status);
        }

        synchronized void acted() {
            update(call.status(), true, call.fault());
        }

        synchronized void met(Fault fault) {
            update(call.status(), call.acted(), fault);
        }

        private void update(int status, boolean acted, @CheckForNull Fault fault) {
            call = new Call(
                    call.number(),
                    call.at(),
                    call.method(),
                    call.httpMethod(),
                    call.path(),
                    call.headers(),
                    call.body(),
                    call.connection(),
                    status,
                    acted,
                    fault);
        }
    }
}
