package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;

/** Makes clients; the layer above knows of proxies. */
@FunctionalInterface
public interface ClientFactory {

    /** A client for this secret. Must not block. */
    @NonNull
    GitpodClient client(@NonNull GitpodEndpoint endpoint, @NonNull BearerToken token);
}
