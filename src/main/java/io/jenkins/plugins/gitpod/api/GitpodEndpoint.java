package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * The URL of a Gitpod API, for example {@code https://app.gitpod.io/api}. Always https, except for a loopback address, where
 * http is allowed. Immutable; two endpoints are equal if their URLs are.
 */
public final class GitpodEndpoint {

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(?:\\." + OCTET + "){3}");

    /** The two hosts of Gitpod's public service, each with the other one. */
    private static final Map<String, String> PUBLIC_HOSTS =
            Map.of("app.gitpod.io", "app.ona.com", "app.ona.com", "app.gitpod.io");

    /** No second slash at the start and no backslash, which would both name a host to some readers. */
    private static final Pattern DASHBOARD_PATH = Pattern.compile("/(?!/)[A-Za-z0-9/._~%&=?+-]{0,199}");

    private static final int HTTPS_PORT = 443;

    private final HttpUrl base;

    private GitpodEndpoint(HttpUrl base) {
        this.base = base;
    }

    /**
     * Parses an API URL that an administrator entered.
     *
     * @param url the URL; white space around it and slashes at its end are dropped
     * @return the endpoint
     * @throws InvalidEndpointException if it is invalid, with the reason
     */
    @NonNull
    public static GitpodEndpoint parse(@Nullable String url) throws InvalidEndpointException {
        if (url == null || url.isBlank()) {
            throw new InvalidEndpointException(Problem.BLANK);
        }
        URI uri = uri(url.strip());
        String authority = uri.getRawAuthority();
        if (authority == null || authority.isEmpty() || authority.startsWith(":")) {
            throw new InvalidEndpointException(Problem.NO_HOST);
        }
        if (authority.contains("@")) {
            throw new InvalidEndpointException(Problem.USER_INFO);
        }
        if (uri.getRawQuery() != null) {
            throw new InvalidEndpointException(Problem.QUERY);
        }
        if (uri.getRawFragment() != null) {
            throw new InvalidEndpointException(Problem.FRAGMENT);
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new InvalidEndpointException(Problem.NOT_HTTPS);
        }
        // The same parser as the one that will connect decides what the host is.
        HttpUrl parsed = HttpUrl.parse(uri.toString());
        if (parsed == null) {
            throw new InvalidEndpointException(Problem.NOT_A_URL);
        }
        if (!parsed.isHttps() && !isLoopback(parsed.host())) {
            throw new InvalidEndpointException(Problem.NOT_HTTPS);
        }
        return new GitpodEndpoint(withoutTrailingSlashes(parsed));
    }

    private static URI uri(String url) throws InvalidEndpointException {
        try {
            URI uri = new URI(url);
            if (uri.getScheme() != null && !uri.isOpaque()) {
                return uri;
            }
        } catch (URISyntaxException e) {
            if (url.matches("(?i)https?://")) {
                throw new InvalidEndpointException(Problem.NO_HOST);
            }
        }
        throw new InvalidEndpointException(Problem.NOT_A_URL);
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || LOOPBACK_V4.matcher(host).matches();
    }

    private static HttpUrl withoutTrailingSlashes(HttpUrl url) {
        List<String> segments = url.pathSegments();
        int keep = segments.size();
        while (keep > 0 && segments.get(keep - 1).isEmpty()) {
            keep--;
        }
        HttpUrl.Builder builder = url.newBuilder();
        for (int i = segments.size() - 1; i >= keep; i--) {
            builder.removePathSegment(i);
        }
        return builder.build();
    }

    /**
     * The API's URL.
     *
     * @return the URL without a slash at its end
     */
    @NonNull
    public URI apiUrl() {
        return URI.create(text(base));
    }

    /**
     * The host the token is sent to.
     *
     * @return a name in lower case or an address; an IPv6 address without brackets
     */
    @NonNull
    public String host() {
        return base.host();
    }

    /**
     * Whether the API is on this machine, by its name alone.
     *
     * @return whether the host is {@code localhost}, in 127.0.0.0/8 or {@code ::1}
     */
    public boolean isLoopback() {
        return isLoopback(base.host());
    }

    /**
     * Whether the API is called over TLS.
     *
     * @return false only for a loopback host
     */
    public boolean isHttps() {
        return base.isHttps();
    }

    /**
     * The page that shows people a project's prebuilds.
     *
     * @param projectId a project's id
     * @return the page's URL
     */
    @NonNull
    public URI projectPage(@NonNull String projectId) {
        return URI.create(text(origin().addPathSegment("projects")
                .addPathSegment(projectId)
                .addPathSegment("prebuilds")
                .build()));
    }

    /**
     * The page that shows people an environment, also the one a prebuild runs in.
     *
     * @param environmentId an environment's id
     * @return the page's URL
     */
    @NonNull
    public URI environmentPage(@NonNull String environmentId) {
        return URI.create(text(
                origin().addPathSegment("details").addPathSegment(environmentId).build()));
    }

    /**
     * A page of the dashboard that Gitpod names in an answer.
     *
     * @param path an absolute path, perhaps with a query, as Gitpod wrote it
     * @return the page's URL, of the API's own scheme, host and port; empty if the path is none, or could lead away
     */
    @NonNull
    public Optional<URI> dashboardPage(@NonNull String path) {
        if (!DASHBOARD_PATH.matcher(path).matches()) {
            return Optional.empty();
        }
        HttpUrl page = base.resolve(path);
        boolean isHere = page != null
                && page.scheme().equals(base.scheme())
                && page.host().equals(base.host())
                && page.port() == base.port();
        return isHere ? Optional.of(URI.create(page.toString())) : Optional.empty();
    }

    /**
     * Whether two endpoints are one service: equal, or equal but for the host where the two hosts are those of the
     * public service, app.gitpod.io and app.ona.com.
     *
     * @param other another endpoint
     * @return whether they are one
     */
    public boolean isSameServiceAs(@NonNull GitpodEndpoint other) {
        return equals(other) || other.equals(otherPublicHost());
    }

    /** The same endpoint on the other host of the public service; null if this is not an endpoint of that service. */
    @CheckForNull
    GitpodEndpoint otherPublicHost() {
        String other = PUBLIC_HOSTS.get(base.host());
        return other == null || !base.isHttps() || base.port() != HTTPS_PORT
                ? null
                : new GitpodEndpoint(base.newBuilder().host(other).build());
    }

    HttpUrl method(String service, String method) {
        return base.newBuilder()
                .addPathSegment("gitpod.v1." + service)
                .addPathSegment(method)
                .build();
    }

    private HttpUrl.Builder origin() {
        List<String> segments = base.pathSegments();
        int last = segments.size() - 1;
        HttpUrl.Builder builder = base.newBuilder();
        return segments.get(last).equals("api") ? builder.removePathSegment(last) : builder;
    }

    private static String text(HttpUrl url) {
        String text = url.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GitpodEndpoint endpoint && base.equals(endpoint.base);
    }

    @Override
    public int hashCode() {
        return base.hashCode();
    }

    @Override
    public String toString() {
        return text(base);
    }
}
