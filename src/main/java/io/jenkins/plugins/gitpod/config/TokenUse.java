package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import jenkins.model.Jenkins;

/**
 * The use of a credential, without the token.
 *
 * @param connection the connection's name
 * @param credentialsId the credential that a job names, or null for the connection's own
 * @param jobFullName the job that names the credential, or null for the connection's own
 */
record TokenUse(
        @NonNull String connection,
        @Nullable String credentialsId,
        @Nullable String jobFullName) {

    TokenUse {
        jobFullName = credentialsId == null ? null : jobFullName;
    }

    /** The connection, or null if the connection or the job was deleted. */
    @CheckForNull
    GitpodConnection configured() {
        boolean isJobGone =
                credentialsId != null && (jobFullName == null || Jenkins.get().getItemByFullName(jobFullName) == null);
        return isJobGone ? null : GitpodGlobalConfiguration.get().connection(connection);
    }
}
