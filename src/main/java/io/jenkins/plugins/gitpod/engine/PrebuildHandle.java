package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.UUID;

/** A request that is open. All methods return at once and may be called by any thread. */
public interface PrebuildHandle {

    @NonNull
    UUID requestId();

    /** The present state. */
    @NonNull
    RequestView view();

    /**
     * The waiting build leaves early: cancels the prebuild if the request says so. The observer is still told the outcome.
     */
    void leave(@NonNull CancelReason reason);

    /** Cancels the prebuild, whether or not a build waits for it. */
    void cancel();

    /** Whether a create has been sent and is not answered. */
    boolean isCreateOut();
}
