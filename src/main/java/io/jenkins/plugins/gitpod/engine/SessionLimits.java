package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import java.time.Duration;

/**
 * How much one secret is used over one connection.
 *
 * @param shortestPoll how often prebuilds are read while all is well, give or take a tenth; more than zero
 * @param longestPoll the longest pause between reads while Gitpod is in trouble; below {@code shortestPoll} it is as long
 *     as that
 * @param maxConcurrentCalls how many calls may be out at once, from 1; more than {@value #MAX_CONCURRENT_CALLS} never are
 * @param call what one call may cost
 */
public record SessionLimits(
        @NonNull Duration shortestPoll,
        @NonNull Duration longestPoll,
        int maxConcurrentCalls,
        @NonNull ClientLimits call) {

    /** So many calls are out at once where nothing else is wanted. */
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

    /** What the engine does where nothing else is wanted. */
    @NonNull
    static SessionLimits usual(@NonNull EngineSettings settings) {
        return new SessionLimits(
                settings.pollInterval(), settings.longestPollInterval(), MAX_CONCURRENT_CALLS, ClientLimits.defaults());
    }
}
