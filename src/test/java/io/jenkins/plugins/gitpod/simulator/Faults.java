package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The faults that are to happen. Of several rules for a call, the oldest applies. Thread-safe. */
public final class Faults {
    private final List<Waiting> waiting = new ArrayList<>();

    Faults() {}

    /**
     * Adds a rule.
     *
     * @param rule the rule
     */
    public synchronized void add(@NonNull FaultRule rule) {
        waiting.add(new Waiting(rule));
    }

    /**
     * Adds a fault for the next call of a method.
     *
     * @param method the name as in the records, for instance {@code CreatePrebuild}
     * @param fault the fault
     */
    public void add(@NonNull String method, @NonNull Fault fault) {
        add(FaultRule.on(method, fault));
    }

    /** Drops all rules; requests that hang already keep hanging. */
    public synchronized void clear() {
        waiting.clear();
    }

    /**
     * Whether some rule has not struck as often as it shall.
     *
     * @return false once all is used up; always true with a permanent rule
     */
    public synchronized boolean isPending() {
        return !waiting.isEmpty();
    }

    @CheckForNull
    synchronized Fault next(Call call) {
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting candidate = each.next();
            if (candidate.rule.matches(call)) {
                if (candidate.left != Integer.MAX_VALUE && --candidate.left == 0) {
                    each.remove();
                }
                return candidate.rule.fault();
            }
        }
        return null;
    }

    private static final class Waiting {
        private final FaultRule rule;
        private int left;

        Waiting(FaultRule rule) {
            this.rule = rule;
            this.left = rule.times();
        }
    }
}
