package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.time.Duration;

/** When a look-up for a decision is tried again after a failure, and for how long. */
final class DecisionRetries {

    /** Longer than {@link io.jenkins.plugins.gitpod.config.GitpodLookup} keeps a failure. */
    private static final Duration INTERVAL = Duration.ofSeconds(6);

    private static final Duration TOKEN_INTERVAL = Duration.ofSeconds(2);

    private final EngineRuntime runtime;
    private final EngineSettings settings;

    DecisionRetries(@NonNull EngineRuntime runtime, @NonNull EngineSettings settings) {
        this.runtime = runtime;
        this.settings = settings;
    }

    /** How long to wait, or null if the failure is final. */
    @CheckForNull
    Duration after(@NonNull PendingDecision decision, @NonNull TokenUnavailableException e) {
        if (!e.isPassing() || isTooOld(decision)) {
            return null;
        }
        // The waits double.
        Duration age = age(decision);
        return age.compareTo(TOKEN_INTERVAL) < 0 ? TOKEN_INTERVAL : age;
    }

    /** How long to wait, or null if the failure is final. */
    @CheckForNull
    Duration after(@NonNull PendingDecision decision, @NonNull GitpodException e) {
        if (DecisionInputs.isFinal(e) || isTooOld(decision)) {
            return null;
        }
        Duration wait = e.retryAfter().orElse(INTERVAL);
        return wait.compareTo(INTERVAL) < 0 ? INTERVAL : wait;
    }

    /** A request that has waited for a prebuild is as patient as one whose prebuild runs. */
    private boolean isTooOld(PendingDecision decision) {
        Duration patience = decision.hasWaited() ? settings.failureBudget() : settings.connectBudget();
        return age(decision).compareTo(patience) > 0;
    }

    private Duration age(PendingDecision decision) {
        return decision.age(runtime.nanoTime());
    }
}
