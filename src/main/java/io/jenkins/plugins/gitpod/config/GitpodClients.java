package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.PluginWrapper;
import hudson.util.VersionNumber;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.okhttp.api.JenkinsOkHttpClient;
import jenkins.model.Jenkins;
import okhttp3.OkHttpClient;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Makes clients that go out the way Jenkins does: by its proxy and with its exceptions. */
@Restricted(NoExternalUse.class)
public final class GitpodClients {

    private GitpodClients() {}

    /** A client; no call is made yet. */
    @NonNull
    public static GitpodClient client(
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
}
