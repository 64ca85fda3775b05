package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import okhttp3.HttpUrl;

/** Where a redirect points, fit for a log. */
final class RedirectTarget {

    private RedirectTarget() {}

    /** An absolute URL without anything secret; null if the location is not an http(s) URL. */
    @CheckForNull
    static String of(HttpUrl from, String location, Redactor redactor) {
        HttpUrl target = from.resolve(location);
        if (target == null) {
            return null;
        }
        HttpUrl.Builder plain =
                target.newBuilder().username("").password("").query(null).fragment(null);
        if (redactor.finds(String.join("/", target.pathSegments()))) {
            plain.encodedPath("/"); // the token may be there in percent-encoded form
        }
        return redactor.line(plain.toString(), 300);
    }
}
