package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The build that made a request.
 *
 * @param buildId the build's {@linkplain hudson.model.Run#getExternalizableId() external id}
 * @param jobFullName the full name of the job. The credential is looked up for it when the build was deleted
 * @param nodeId the id of the flow node that waits, or null if no pipeline waits
 * @param credentialsId the id of the credential that the job specifies, or null for the connection's credential
 */
@Restricted(NoExternalUse.class)
public record RequestOrigin(
        @NonNull String buildId,
        @NonNull String jobFullName,
        @Nullable String nodeId,
        @Nullable String credentialsId) {

    /** Whether the request is of this job, or of a job in this folder. */
    public boolean isOf(String itemFullName) {
        return jobFullName.equals(itemFullName) || jobFullName.startsWith(itemFullName + "/");
    }

    /** The origin after the job, or a folder that contains it, was renamed or moved. */
    @NonNull
    public RequestOrigin relocated(String oldFullName, String newFullName) {
        String job = newFullName + jobFullName.substring(oldFullName.length());
        String build = buildId.startsWith(jobFullName) ? job + buildId.substring(jobFullName.length()) : buildId;
        return new RequestOrigin(build, job, nodeId, credentialsId);
    }

    /** The origin with another flow node. */
    @NonNull
    public RequestOrigin at(@Nullable String otherNodeId) {
        return new RequestOrigin(buildId, jobFullName, otherNodeId, credentialsId);
    }
}
