package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.EventStream;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;

/** Reads Gitpod's event stream, with a thread of the {@link WorkQueue#STREAM} lane for as long as it is open. */
final class StreamReader implements EventSource {

    private final GitpodClient client;
    private final EngineRuntime runtime;

    StreamReader(GitpodClient client, EngineRuntime runtime) {
        this.client = client;
        this.runtime = runtime;
    }

    @Override
    public AutoCloseable listen(Listener listener) {
        EventStream stream = client.events();
        runtime.lane(WorkQueue.STREAM).execute(() -> listener.ended(read(stream, listener)));
        return stream;
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
