package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EventStream;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.StreamClient;
import java.util.concurrent.CancellationException;

/** Where events of prebuilds come from. */
@FunctionalInterface
interface EventSource {

    /** Is told what a stream says, by any thread, until it is closed. */
    interface Listener extends EventStream.Listener {

        /** The stream has ended; called once. @param e why, or null if Gitpod ended it in an orderly way */
        void ended(@Nullable GitpodException e);
    }

    /**
     * Starts to listen, without blocking.
     *
     * @return what ends the stream
     */
    AutoCloseable listen(Listener listener);

    /** Gitpod's event stream. */
    static EventSource of(GitpodClient client, StreamClient http) {
        return listener -> {
            EventStream stream = client.events(http);
            stream.read(listener).whenComplete((done, failure) -> {
                if (!(failure instanceof CancellationException)) {
                    Guarded.run("continue without an event stream", () -> listener.ended(failure(failure)));
                }
            });
            return stream;
        };
    }

    @CheckForNull
    private static GitpodException failure(@Nullable Throwable failure) {
        return failure == null || failure instanceof GitpodException
                ? (GitpodException) failure
                : UnexpectedFailures.failedCall("WatchEvents", failure);
    }
}
