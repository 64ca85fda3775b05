package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;

/** Makes clients; the layer above knows of proxies. */
@FunctionalInterface
public interface ClientFactory {

    /** A client for this secret. Must not block. */
    @NonNull
    GitpodClient client(@NonNull GitpodEndpoint endpoint, @NonNull BearerToken token, @NonNull ClientLimits limits);

    /**
     * How a connection may be used now; asked for each session that is opened. Must not block.
     *
     * @param usual what the engine does where nothing else is wanted
     */
    @NonNull
    default SessionLimits limits(@NonNull Connection connection, @NonNull SessionLimits usual) {
        return usual;
    }
}
