package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.engine.AfterCompletion;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The builds that share one prebuild, as the ledger keeps them.
 *
 * @param joined the builds that joined the first one's request and have not left
 * @param firstLeft whether the build that requested the prebuild has left
 * @param keepsRunning whether a build that left wanted the prebuild to keep running
 * @param foreign whether the prebuild was not created by this Jenkins
 * @param replacesSince when the first prebuild was requested of those that were cancelled, each in favor of the next one, up
 *     to this one; null if there is none
 */
@Restricted(NoExternalUse.class)
public record Owners(
        @NonNull List<Owner> joined,
        boolean firstLeft,
        boolean keepsRunning,
        boolean foreign,
        @Nullable Instant replacesSince) {

    /** Only the build that requested the prebuild. */
    public static final Owners FIRST_ONLY = new Owners(List.of(), false, false, false, null);

    /** Copies the list. */
    public Owners {
        joined = List.copyOf(joined);
    }

    /**
     * A build that joined.
     *
     * @param requestId the id of its own request
     * @param cancelOnAbort whether its early end cancels the prebuild
     * @param waiting whether the build waits for the prebuild
     * @param after what its options want once the prebuild has completed
     */
    public record Owner(
            @NonNull UUID requestId,
            boolean cancelOnAbort,
            boolean waiting,
            @NonNull AfterCompletion after) {

        /** A build whose options want nothing once the prebuild has completed. */
        public Owner(@NonNull UUID requestId, boolean cancelOnAbort, boolean waiting) {
            this(requestId, cancelOnAbort, waiting, AfterCompletion.NOTHING);
        }
    }
}
