package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.UUID;

/** Saves open requests so that they survive a crash. Calls may block on a disk. */
public interface RequestStore {

    /**
     * Saves the state of a request; when this returns, it survives a crash.
     *
     * @throws IOException if it could not be saved
     */
    void save(@NonNull SavedRequest request) throws IOException;

    /**
     * Tells that a request, which is saved next, has the same origin as another one: it cleans up after that one.
     *
     * @param requestId the new request
     * @param after the request that is open already
     */
    default void follows(@NonNull UUID requestId, @NonNull UUID after) {
        // Most stores need only what is saved.
    }

    /** A request is over: removes it from the open ones. */
    void close(@NonNull UUID requestId);
}
