package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.List;

/**
 * Which projects to list. An empty part does not restrict.
 *
 * @param search part of a project's name, its id or its repository's name, in any letter case; at most 256 characters
 * @param specRemoteUris repository URLs exactly as the project has them, at most 25. Each has to be a URI of RFC 3986:
 *     one that is not, such as the short ssh form, has the server refuse the whole call
 */
public record ProjectFilter(@NonNull String search, @NonNull List<String> specRemoteUris) {

    private static final ProjectFilter NONE = new ProjectFilter("", List.of());

    /**
     * Copies and checks the parts.
     *
     * @throws IllegalArgumentException if a part is larger than the API takes
     */
    public ProjectFilter {
        Checks.atMost(256, search.length(), "search");
        Checks.atMost(25, specRemoteUris.size(), "specRemoteUris");
        specRemoteUris = List.copyOf(specRemoteUris);
    }

    /**
     * A filter that lets everything through.
     *
     * @return the empty filter
     */
    @NonNull
    public static ProjectFilter none() {
        return NONE;
    }

    /**
     * This filter, with another search text.
     *
     * @param text part of a project's name, id or repository's name, at most 256 characters
     * @return the new filter
     */
    @NonNull
    public ProjectFilter withSearch(@NonNull String text) {
        return new ProjectFilter(text, specRemoteUris);
    }

    /**
     * This filter, of other repositories.
     *
     * @param uris repository URLs, matched exactly, at most 25, each a URI of RFC 3986
     * @return the new filter
     */
    @NonNull
    public ProjectFilter withSpecRemoteUris(@NonNull List<String> uris) {
        return new ProjectFilter(search, uris);
    }
}
