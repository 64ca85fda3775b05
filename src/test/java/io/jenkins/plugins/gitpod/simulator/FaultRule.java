package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.function.Predicate;

/** When a fault happens. Immutable; a rule applies once unless it says otherwise. */
public final class FaultRule {
    @Nullable
    private final String method;

    private final Fault fault;
    private final int times;
    private final Predicate<Call> condition;

    private FaultRule(@Nullable String method, Fault fault, int times, Predicate<Call> condition) {
        this.method = method;
        this.fault = fault;
        this.times = times;
        this.condition = condition;
    }

    /**
     * A fault for one method.
     *
     * @param method the name as in the records, for instance {@code CreatePrebuild} or {@code Logs}
     * @param fault the fault
     * @return the rule
     */
    @NonNull
    public static FaultRule on(@NonNull String method, @NonNull Fault fault) {
        return new FaultRule(method, fault, 1, call -> true);
    }

    /**
     * A fault for whatever is asked.
     *
     * @param fault the fault
     * @return the rule
     */
    @NonNull
    public static FaultRule onAny(@NonNull Fault fault) {
        return new FaultRule(null, fault, 1, call -> true);
    }

    /**
     * The same rule for a number of calls.
     *
     * @param count 1 or more
     * @return the rule
     */
    @NonNull
    public FaultRule times(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("A fault cannot strike " + count + " times");
        }
        return new FaultRule(method, fault, count, condition);
    }

    /**
     * The same rule without an end.
     *
     * @return the rule
     */
    @NonNull
    public FaultRule forever() {
        return times(Integer.MAX_VALUE);
    }

    /**
     * The same rule with one more condition; calls that do not meet it are not counted.
     *
     * @param condition sees the call as it came in, not yet answered
     * @return the rule
     */
    @NonNull
    public FaultRule when(@NonNull Predicate<Call> condition) {
        return new FaultRule(method, fault, times, this.condition.and(condition));
    }

    Fault fault() {
        return fault;
    }

    int times() {
        return times;
    }

    boolean matches(Call call) {
        return (method == null || method.equals(call.method())) && condition.test(call);
    }
}
