package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import java.time.Instant;
import java.util.UUID;

/**
 * A running prebuild that builds of this Jenkins wait for or requested.
 *
 * @param requestId the request that the engine knows
 * @param firstBuild the build that requested it, as the deciding build may name it
 * @param prebuildId the prebuild's id; empty until it is known
 * @param phase the last phase seen; empty until one was seen
 * @param url a page for people
 * @param builtFrom the commit that it is built from, or null if that is not known
 * @param isForeign whether it was not created by this Jenkins
 * @param isSameCredential whether it was requested with the same connection and credential, so that it may be joined and
 *     cancelled
 * @param order when it was requested, by {@link RequestOrder}
 * @param rowSince when the first prebuild of the row was requested: prebuilds that were cancelled, each in favor of the next
 *     one, up to this one
 */
public record RunningPrebuild(
        @NonNull UUID requestId,
        @NonNull String firstBuild,
        @NonNull String prebuildId,
        @NonNull String phase,
        @NonNull String url,
        @Nullable EnvironmentGit builtFrom,
        boolean isForeign,
        boolean isSameCredential,
        long order,
        @NonNull Instant rowSince) {}
