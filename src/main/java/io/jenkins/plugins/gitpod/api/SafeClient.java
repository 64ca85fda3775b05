package io.jenkins.plugins.gitpod.api;

import java.io.IOException;
import java.net.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;

/**
 * An OkHttp client that uses proxy, trust and name look-up of another one, but no interceptors, redirects or retries of it.
 *
 * <p>A call connects on its own thread. OkHttp's fast fallback would do that on a further thread for each new connection,
 * and keep that thread for a minute. Without it, the addresses of a host are tried one after the other, each until it
 * fails or the limit for connecting is over. That suits a machine whose IPv6 is broken: unless
 * {@code java.net.preferIPv6Addresses} is set, the JDK lists IPv4 addresses first. Where only IPv6 works, an IPv4 address
 * usually fails at once; if its packets vanish, each new connection takes the limit for connecting longer.
 */
final class SafeClient {

    /**
     * The idle connections of all clients: OkHttp looks after each pool with a task of its own, and a hundred tokens need
     * no more connections than one. About as many are kept as the engine makes calls at the same time.
     */
    private static final ConnectionPool KEPT = new ConnectionPool(25, 5, TimeUnit.MINUTES);

    private SafeClient() {}

    static OkHttpClient of(OkHttpClient base, GitpodEndpoint endpoint, ClientLimits limits) {
        OkHttpClient.Builder builder = base.newBuilder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .fastFallback(false)
                .connectionPool(KEPT)
                .followRedirects(false)
                .followSslRedirects(false)
                .authenticator(Authenticator.NONE)
                .proxyAuthenticator(new ForTunnels(base.proxyAuthenticator()))
                .cookieJar(CookieJar.NO_COOKIES)
                .cache(null)
                .eventListenerFactory(call -> CallWatch.of(call.request()))
                .connectTimeout(limits.connect())
                .readTimeout(limits.read())
                .writeTimeout(limits.read())
                .callTimeout(limits.call());
        builder.interceptors().clear(); // they could log a token or send a request twice
        builder.networkInterceptors().clear();
        if (!endpoint.isHttps()) {
            builder.proxy(Proxy.NO_PROXY); // plain http is for this machine only
        }
        return builder.build();
    }

    /**
     * Only a proxy asked for a tunnel may ask for the proxy's password, not the server behind it. A record, because OkHttp
     * shares connections only between clients with equal authenticators.
     */
    private record ForTunnels(Authenticator proxy) implements Authenticator {
        @Override
        public Request authenticate(Route route, Response response) throws IOException {
            return response.request().method().equals("CONNECT") ? proxy.authenticate(route, response) : null;
        }
    }
}
