package io.jenkins.plugins.gitpod.simulator;

import java.util.regex.Pattern;

/** What the API takes for a URI: RFC 3986 with a scheme. {@link java.net.URI} is older and lets other letters through. */
final class UriRule {
    private static final String PLAIN = "[A-Za-z0-9._~!$&'()*+,;=-]";
    private static final String ESCAPED = "%[0-9A-Fa-f]{2}";
    private static final String PCHAR = "(?:" + PLAIN + "|[:@]|" + ESCAPED + ")";
    private static final String USER = "(?:(?:" + PLAIN + "|:|" + ESCAPED + ")*@)?";
    private static final String HOST = "(?:\\[v[0-9A-Fa-f]+\\.(?:" + PLAIN + "|:)+\\]|\\[[0-9A-Fa-f:.]+(?:%25(?:"
            + PLAIN + "|" + ESCAPED + ")+)?\\]|(?:" + PLAIN + "|" + ESCAPED + ")*)";
    private static final String AUTHORITY = "//" + USER + HOST + "(?::[0-9]*)?(?:/" + PCHAR + "*)*";
    private static final String ABSOLUTE = "/(?:" + PCHAR + "+(?:/" + PCHAR + "*)*)?";
    private static final String ROOTLESS = PCHAR + "+(?:/" + PCHAR + "*)*";
    private static final String REST = "(?:" + PCHAR + "|[/?])*";
    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:(?:" + AUTHORITY + "|" + ABSOLUTE + "|"
            + ROOTLESS + ")?(?:\\?" + REST + ")?(?:#" + REST + ")?");

    private UriRule() {}

    static boolean isUri(String text) {
        return URI.matcher(text).matches();
    }
}
