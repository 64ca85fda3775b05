package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ProxyConfiguration;
import hudson.util.Secret;
import io.jenkins.plugins.gitpod.api.StreamProxies;
import java.net.Proxy;
import jenkins.model.Jenkins;
import okhttp3.Credentials;

/**
 * The proxy of Jenkins and its exceptions, as they are when a stream is opened. Not by
 * {@link ProxyConfiguration#newHttpClientBuilder()}: what that builds keeps the settings of its time, runs on threads of
 * Jenkins, and with a proxy's password drops the token.
 */
final class JenkinsStreamProxies implements StreamProxies {

    @NonNull
    @Override
    public Proxy proxy(@NonNull String host) {
        ProxyConfiguration proxy = Jenkins.get().getProxy();
        return proxy == null || proxy.getName() == null ? Proxy.NO_PROXY : proxy.createProxy(host);
    }

    @CheckForNull
    @Override
    public String authorization() {
        ProxyConfiguration proxy = Jenkins.get().getProxy();
        return proxy == null || proxy.getUserName() == null
                ? null
                : Credentials.basic(proxy.getUserName(), Secret.toString(proxy.getSecretPassword()));
    }
}
