package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.engine.ClientFactory;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.SessionLimits;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Lets the engine use a connection as it is configured at that time; one that is gone by then is used as usual. */
@Restricted(NoExternalUse.class)
public final class ConnectionClients implements ClientFactory {

    private final ClientLimits usualCall;

    /** @param usualCall what a call may cost over a connection that says nothing else */
    public ConnectionClients(@NonNull ClientLimits usualCall) {
        this.usualCall = usualCall;
    }

    @NonNull
    @Override
    public GitpodClient client(
            @NonNull GitpodEndpoint endpoint, @NonNull BearerToken token, @NonNull ClientLimits limits) {
        return GitpodClients.client(endpoint, token, limits);
    }

    @NonNull
    @Override
    public SessionLimits limits(@NonNull Connection connection, @NonNull SessionLimits usual) {
        SessionLimits limits =
                new SessionLimits(usual.shortestPoll(), usual.longestPoll(), usual.maxConcurrentCalls(), usualCall);
        GitpodConnection configured = GitpodGlobalConfiguration.get().connection(connection.name());
        return configured == null ? limits : configured.limits(limits);
    }
}
