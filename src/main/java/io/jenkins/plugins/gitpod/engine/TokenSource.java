package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import java.util.UUID;

/** Looks up a request's bearer token where it is stored. */
@FunctionalInterface
public interface TokenSource {

    /**
     * Looks the token up anew: it may have been rotated since the last call. May block; the engine calls it on a thread
     * of its own and does not wait for ever.
     *
     * @throws TokenUnavailableException if there is none
     */
    @NonNull
    BearerToken token() throws TokenUnavailableException;

    /**
     * The same for another request of the same origin.
     *
     * @param requestId a request that was {@linkplain RequestStore#follows told} to come from where this one's does
     */
    @NonNull
    default TokenSource of(@NonNull UUID requestId) {
        return this;
    }
}
