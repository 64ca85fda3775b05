package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Instant;

/**
 * One create of a request that may have reached Gitpod. Saved just before it is sent.
 *
 * @param number the number within its request, from 1
 * @param intentTime when it was intended, by this machine's clock
 * @param serverTime Gitpod's time at that moment, or a little earlier; null if it was not known
 */
public record CreateAttempt(
        int number, @NonNull Instant intentTime, @Nullable Instant serverTime) {}
