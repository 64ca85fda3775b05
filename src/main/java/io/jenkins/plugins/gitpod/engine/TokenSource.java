package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import java.util.UUID;

/** Looks up the bearer token of a request. */
@FunctionalInterface
public interface TokenSource {

    /**
     * Looks the token up again, since it may have been rotated. May block: it is called by a thread of
     * {@link WorkQueue#CREDENTIALS}, and the engine waits for a limited time.
     *
     * @throws TokenUnavailableException if there is none
     */
    @NonNull
    BearerToken token() throws TokenUnavailableException;

    /**
     * The same for another request of the same origin.
     *
     * @param requestId a request that {@linkplain RequestStore#follows follows} the one of this source
     */
    @NonNull
    default TokenSource of(@NonNull UUID requestId) {
        return this;
    }
}
