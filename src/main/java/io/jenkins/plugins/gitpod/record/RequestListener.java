package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.options.Logs;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Receives the events of a request, for the build that waits for it. Called on threads of the engine, one call at a time. */
@Restricted(NoExternalUse.class)
public interface RequestListener {

    /** Whether this listener is for the request. */
    boolean isFor(@NonNull UUID requestId);

    /** Which lines of the prebuild's log the build wants. */
    @NonNull
    default Logs logs() {
        return Logs.NONE;
    }

    /** Whether it needs nothing any longer: a step that does not wait for the end of its prebuild has ended. */
    default boolean isDone() {
        return false;
    }

    /** Called with a line for the console of the build. */
    void line(@NonNull String line);

    /** Called when the prebuild has an id. */
    void created(@NonNull PrebuildResult result);

    /** Called once, when the request has ended and the record of the build is saved. */
    void concluded(@NonNull PrebuildRecord record);
}
