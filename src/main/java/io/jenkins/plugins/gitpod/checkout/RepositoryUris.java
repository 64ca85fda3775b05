package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The URIs of a repository, for a server that compares them letter by letter. Each is a URI of RFC 3986, for one that is
 * not has the server refuse all of them, and of the same repository by {@link RepositoryUrl#isSameAs}.
 */
final class RepositoryUris {

    /** What one call takes. */
    private static final int MAXIMUM = 25;

    private static final Pattern HOST = Pattern.compile("[a-z0-9._-]*|\\[[0-9a-f:.]+]");
    private static final String UNENCODED = "-._~!$&'()*+,;=:@";
    private static final String SUFFIX = ".git";

    private final RepositoryUrl url;
    private final Set<String> uris = new LinkedHashSet<>();

    private RepositoryUris(RepositoryUrl url) {
        this.url = url;
    }

    @NonNull
    static List<String> of(@NonNull RepositoryUrl url) {
        if (url.isUnknown() || !HOST.matcher(url.asciiHost()).matches()) {
            return List.of();
        }
        RepositoryUris collected = new RepositoryUris(url);
        collected.collect();
        return collected.uris.stream().limit(MAXIMUM).toList();
    }

    private void collect() {
        if (!url.isNoUri()) {
            given(url.userInfo());
            given("");
        }
        if (url.key().isAzureRepository()) {
            azure(url.key().plainSegments());
        } else if (url.isRemote() && !url.key().isAzure()) {
            remote();
        } else if (url.transport() == RepositoryUrl.Transport.DISK && url.path().startsWith("/")) {
            both("file://" + url.asciiHost() + encoded(bare(url.path()), !url.isNoUri()));
        }
    }

    /** As it is written, and then with the suffix changed. */
    private void given(String user) {
        String port = url.port() == 0 ? "" : ":" + url.port();
        String server = url.givenScheme() + "://" + user + url.asciiHost() + port;
        uris.add(server + encoded(url.path(), true));
        if (!url.key().isAzure()) {
            both(server + encoded(bare(url.path()), true));
        }
    }

    private void remote() {
        String path = "/" + encoded(bare(url.path()).replaceFirst("^/+", ""), !url.isNoUri());
        String host = url.key().isPublicHost() ? url.key().host() : url.asciiHost();
        boolean isWeb = url.transport() == RepositoryUrl.Transport.WEB;
        boolean isSsh = url.transport() == RepositoryUrl.Transport.SSH;
        boolean hasOwnPort = url.effectivePort() != 0 && !url.key().isPublicHost();
        String port = hasOwnPort ? ":" + url.port() : "";
        String web = isWeb && hasOwnPort && url.givenScheme().endsWith("http") ? "http://" : "https://";
        if (isSsh && url.isBitbucketSsh()) {
            both("https://" + host + "/scm" + path);
        }
        both(web + host + (isWeb ? port : "") + path);
        List<String> segments = url.key().plainSegments();
        int mark = segments.size() - 3;
        if (isWeb && mark >= 0 && segments.get(mark).equals("scm")) {
            both("ssh://git@" + host + ":7999/" + encoded(segments.get(mark + 1)) + "/"
                    + encoded(segments.get(mark + 2)));
        }
        both("ssh://git@" + host + (isSsh ? port : "") + path);
        if (!url.userInfo().isEmpty() && isSsh) {
            both("ssh://" + url.userInfo() + host + port + path);
        }
    }

    private void azure(List<String> segments) {
        String organization = encoded(segments.get(0));
        String project = encoded(segments.get(1));
        String name = encoded(segments.get(2));
        List<String> paths = new ArrayList<>();
        paths.add("/" + project + "/_git/" + name);
        if (project.equals(name)) {
            paths.add("/_git/" + name);
        }
        String host = RepositoryPath.AZURE;
        for (String path : paths) {
            uris.add("https://" + organization + "@" + host + "/" + organization + path);
            uris.add("https://" + host + "/" + organization + path);
        }
        uris.add("ssh://git@ssh." + host + "/v3/" + organization + "/" + project + "/" + name);
        uris.add("ssh://git@ssh." + host + ":22/v3/" + organization + "/" + project + "/" + name);
        for (String path : paths) {
            uris.add("https://" + organization + ".visualstudio.com" + path);
            uris.add("https://" + organization + ".visualstudio.com/DefaultCollection" + path);
        }
    }

    private void both(String bare) {
        uris.add(bare);
        uris.add(bare + SUFFIX);
    }

    /** The path without slashes at its end and without the suffix. */
    private static String bare(String path) {
        String bare = path.replaceFirst("/+$", "").replaceFirst("/+\\.git$", "");
        return bare.endsWith(SUFFIX) ? bare.substring(0, bare.length() - SUFFIX.length()) : bare;
    }

    /** One segment of a path, percent-encoded. */
    @NonNull
    static String encoded(@NonNull String segment) {
        return encoded(segment, false).replace("/", "%2F");
    }

    /** @param isEncoded whether a percent sign and two digits stay as they are */
    private static String encoded(String path, boolean isEncoded) {
        StringBuilder encoded = new StringBuilder();
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xFF);
            boolean isPlain = c < 128 && (Character.isLetterOrDigit(c) || c == '/' || UNENCODED.indexOf(c) >= 0);
            boolean isEscape = isEncoded
                    && c == '%'
                    && i + 2 < bytes.length
                    && Character.digit(bytes[i + 1], 16) >= 0
                    && Character.digit(bytes[i + 2], 16) >= 0;
            if (isPlain || isEscape) {
                encoded.append(c);
            } else {
                encoded.append('%').append(String.format("%02X", (int) c));
            }
        }
        return encoded.toString();
    }
}
