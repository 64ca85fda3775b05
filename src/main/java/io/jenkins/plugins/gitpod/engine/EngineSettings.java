package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * The engine's limits of time. Time counts only while the engine could see what happens (see {@link ObservedTime}):
 * neither a clock that jumps nor a suspended machine causes a wrong timeout.
 *
 * @param pollInterval the time between reads of a watcher, plus or minus a tenth
 * @param longestPollInterval the maximum pause between reads while Gitpod is in trouble, plus or minus a tenth; Gitpod may
 *     ask for a longer one
 * @param connectBudget how long a create that could not be sent is tried
 * @param createPatience how long a create waits in total while Gitpod asks to wait (429)
 * @param readLag how long reads may lag behind writes: a lost create is looked up for this time before it is sent again,
 *     and "not found" is not believed for this time
 * @param clockSkew the maximum difference of this machine's clock from Gitpod's, used if no answer told Gitpod's time
 * @param failureBudget how long reads may fail before the wait ends
 * @param defaultTimeout the timeout that Gitpod uses without {@code spec.timeout}
 * @param snapshotAllowance how long a prebuild may take beyond its timeout, which may not include the snapshot
 * @param snapshotStall how long a snapshot may stay at the same percentage
 * @param cancelRecheck how long after an accepted cancel it is sent again if the prebuild still seems to be running
 * @param cancelBudget how long a cancel is tried
 * @param lateLook how long a lost create is still looked for after another prebuild was made, or after the waiting build
 *     was told
 * @param credentialLimit how long a credentials provider may take
 * @param warmPoolLimit how long a warm pool is waited for after the end of the prebuild
 */
public record EngineSettings(
        @NonNull Duration pollInterval,
        @NonNull Duration longestPollInterval,
        @NonNull Duration connectBudget,
        @NonNull Duration createPatience,
        @NonNull Duration readLag,
        @NonNull Duration clockSkew,
        @NonNull Duration failureBudget,
        @NonNull Duration defaultTimeout,
        @NonNull Duration snapshotAllowance,
        @NonNull Duration snapshotStall,
        @NonNull Duration cancelRecheck,
        @NonNull Duration cancelBudget,
        @NonNull Duration lateLook,
        @NonNull Duration credentialLimit,
        @NonNull Duration warmPoolLimit) {

    /** The default settings. */
    @NonNull
    public static EngineSettings defaults() {
        return new EngineSettings(
                Duration.ofSeconds(12),
                Duration.ofMinutes(1),
                Duration.ofMinutes(2),
                Duration.ofMinutes(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofMinutes(15),
                Duration.ofMinutes(60),
                Duration.ofMinutes(60),
                Duration.ofMinutes(45),
                Duration.ofMinutes(1),
                Duration.ofHours(24),
                Duration.ofMinutes(10),
                Duration.ofSeconds(60),
                Duration.ofMinutes(15));
    }

    /** The same with other poll intervals: the usual one, and the maximum while Gitpod is in trouble. */
    @NonNull
    public EngineSettings withPollIntervals(@NonNull Duration usual, @NonNull Duration longest) {
        return new EngineSettings(
                usual,
                longest,
                connectBudget,
                createPatience,
                readLag,
                clockSkew,
                failureBudget,
                defaultTimeout,
                snapshotAllowance,
                snapshotStall,
                cancelRecheck,
                cancelBudget,
                lateLook,
                credentialLimit,
                warmPoolLimit);
    }
}
