package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.Prebuild;
import java.util.Map;
import java.util.UUID;

/** The open requests of an engine, as one of them sees the others. Thread-safe. */
interface OpenRequests {

    /** Tells a request what its creates have made, by their numbers. */
    void assign(UUID requestId, Map<Integer, Prebuild> made);

    /** Tells a surplus request that the create it looks after made nothing. */
    void nothingMade(UUID requestId);

    /**
     * Opens a surplus request, unless it is open.
     *
     * @param isSaved whether the store holds it in this state
     */
    void openSurplus(SavedRequest saved, TokenSource tokens, boolean isSaved);

    /**
     * Tells of a surplus prebuild: the observer of its request if that is open, else the log.
     *
     * @param like the request that found it
     */
    void tellSurplus(UUID requestId, PrebuildRequest like, Update update);

    /** A request is over and its observer has been told. */
    void closed(UUID requestId);
}
