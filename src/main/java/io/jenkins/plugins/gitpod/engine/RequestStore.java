package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.UUID;

/** Where open requests are kept so that they survive a crash. Calls may block on a disk. */
public interface RequestStore {

    /**
     * Saves the request's present state; when it returns, the state survives a crash.
     *
     * @throws IOException if it could not be made to survive
     */
    void save(@NonNull SavedRequest request) throws IOException;

    /**
     * Tells that a request to be saved next comes from where another one came from: it cleans up after that one.
     *
     * @param requestId the new one
     * @param after the one that is open already
     */
    default void follows(@NonNull UUID requestId, @NonNull UUID after) {
        // Most journals need no more than what is saved.
    }

    /** Ends the book-keeping of a request that is over. */
    void close(@NonNull UUID requestId);
}
