package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.RequestListener;
import java.time.Duration;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The early end of a build that waits for a prebuild, the same for the pipeline step and the freestyle build step: the build
 * leaves the prebuild, waits at most {@link #GRACE_PERIOD} for the end of its request, and prints one last line.
 */
@Restricted(NoExternalUse.class)
public final class EarlyEnd {

    /** The maximum time that a build waits for Gitpod to accept the cancellation. */
    public static final Duration GRACE_PERIOD = Duration.ofSeconds(8);

    private EarlyEnd() {}

    /** Leaves the prebuild. The last build to leave it cancels it, if its options say so. Returns at once. */
    public static void leave(@NonNull UUID requestId) {
        PrebuildService.get().owners().ifPresent(owners -> owners.leave(requestId));
    }

    /**
     * Prints what is known of the request when the build ends.
     *
     * @param record the ended request, or null if it has not ended within {@link #GRACE_PERIOD}
     */
    public static void printLastLine(
            @NonNull UUID requestId, @NonNull RequestListener build, @Nullable PrebuildRecord record) {
        String line = record == null ? PrebuildService.get().unconfirmedCancelMessage(requestId) : record.getMessage();
        if (line != null) {
            build.line(line);
        }
    }
}
