package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.Serializable;

/**
 * What Gitpod suggests that a person does about an error. Both texts are the server's, to be escaped wherever they are
 * shown; they contain no token.
 *
 * @param label what to do, one line of 1 to 100 characters
 * @param dashboardPath where in the dashboard, one line of at most 200 characters, empty if Gitpod names no place; to be
 *     made a URL by {@link GitpodEndpoint#dashboardPage} only
 */
public record ErrorAction(@NonNull String label, @NonNull String dashboardPath) implements Serializable {}
