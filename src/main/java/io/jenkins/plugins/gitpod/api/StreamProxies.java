package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.net.Proxy;

/** The proxies of event streams. They are asked again for each stream. */
@FunctionalInterface
public interface StreamProxies {

    /** Connects without any. */
    @NonNull
    StreamProxies NONE = host -> Proxy.NO_PROXY;

    /**
     * The proxy for a host. May look up its name.
     *
     * @param host the host of the API
     * @return the proxy, or {@link Proxy#NO_PROXY}
     */
    @NonNull
    Proxy proxy(@NonNull String host);

    /**
     * What opens a tunnel through a proxy that wants a password.
     *
     * @return the value of the header {@code Proxy-Authorization}, which only the proxy gets; null if there is none
     */
    @CheckForNull
    default String authorization() {
        return null;
    }
}
