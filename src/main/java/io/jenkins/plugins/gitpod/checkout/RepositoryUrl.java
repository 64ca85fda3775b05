package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.net.IDN;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The URL of a repository, and its comparison with other URLs. A password is removed at once: it must not get into a log or a
 * request. A user name is kept only for requests to Gitpod, and only if it cannot be a token.
 *
 * <p>Two URLs of different repositories never count as the same. In doubt they are different. The one exception is the port:
 * the ssh server and the https server of a host are assumed to be the same service.
 */
@Restricted(NoExternalUse.class)
public final class RepositoryUrl {

    /** How a repository is reached. */
    enum Transport {
        WEB,
        SSH,
        GIT,
        DISK,
        OTHER
    }

    private static final Pattern WITH_SCHEME =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(?:([^/]*)@)?([^/]*?)(?::(\\d*))?(/.*)?");

    /** The short ssh form, {@code user@host:path}. A drive letter is not a host. */
    private static final Pattern SHORT = Pattern.compile("(?:([^@/\\\\]+)@)?([^:/\\\\@]{2,}):(?!//)(.*)");

    private static final Pattern VARIABLE = Pattern.compile("\\$[{A-Za-z_]");
    private static final Pattern USER_NAME = Pattern.compile("[A-Za-z0-9._%+-]+");

    /** Tokens are at least 20 characters long. */
    private static final int LONGEST_USER_NAME = 19;

    private static final int NO_PORT = -1;
    private static final int BITBUCKET_SSH_PORT = 7999;
    private static final Set<String> BITBUCKET_NAMES = Set.of("bitbucket", "stash");
    private static final String BITBUCKET_MARK = "scm";

    private final String shown;
    private final String withUser;
    private final String givenScheme;
    private final String scheme;
    private final String userInfo;
    private final String host;
    private final int port;
    private final String path;
    private final boolean isShort;
    private final Transport transport;
    private final RepositoryPath key;

    private RepositoryUrl(
            String shown, String givenScheme, String user, String host, int port, String path, boolean isShort) {
        this.shown = shown;
        this.givenScheme = givenScheme;
        this.scheme = scheme(givenScheme);
        this.host = host;
        this.port = port;
        this.path = path;
        this.isShort = isShort;
        this.transport = transport(this.scheme);
        this.key = RepositoryPath.of(this);
        boolean isName =
                USER_NAME.matcher(user).matches() && (user.length() <= LONGEST_USER_NAME || key.startsWith(user));
        this.userInfo = isName ? user + "@" : "";
        this.withUser = isName ? given() : shown;
    }

    @NonNull
    public static RepositoryUrl of(@NonNull String text) {
        String url = text.trim();
        Matcher full = WITH_SCHEME.matcher(url);
        if (full.matches()) {
            String scheme = full.group(1).toLowerCase(Locale.ROOT);
            String user = full.group(2) == null ? "" : full.group(2);
            String host = full.group(3).toLowerCase(Locale.ROOT);
            String port = full.group(4) == null ? "" : full.group(4);
            String path = full.group(5) == null ? "" : full.group(5);
            String shownUser = scheme(scheme).equals("ssh") ? "git@" : "";
            String shown = scheme + "://" + shownUser + host + (port.isEmpty() ? "" : ":" + port) + path;
            return new RepositoryUrl(shown, scheme, user, host, number(port), path, false);
        }
        Matcher brief = SHORT.matcher(url);
        if (brief.matches()) {
            String user = brief.group(1) == null ? "" : brief.group(1);
            String host = brief.group(2).toLowerCase(Locale.ROOT);
            String path = brief.group(3);
            return new RepositoryUrl("git@" + host + ":" + path, "ssh", user, host, 0, path, true);
        }
        return new RepositoryUrl(url, "file", "", "", 0, url, true);
    }

    private static String scheme(String scheme) {
        return switch (scheme) {
            case "git+ssh", "ssh+git" -> "ssh";
            case "git+https" -> "https";
            case "git+http" -> "http";
            default -> scheme;
        };
    }

    private static Transport transport(String scheme) {
        return switch (scheme) {
            case "https", "http" -> Transport.WEB;
            case "ssh" -> Transport.SSH;
            case "git" -> Transport.GIT;
            case "file" -> Transport.DISK;
            default -> Transport.OTHER;
        };
    }

    private static int number(String port) {
        try {
            return port.isEmpty() ? 0 : Integer.parseInt(port);
        } catch (NumberFormatException e) {
            return NO_PORT;
        }
    }

    private String given() {
        if (isShort) {
            return userInfo + host + ":" + path;
        }
        return givenScheme + "://" + userInfo + host + (port == 0 ? "" : ":" + port) + path;
    }

    // ---- the same repository

    /** Whether one of these URLs is of the same repository as one of the others. */
    static boolean anySame(@NonNull Collection<String> urls, @NonNull Collection<String> others) {
        return urls.stream()
                .map(RepositoryUrl::of)
                .anyMatch(each -> others.stream().map(RepositoryUrl::of).anyMatch(each::isSameAs));
    }

    /** Whether both are certainly URLs of one repository. */
    public boolean isSameAs(@NonNull RepositoryUrl other) {
        return matches(other, false);
    }

    /**
     * Whether the paths differ only in letter case, on a host that may be case-sensitive. Then it may be the same repository or
     * another one.
     */
    public boolean differsInCaseOnly(@NonNull RepositoryUrl other) {
        return !isSameAs(other) && matches(other, true);
    }

