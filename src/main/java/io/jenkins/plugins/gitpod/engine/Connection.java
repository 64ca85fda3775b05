package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;

/**
 * A named way to Gitpod, without its secret.
 *
 * @param name as the administrator named it
 * @param endpoint where the API is
 * @param sharedAccount whether the token's account also starts prebuilds for others: then a prebuild that nobody here
 *     knows of is never taken for ours
 */
public record Connection(@NonNull String name, @NonNull GitpodEndpoint endpoint, boolean sharedAccount) {}
