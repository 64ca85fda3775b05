package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;

/**
 * Where in Jenkins a request came from.
 *
 * @param buildId the build's {@linkplain hudson.model.Run#getExternalizableId() external id}
 * @param jobFullName the job's full name, by which the credential is looked up when the build is gone
 * @param nodeId the flow node that waits, or null if no pipeline does
 * @param credentialsId the credential that the job named, or null for the connection's
 */
public record RequestOrigin(
        @NonNull String buildId,
        @NonNull String jobFullName,
        @Nullable String nodeId,
        @Nullable String credentialsId) {

    /** Whether it came from this job, or from one inside this folder. */
    public boolean isOf(String itemFullName) {
        return jobFullName.equals(itemFullName) || jobFullName.startsWith(itemFullName + "/");
    }

    /** The same after the job, or a folder around it, got another full name. */
    @NonNull
    public RequestOrigin relocated(String oldFullName, String newFullName) {
        String job = newFullName + jobFullName.substring(oldFullName.length());
        String build = buildId.startsWith(jobFullName) ? job + buildId.substring(jobFullName.length()) : buildId;
        return new RequestOrigin(build, job, nodeId, credentialsId);
    }

    /** The same at another flow node. */
    @NonNull
    public RequestOrigin at(@Nullable String otherNodeId) {
        return new RequestOrigin(buildId, jobFullName, otherNodeId, credentialsId);
    }
}
