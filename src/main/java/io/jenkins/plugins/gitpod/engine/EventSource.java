package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EventStream;
import io.jenkins.plugins.gitpod.api.GitpodException;

/** Where hints come from. */
@FunctionalInterface
interface EventSource {

    /** Hears a stream until it has ended, on whichever thread. */
    interface Listener extends EventStream.Listener {

        /** Nothing more will come. @param e why, or null if Gitpod has ended the stream in an orderly way */
        void ended(@Nullable GitpodException e);
    }

    /**
     * Begins to listen; blocks nobody.
     *
     * @return what ends it
     */
    AutoCloseable listen(Listener listener);
}
