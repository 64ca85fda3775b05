package io.jenkins.plugins.gitpod.api;

import java.net.Proxy;
import java.util.List;
import okhttp3.Authenticator;
import okhttp3.CookieJar;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/** An OkHttp client that uses proxy, trust and name look-up of another one, but no interceptors, redirects or retries of it. */
final class SafeClient {

    private SafeClient() {}

    static OkHttpClient of(OkHttpClient base, GitpodEndpoint endpoint, ClientLimits limits) {
        Authenticator proxyAuthenticator = base.proxyAuthenticator();
        OkHttpClient.Builder builder = base.newBuilder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .followRedirects(false)
                .followSslRedirects(false)
                .authenticator(Authenticator.NONE)
                // Only a proxy asked for a tunnel may ask for the proxy's password, not the server behind it.
                .proxyAuthenticator(
                        (route, response) -> response.request().method().equals("CONNECT")
                                ? proxyAuthenticator.authenticate(route, response)
                                : null)
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
}
