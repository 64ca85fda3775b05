package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EventStream;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;

/** Where events of prebuilds come from. */
@FunctionalInterface
interface EventSource {

    /** Is told what a stream says, by any thread. */
    interface Listener extends EventStream.Listener {

        /** The stream has ended. @param e why, or null if Gitpod ended it in an orderly way */
        void ended(@Nullable GitpodException e);
    }

    /**
     * Starts to listen, without blocking.
     *
     * @return what ends the stream
     */
    AutoCloseable listen(Listener listener);

    /** Gitpod's event stream, which uses a thread of {@link WorkQueue#STREAM} as long as it is open. */
    static EventSource of(GitpodClient client, EngineRuntime runtime) {
        return listener -> {
            EventStream stream = client.events();
            runtime.executor(WorkQueue.STREAM).execute(() -> listener.ended(read(stream, listener)));
            return stream;
        };
    }

    @CheckForNull
    private static GitpodException read(EventStream stream, Listener listener) {
        try {
            stream.read(listener);
            return null;
        } catch (GitpodException e) {
            return e;
        } catch (RuntimeException | Error e) {
            return UnexpectedFailures.failedCall("WatchEvents", e);
        }
    }
}
