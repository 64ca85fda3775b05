package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;

/**
 * The owner of a token. It proves that the token is valid, not that it may create prebuilds.
 *
 * @param subjectId the id that prebuilds made with this token carry as their creator
 * @param principal the kind of subject, for example {@code PRINCIPAL_USER}
 * @param organizationId the organization the token belongs to
 */
public record Identity(
        @NonNull String subjectId,
        @Nullable String principal,
        @Nullable String organizationId) {}
