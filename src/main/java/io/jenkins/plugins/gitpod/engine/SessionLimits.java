package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import java.time.Duration;

/**
 * The limits for the calls of one secret over one connection.
 *
 * @param shortestPoll the usual time between reads, plus or minus a tenth; above zero
 * @param longestPoll the maximum pause between reads while Gitpod is in trouble; a value below {@code shortestPoll} counts
 *     as that
 * @param maxConcurrentCalls the maximum number of concurrent calls, from 1 to {@value #MAX_CONCURRENT_CALLS}
 * @param call the limits of one call
 */
public record SessionLimits(
        @NonNull Duration shortestPoll,
        @NonNull Duration longestPoll,
        int maxConcurrentCalls,
        @NonNull ClientLimits call) {

    /** The default number of concurrent calls, which is also the maximum. */
    public static final int MAX_CONCURRENT_CALLS = Session.MAX_CONCURRENT_CALLS;

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if one is not above zero
     */
    public SessionLimits {
        if (shortestPoll.toMillis() <= 0 || longestPoll.toMillis() <= 0 || maxConcurrentCalls <= 0) {
            throw new IllegalArgumentException("Every limit has to be more than zero");
        }
    }

    /** The maximum number of concurrent reads of prebuilds that builds wait for. Creates and cancels keep some calls. */
    int maxConcurrentReads() {
        return Math.max(1, maxConcurrentCalls - Session.CALLS_BESIDE_READS);
    }

    /** The default limits. */
    @NonNull
    static SessionLimits usual(@NonNull EngineSettings settings) {
        return new SessionLimits(
                settings.pollInterval(), settings.longestPollInterval(), MAX_CONCURRENT_CALLS, ClientLimits.defaults());
    }
}
