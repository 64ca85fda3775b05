package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;

/**
 * What must survive a crash of one open request. The {@link Journal} keeps it; the engine goes on from it.
 *
 * @param request what was asked
 * @param stage {@link Stage#CREATING}, {@link Stage#LOOKING_UP} or {@link Stage#WATCHING}
 * @param intentTime when the create was intended, by this machine's clock
 * @param prebuildId the prebuild's id once known
 * @param detached whether nobody waits for it any longer (it may have become so)
 * @param cancelReason why it is to be cancelled, or null
 * @param observed how long the prebuild has been watched so far
 */
public record SavedRequest(
        @NonNull PrebuildRequest request,
        @NonNull Stage stage,
        @NonNull Instant intentTime,
        @Nullable String prebuildId,
        boolean detached,
        @Nullable CancelReason cancelReason,
        @NonNull Duration observed) {}
