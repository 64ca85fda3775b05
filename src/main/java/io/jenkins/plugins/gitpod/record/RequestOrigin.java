package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The build that made a request.
 *
 * @param buildId the build's {@linkplain hudson.model.Run#getExternalizableId() external id}
 * @param jobFullName the full name of the job. The credential is looked up for it when the build was deleted
 * @param nodeId the id of the flow node that waits, or null if no pipeline waits
 * @param credentialsId the credential that the job specifies, an id or the name of a parameter; null for the connection's
 * @param resolvedId the id of the credential that was found for it, or null if it is the same or not known
 * @param partOf the request for several environment classes that this one is a part of, or null if it is by itself
 */
@Restricted(NoExternalUse.class)
public record RequestOrigin(
        @NonNull String buildId,
        @NonNull String jobFullName,
        @Nullable String nodeId,
        @Nullable String credentialsId,
        @Nullable String resolvedId,
        @Nullable PartOf partOf) {

    /** The origin of a request that is no part of another. */
    public RequestOrigin(
            @NonNull String buildId,
            @NonNull String jobFullName,
            @Nullable String nodeId,
            @Nullable String credentialsId,
            @Nullable String resolvedId) {
        this(buildId, jobFullName, nodeId, credentialsId, resolvedId, null);
    }

    /** The origin of a request whose credential was not looked up yet. */
    public RequestOrigin(
            @NonNull String buildId,
            @NonNull String jobFullName,
            @Nullable String nodeId,
            @Nullable String credentialsId) {
        this(buildId, jobFullName, nodeId, credentialsId, null);
    }

    /** The id of the job's credential, as far as it is known; null for the connection's credential. */
    @CheckForNull
    public String knownCredentialsId() {
        return resolvedId == null ? credentialsId : resolvedId;
    }

    /** The origin after the credential was found. */
    @NonNull
    public RequestOrigin resolved(@NonNull String foundId) {
        return new RequestOrigin(
                buildId, jobFullName, nodeId, credentialsId, foundId.equals(credentialsId) ? null : foundId, partOf);
    }

    /** The origin of a part of this request. */
    @NonNull
    public RequestOrigin part(@NonNull PartOf of) {
        return new RequestOrigin(buildId, jobFullName, nodeId, credentialsId, resolvedId, of);
    }

    /** Whether the request is a part of this one. */
    public boolean isPartOf(@NonNull UUID requestId) {
        return partOf != null && partOf.requestId().equals(requestId);
    }

    /** The option {@code environmentClassId} of the request that the build made. */
    @CheckForNull
    public String askedClass(@Nullable String ofThisRequest) {
        return partOf == null ? ofThisRequest : partOf.asked();
    }

    /** The request that the build made: the request itself, or the one that it is a part of. */
    @NonNull
    public UUID whole(@NonNull UUID requestId) {
        return partOf == null ? requestId : partOf.requestId();
    }

    /** Whether the request is of this job, or of a job in this folder. */
    public boolean isOf(String itemFullName) {
        return jobFullName.equals(itemFullName) || jobFullName.startsWith(itemFullName + "/");
    }

    /** The origin after the job, or a folder that contains it, was renamed or moved. */
    @NonNull
    public RequestOrigin relocated(String oldFullName, String newFullName) {
        String job = newFullName + jobFullName.substring(oldFullName.length());
        String build = buildId.startsWith(jobFullName) ? job + buildId.substring(jobFullName.length()) : buildId;
        return new RequestOrigin(build, job, nodeId, credentialsId, resolvedId, partOf);
    }

    /** The build's name for the console of another build. Its readers may not be allowed to see jobs of other folders. */
    @NonNull
    public String nameFor(@NonNull RequestOrigin reader) {
        return isInFolderOf(reader) ? buildId : Messages.RequestOrigin_otherFolder();
    }

    /** Whether both jobs are in the same folder, so that a credential id means the same for both. */
    public boolean isInFolderOf(@NonNull RequestOrigin other) {
        return folder().equals(other.folder());
    }

    private String folder() {
        return jobFullName.substring(0, jobFullName.lastIndexOf('/') + 1);
    }

    /** The origin with another flow node. */
    @NonNull
    public RequestOrigin at(@Nullable String otherNodeId) {
        return new RequestOrigin(buildId, jobFullName, otherNodeId, credentialsId, resolvedId, partOf);
    }
}