    /** Whether it is the same path on another host, which may be another name of the same host. */
    public boolean isSameElsewhere(@NonNull RepositoryUrl other) {
        return isRemote()
                && other.isRemote()
                && !isUnknown()
                && !key.host().equals(other.key.host())
                && key.isSamePath(other.key, true);
    }

    private boolean matches(RepositoryUrl other, boolean ignoreCase) {
        return !isUnknown()
                && !other.isUnknown()
                && key.host().equals(other.key.host())
                && isSameServer(other)
                && (key.isSamePath(other.key, ignoreCase) || isBitbucketPair(other) || other.isBitbucketPair(this));
    }

    /** Whether the ports may belong to one server. Two ports of one transport are two servers. */
    private boolean isSameServer(RepositoryUrl other) {
        if (key.isPublicHost()) {
            return true;
        } else if (transport == other.transport) {
            return effectivePort() == other.effectivePort()
                    && (transport != Transport.OTHER || scheme.equals(other.scheme));
        }
        return isRemote() && other.isRemote();
    }

    /** The port, or 0 for the default port of the scheme. */
    int effectivePort() {
        boolean isUsual =
                switch (scheme) {
                    case "https" -> port == 443;
                    case "http" -> port == 80;
                    case "ssh" -> port == 22;
                    case "git" -> port == 9418;
                    default -> false;
                };
        return isUsual ? 0 : port;
    }

    /**
     * Whether this is the https URL of a Bitbucket Server (Data Center), {@code …/scm/KEY/name}, and the other one its ssh
     * URL, {@code ssh://git@host:7999/KEY/name}. With another port than 7999 it may be any other server, unless its name
     * or context path says so.
     */
    private boolean isBitbucketPair(RepositoryUrl ssh) {
        List<String> web = key.segments();
        int mark = web.size() - 3;
        return transport == Transport.WEB
                && ssh.transport == Transport.SSH
                && !key.isPublicHost()
                && mark >= 0
                && web.get(mark).equals(BITBUCKET_MARK)
                && (ssh.isBitbucketSsh()
                        || ssh.key.segments().size() == 2
                                && web.subList(0, mark).stream().anyMatch(BITBUCKET_NAMES::contains))
                // Bitbucket is not case-sensitive.
                && web.get(mark + 1).equalsIgnoreCase(ssh.key.segments().get(0))
                && web.get(mark + 2).equalsIgnoreCase(ssh.key.segments().get(1));
    }

    /** Whether it is certainly an ssh URL of a Bitbucket Server. */
    boolean isBitbucketSsh() {
        return transport == Transport.SSH
                && key.segments().size() == 2
                && !key.isPublicHost()
                && (port == BITBUCKET_SSH_PORT || Stream.of(host.split("[.-]")).anyMatch(BITBUCKET_NAMES::contains));
    }

    // ---- its parts

    /** Whether it identifies no repository: it has no path, an invalid port, or a variable. */
    boolean isUnknown() {
        return port == NO_PORT
                || key.segments().isEmpty()
                || VARIABLE.matcher(shown).find();
    }

    /** Whether it has a host, unlike a path on a disk. */
    public boolean isRemote() {
        return transport != Transport.DISK && transport != Transport.OTHER && !host.isEmpty();
    }

    /** Whether it is not a URI: the short ssh form or a path on a disk. */
    public boolean isNoUri() {
        return isShort;
    }

    /** Whether the host may be an alias in an ssh configuration, which only one machine can resolve. */
    public boolean mayBeAlias() {
        String last = host.substring(host.lastIndexOf('.') + 1);
        return transport == Transport.SSH
                && !host.startsWith("[")
                && (last.equals(host) && !host.equals("localhost") || last.contains("-") && !last.startsWith("xn--"));
    }

    /** The URIs under which Gitpod may know the repository, the given one first; at most 25, and none if there is no URI. */
    @NonNull
    public List<String> uris() {
        return RepositoryUris.of(this);
    }

    /** The name of the repository, without its suffix. */
    @NonNull
    public String name() {
        List<String> segments = key.plainSegments();
        return segments.isEmpty() ? "" : segments.get(segments.size() - 1);
    }

    /** The name of the repository and its percent-encoded form, for a search; empty if there is no name. */
    @NonNull
    public List<String> searchTexts() {
        String name = name();
        return isUnknown()
                ? List.of()
                : Stream.of(name, RepositoryUris.encoded(name)).distinct().toList();
    }

    /** The scheme as written; {@code ssh} for the short form. */
    @NonNull
    String givenScheme() {
        return givenScheme;
    }

    /** The user name and an at sign, or the empty string. */
    @NonNull
    String userInfo() {
        return userInfo;
    }

    @NonNull
    public String host() {
        return host;
    }

    /** The host in ASCII, as in DNS. */
    @NonNull
    String asciiHost() {
        try {
            return IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return host;
        }
    }

    /** The port as written, or 0. */
    int port() {
        return port;
    }

    /** Everything after the host, as written. */
    @NonNull
    String path() {
        return path;
    }

    @NonNull
    Transport transport() {
        return transport;
    }

    @NonNull
    RepositoryPath key() {
        return key;
    }

    /** The URL without a password, with the user name if it cannot be a token. Not for logs. */
    @NonNull
    String withUser() {
        return withUser;
    }

    /** The URL without user name and password. */
    @Override
    public String toString() {
        return shown;
    }
}
