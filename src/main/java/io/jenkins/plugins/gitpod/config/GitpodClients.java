package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.PluginWrapper;
import hudson.util.VersionNumber;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.StreamProxies;
import io.jenkins.plugins.gitpod.engine.ClientFactory;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.SessionLimits;
import io.jenkins.plugins.okhttp.api.JenkinsOkHttpClient;
import jenkins.model.Jenkins;
import okhttp3.OkHttpClient;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Creates clients that connect like Jenkins itself, with its proxy and the exceptions of it. The engine gets the limits that
 * a connection has at that time.
 */
@Restricted(NoExternalUse.class)
public final class GitpodClients implements ClientFactory {

    /** Shared by all clients, because each new one reads the trust store. The proxy of Jenkins is asked at each call. */
    private static final OkHttpClient BASE =
            JenkinsOkHttpClient.newClientBuilder(new OkHttpClient()).build();

    private final ClientLimits defaultLimits;

    /** @param defaultLimits the limits of a call where the connection sets none */
    public GitpodClients(@NonNull ClientLimits defaultLimits) {
        this.defaultLimits = defaultLimits;
    }

    @NonNull
    @Override
    public GitpodClient client(
            @NonNull GitpodEndpoint endpoint, @NonNull BearerToken token, @NonNull ClientLimits limits) {
        return new GitpodClient(BASE, endpoint, token, limits, userAgent());
    }

    @NonNull
    @Override
    public StreamProxies streamProxies() {
        return new JenkinsStreamProxies();
    }

    /** A client for look-ups. */
    @NonNull
    static GitpodClient forLookUps(@NonNull AuthenticatedConnection access) {
        return new GitpodClient(BASE, access.connection().endpoint(), access.token(), access.limits(), userAgent());
    }

    /** A connection for the look-ups of a build, with the limits that the connection has now. */
    @NonNull
    public AuthenticatedConnection forBuild(@NonNull Connection connection, @NonNull BearerToken token) {
        GitpodConnection configured = GitpodGlobalConfiguration.get().connection(connection.name());
        ClientLimits limits = configured == null ? defaultLimits : configured.callLimits(defaultLimits);
        return new AuthenticatedConnection(connection, token, limits);
    }

    private static String userAgent() {
        PluginWrapper plugin = Jenkins.get().getPluginManager().whichPlugin(GitpodClients.class);
        String version = plugin == null ? "unknown" : plugin.getVersion().replaceAll(" .*", "");
        VersionNumber core = Jenkins.getVersion();
        return "jenkins-gitpod-prebuild/" + version + " Jenkins/" + (core == null ? "unknown" : core);
    }

    /** The limits of a connection; the usual ones if it was deleted. */
    @NonNull
    @Override
    public SessionLimits limits(@NonNull Connection connection, @NonNull SessionLimits usual) {
        SessionLimits limits =
                new SessionLimits(usual.shortestPoll(), usual.longestPoll(), usual.maxConcurrentCalls(), defaultLimits);
        GitpodConnection configured = GitpodGlobalConfiguration.get().connection(connection.name());
        return configured == null ? limits : configured.limits(limits);
    }
}
