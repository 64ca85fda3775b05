package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;

/** Makes clients with the settings of the layer above, such as proxies. */
@FunctionalInterface
public interface ClientFactory {

    /** A client for this secret. Must not block. */
    @NonNull
    GitpodClient client(@NonNull GitpodEndpoint endpoint, @NonNull BearerToken token, @NonNull ClientLimits limits);

    /**
     * The limits of a connection, which are read for each session that is opened. Must not block.
     *
     * @param usual the limits that apply if none are configured
     */
    @NonNull
    default SessionLimits limits(@NonNull Connection connection, @NonNull SessionLimits usual) {
        return usual;
    }
}
