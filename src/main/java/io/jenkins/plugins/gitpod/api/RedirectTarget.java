package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
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

    /**
     * The API URL that a redirect to the same method of another API means; null if it points to something else.
     *
     * @param target what {@link #of} made of the location
     */
    @CheckForNull
    static String base(HttpUrl from, @CheckForNull String target) {
        List<String> segments = from.pathSegments();
        int count = segments.size();
        String method = "/" + String.join("/", segments.subList(Math.max(0, count - 2), count));
        return target != null && target.endsWith(method)
                ? target.substring(0, target.length() - method.length())
                : null;
    }
}
