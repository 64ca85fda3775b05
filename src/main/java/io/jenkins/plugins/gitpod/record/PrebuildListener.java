package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.UUID;

/** Who asked for a prebuild and wants to hear of it. Called on threads of the engine, one call after the other. */
public interface PrebuildListener {

    /** Whether this is the request it waits for. */
    boolean isFor(@NonNull UUID requestId);

    /** A line for the console. */
    void line(@NonNull String line);

    /** The prebuild has an id. */
    void created(@NonNull PrebuildResult result);

    /** The last word, once; the build's record is saved by then. */
    void concluded(@NonNull PrebuildRecord record);
}
