package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * The engine's limits, all in time. Spans are counted only while somebody looked (see {@link ObservedTime}), so that a
 * clock that jumps or a machine that slept causes no false time-out.
 *
 * @param pollInterval how often a watcher reads, give or take a tenth
 * @param longestPollInterval the longest pause between reads while Gitpod is in trouble, give or take a tenth; what Gitpod
 *     asks for itself may be longer
 * @param connectBudget how long a create that could not even be sent is tried again
 * @param createPatience how long a create waits in all while Gitpod asks to wait (429)
 * @param readLag how long a read may lag a write: for so long an unclear create is looked up before it is sent again, and
 *     "not found" right after a create is taken for "not yet"
 * @param clockSkew how far this machine's clock may be from Gitpod's, where no answer told Gitpod's time
 * @param failureBudget how long reads may fail before a wait is given up
 * @param defaultTimeout what Gitpod uses when {@code spec.timeout} is absent
 * @param snapshotAllowance how long a prebuild may take beyond its {@code spec.timeout}, which may not cover the snapshot
 * @param snapshotStall how long a snapshot may stay at the same percentage
 * @param cancelRecheck how long after an accepted cancel it is sent again if the prebuild still seems to run
 * @param cancelPatience how long a cancel is tried at the most
 * @param lateLook how long a create whose answer was lost is still looked for after another one was made, or after its
 *     build was told
 * @param credentialLimit how long a credentials provider may take
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
        @NonNull Duration cancelPatience,
        @NonNull Duration lateLook,
        @NonNull Duration credentialLimit) {

    /** The settings that the plugin ships with. */
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
                Duration.ofSeconds(60));
    }

    /** The same with another poll interval. */
    @NonNull
    public EngineSettings withPollInterval(@NonNull Duration interval) {
        return withPollIntervals(interval, longestPollInterval);
    }

    /** The same with other poll intervals: while all is well, and the longest while Gitpod is in trouble. */
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
                cancelPatience,
                lateLook,
                credentialLimit);
    }

    /** The same with other budgets for trouble: to connect, to see a write, to go on reading. */
    @NonNull
    public EngineSettings withBudgets(@NonNull Duration connect, @NonNull Duration lag, @NonNull Duration failure) {
        return new EngineSettings(
                pollInterval,
                longestPollInterval,
                connect,
                createPatience,
                lag,
                clockSkew,
                failure,
                defaultTimeout,
                snapshotAllowance,
                snapshotStall,
                cancelRecheck,
                cancelPatience,
                lateLook,
                credentialLimit);
    }

    /** The same with another time for late looks. */
    @NonNull
    public EngineSettings withLateLook(@NonNull Duration late) {
        return new EngineSettings(
                pollInterval,
                longestPollInterval,
                connectBudget,
                createPatience,
                readLag,
                clockSkew,
                failureBudget,
                defaultTimeout,
                snapshotAllowance,
                snapshotStall,
                cancelRecheck,
                cancelPatience,
                late,
                credentialLimit);
    }
}
