package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The URL of a repository in its many forms: https and ssh, with and without {@code .git}, with a user's name or not. A
 * user's name and password are dropped at once: they belong into no log and no request.
 */
@Restricted(NoExternalUse.class)
public final class RepositoryUrl {

    private static final Pattern WITH_SCHEME =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/]*@)?([^/]*?)(?::(\\d+))?(/.*)?");

    /** The short ssh form, {@code user@host:path}; a drive letter is no host. */
    private static final Pattern SHORT = Pattern.compile("(?:[^@/\\\\]+@)?([^:/\\\\@]{2,}):(?!//)(.*)");

    private static final String SUFFIX = ".git";

    private final String shown;
    private final String scheme;
    private final String host;
    private final String port;
    private final String path;

    private RepositoryUrl(String shown, String scheme, String host, String port, String path) {
        this.shown = shown;
        this.scheme = scheme;
        this.host = host;
        this.port = port;
        this.path = path;
    }

    @NonNull
    public static RepositoryUrl of(@NonNull String text) {
        String url = text.trim();
        Matcher full = WITH_SCHEME.matcher(url);
        if (full.matches()) {
            String scheme = full.group(1).toLowerCase(Locale.ROOT);
            String host = full.group(2).toLowerCase(Locale.ROOT);
            String port = full.group(3) == null ? "" : full.group(3);
            String path = full.group(4) == null ? "" : full.group(4);
            String user = scheme.equals("ssh") ? "git@" : "";
            String shown = scheme + "://" + user + host + (port.isEmpty() ? "" : ":" + port) + path;
            return new RepositoryUrl(shown, scheme, host, port, bare(path));
        }
        Matcher brief = SHORT.matcher(url);
        if (brief.matches()) {
            String host = brief.group(1).toLowerCase(Locale.ROOT);
            return new RepositoryUrl("git@" + host + ":" + brief.group(2), "ssh", host, "", bare(brief.group(2)));
        }
        return new RepositoryUrl(url, "file", "", "", bare(url));
    }

    /** The path without slashes around it and without the suffix. */
    private static String bare(String path) {
        String bare = path.replaceAll("^/+|/+$", "");
        return bare.endsWith(SUFFIX) ? bare.substring(0, bare.length() - SUFFIX.length()) : bare;
    }

    /** Whether both are forms of one repository. The port does not count: https and ssh have different ones. */
    public boolean isSameAs(@NonNull RepositoryUrl other) {
        return host.equals(other.host) && path.equals(other.path);
    }

    /** All forms under which Gitpod may know the repository, the given one first; at most 12. */
    @NonNull
    public List<String> forms() {
        Set<String> forms = new LinkedHashSet<>();
        forms.add(shown);
        String given = shown.replaceAll("/+$", "");
        addBoth(forms, given.endsWith(SUFFIX) ? given.substring(0, given.length() - SUFFIX.length()) : given);
        if (host.isEmpty()) {
            addBoth(forms, "/" + path);
            addBoth(forms, "file:///" + path);
        } else {
            boolean web = scheme.equals("https") || scheme.equals("http");
            if (!port.isEmpty() && web) {
                addBoth(forms, "https://" + host + ":" + port + "/" + path);
            }
            addBoth(forms, "https://" + host + "/" + path);
            addBoth(forms, "git@" + host + ":" + path);
            addBoth(forms, "ssh://git@" + host + "/" + path);
        }
        return new ArrayList<>(forms);
    }

    private static void addBoth(Set<String> forms, String bare) {
        forms.add(bare);
        forms.add(bare + SUFFIX);
    }

    /** The URL as given, but without a user's name and password. */
    @Override
    public String toString() {
        return shown;
    }
}
