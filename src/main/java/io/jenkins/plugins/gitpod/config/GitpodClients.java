package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.PluginWrapper;
import hudson.util.VersionNumber;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
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

    private final ClientLimits defaultLimits;

    /** @param defaultLimits the limits of a call where the connection sets none */
    public GitpodClients(@NonNull ClientLimits defaultLimits) {
        this.defaultLimits = defaultLimits;
    }

    @NonNull
    @Override
    public GitpodClient client(
            @NonNull GitpodEndpoint endpoint, @NonNull BearerToken token, @NonNull ClientLimits limits) {
        OkHttpClient base =
                JenkinsOkHttpClient.newClientBuilder(new OkHttpClient()).build();
        return new GitpodClient(base, endpoint, token, limits, userAgent());
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
                new SessionLimits(usual.shortestPoll(), usual.longestPoll(), usual.callsAtOnce(), defaultLimits);
        GitpodConnection configured = GitpodGlobalConfiguration.get().connection(connection.name());
        return configured == null ? limits : configured.limits(limits);
    }
}
