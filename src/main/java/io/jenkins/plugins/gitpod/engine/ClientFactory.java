package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.StreamProxies;

/** Makes clients with the settings of the layer above, such as proxies. */
@FunctionalInterface
public interface ClientFactory {

    /** A client for this secret. Must not block. */
    @NonNull
    GitpodClient client(@NonNull GitpodEndpoint endpoint, @NonNull BearerToken token, @NonNull ClientLimits limits);

    /** The proxies of the event streams, which are not those of the clients: another library reads them. Must not block. */
    @NonNull
    default StreamProxies streamProxies() {
        return StreamProxies.NONE;
    }

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
