package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The record of one request of a build. Saved in {@code build.xml}: fields may be added but not renamed. Fields that were added
 * later are null or 0 in older builds. Immutable.
 */
@ExportedBean(defaultVisibility = 3) // shown in an action, of a build
public final class PrebuildRecord implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String requestId;
    private final String projectId;
    private final String connection;
    private final boolean detached;
    private final PrebuildResult result;
    private final EndStatus conclusion;
    private final String message;
    private long requestedAtMillis;
    private String projectName;
    private String environmentClassName;
    private ArrayList<PhaseChange> phases;
    private String credentialsId;
    private boolean skipPublishingChecks;
    private String environmentClassId;
    private PartOf partOf;
    private boolean automatic;

    /** What a request for several environment classes is made of. Not saved: each of them has a record of its own. */
    private transient List<PrebuildRecord> parts;

    public PrebuildRecord(
            @NonNull String requestId,
            @NonNull String projectId,
            @NonNull String connection,
            boolean detached,
            @Nullable PrebuildResult result,
            @Nullable EndStatus conclusion,
            @Nullable String message) {
        this.requestId = requestId;
        this.projectId = projectId;
        this.connection = connection;
        this.detached = detached;
        this.result = result;
        this.conclusion = conclusion;
        this.message = message;
    }

    private PrebuildRecord copy() {
        PrebuildRecord copy =
                new PrebuildRecord(requestId, projectId, connection, detached, result, conclusion, message);
        copy.requestedAtMillis = requestedAtMillis;
        copy.projectName = projectName;
        copy.environmentClassName = environmentClassName;
        copy.phases = phases;
        copy.credentialsId = credentialsId;
        copy.skipPublishingChecks = skipPublishingChecks;
        copy.environmentClassId = environmentClassId;
        copy.partOf = partOf;
        copy.automatic = automatic;
        copy.parts = parts;
        return copy;
    }

    /** A copy with the time of the request and the phases that were seen since then. */
    @NonNull
    public PrebuildRecord with(@NonNull Instant requestedAt, @NonNull List<PhaseChange> seen) {
        PrebuildRecord record = copy();
        record.requestedAtMillis = requestedAt.toEpochMilli();
        record.phases = new ArrayList<>(seen);
        return record;
    }

    /** A copy with the credential of the job, which is null if the connection's was used. */
    @NonNull
    public PrebuildRecord withCredential(@Nullable String id) {
        PrebuildRecord record = copy();
        record.credentialsId = id;
        return record;
    }

    /** A copy of a request whose options say whether to publish checks. */
    @NonNull
    public PrebuildRecord skipPublishingChecks(boolean skip) {
        PrebuildRecord record = copy();
        record.skipPublishingChecks = skip;
        return record;
    }

    /** A copy of a request that the job property has made, and no step. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public PrebuildRecord automatic(boolean byProperty) {
        PrebuildRecord record = copy();
        record.automatic = byProperty;
        return record;
    }

    /** A copy of a request for this environment class, or for the project's default class if it is null. */
    @NonNull
    public PrebuildRecord ofClass(@Nullable String classId) {
        PrebuildRecord record = copy();
        record.environmentClassId = classId;
        return record;
    }

    /** A copy of a request that is a part of another one, or by itself if that is null. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public PrebuildRecord partOf(@Nullable PartOf of) {
        PrebuildRecord record = copy();
        record.partOf = of;
        return record;
    }

    /** A copy of a request that is made of others. */
    @NonNull
    PrebuildRecord of(@NonNull List<PrebuildRecord> others) {
        PrebuildRecord record = copy();
        record.parts = List.copyOf(others);
        return record;
    }

    /** A copy with the names that Gitpod has for the ids. Names that are not known now are kept. */
    @NonNull
    public PrebuildRecord named(@Nullable String ofProject, @Nullable String ofEnvironmentClass) {
        PrebuildRecord record = copy();
        record.projectName = ofProject == null ? projectName : ofProject;
        record.environmentClassName = ofEnvironmentClass == null ? environmentClassName : ofEnvironmentClass;
        return record;
    }

    /**
     * A copy that keeps what an earlier record of the same request has in addition: names, the time of the request, options,
     * and phases that were seen before a restart.
     */
    @NonNull
    public PrebuildRecord after(@NonNull PrebuildRecord earlier) {
        PrebuildRecord record = named(
                projectName == null ? earlier.projectName : projectName,
                environmentClassName == null ? earlier.environmentClassName : environmentClassName);
        if (earlier.requestedAtMillis != 0) {
            record.requestedAtMillis = earlier.requestedAtMillis;
        }
        record.credentialsId = credentialsId == null ? earlier.credentialsId : credentialsId;
        record.skipPublishingChecks |= earlier.skipPublishingChecks;
        record.environmentClassId = environmentClassId == null ? earlier.environmentClassId : environmentClassId;
        record.partOf = partOf == null ? earlier.partOf : partOf;
        record.automatic |= earlier.automatic;
        ArrayList<PhaseChange> seen = new ArrayList<>(earlier.getPhases());
        for (PhaseChange each : getPhases()) {
            if (seen.stream().noneMatch(other -> other.getPhase().equals(each.getPhase()))) {
                seen.add(each);
            }
        }
        record.phases = seen;
        return record;
    }

    @Exported
    @NonNull
    public String getRequestId() {
        return requestId;
    }

    @Exported
    @NonNull
    public String getProjectId() {
        return projectId;
    }

    /** The name of the Gitpod project, or null if it is not known. */
    @Exported
    @CheckForNull
    public String getProjectName() {
        return projectName;
    }

    /** The name of the environment class, or null if it is not known. */
    @Exported
    @CheckForNull
    public String getEnvironmentClassName() {
        return environmentClassName;
    }

    /** The environment class that Gitpod used, or else the one that was requested (UUID); null if it is not known. */
    @Exported
    @CheckForNull
    public String getEnvironmentClassId() {
        String used = result == null ? null : result.getEnvironmentClassId();
        return used == null ? environmentClassId : used;
    }

    /** The request for several environment classes that this one is a part of, or null. */
    @CheckForNull
    @Restricted(NoExternalUse.class)
    public PartOf partOf() {
        return partOf;
    }

    @Exported
    @NonNull
    public String getConnection() {
        return connection;
    }

    /** Whether no build waits for it. */
    @Exported
    public boolean isDetached() {
        return detached;
    }

    /** The id of the job's credential, or null if the connection's was used. */
    @CheckForNull
    @Restricted(NoExternalUse.class)
    public String getCredentialsId() {
        return credentialsId;
    }

    /** Whether no check of the commit is to be published. */
    @Restricted(NoExternalUse.class)
    public boolean isSkipPublishingChecks() {
        return skipPublishingChecks;
    }

    /** Whether the job property has made the request. Builds of earlier versions do not say so. */
    @Restricted(NoExternalUse.class)
    public boolean isAutomatic() {
        return automatic;
    }

    /** The prebuild, or null if none was created. */
    @Exported
    @CheckForNull
    public PrebuildResult getResult() {
        return result;
    }

    /** How the request ended, or null while it is open. */
    @Exported
    @CheckForNull
    public EndStatus getConclusion() {
        return conclusion;
    }

    /**
     * How the prebuild ended, also if the request had ended before it: it was left running, or its cancellation was confirmed
     * later. The same as the conclusion if that is not known.
     */
    @CheckForNull
    @Restricted(NoExternalUse.class)
    public EndStatus finalStatus() {
        if (result == null || conclusion != EndStatus.LEFT_RUNNING && conclusion != EndStatus.CANCELLED) {
            return conclusion;
        }
        return switch (result.getPhase()) {
            case "COMPLETED" -> EndStatus.COMPLETED;
            case "FAILED" -> EndStatus.FAILED;
            case "CANCELLED" -> EndStatus.CANCELLED;
            case "DELETING", "DELETED" -> EndStatus.DELETED;
            default -> conclusion;
        };
    }

    /** The message about the end of the request, or null while it is open. */
    @Exported
    @CheckForNull
    public String getMessage() {
        return message;
    }

    /** When the prebuild was requested, in milliseconds since 1970; 0 if it is not known. */
    @Exported
    public long getRequestedAtMillis() {
        return requestedAtMillis;
    }

    /** When the prebuild was requested, as ISO 8601 in UTC, or null if it is not known. */
    @Exported
    @CheckForNull
    public String getRequestedAt() {
        Instant at = requestedAt();
        return at == null ? null : at.toString();
    }

    @CheckForNull
    private Instant requestedAt() {
        return requestedAtMillis == 0 ? null : Instant.ofEpochMilli(requestedAtMillis);
    }

    /** The phases that Jenkins saw, in their order. Short ones between two reads are missing. */
    @Exported
    @NonNull
    public List<PhaseChange> getPhases() {
        return phases == null ? List.of() : List.copyOf(phases);
    }

    @NonNull
    @Restricted(NoExternalUse.class)
    public Timeline timeline() {
        return Timeline.of(requestedAt(), getPhases());
    }

    /** What was saved is of one class. */
    private Object readResolve() {
        parts = null;
        return this;
    }

    /**
     * The result of a build or step that waited for this request, depending on its options: {@code SUCCESS},
     * {@code UNSTABLE}, {@code FAILURE} or {@code ABORTED}. The same for the pipeline step and the freestyle build step.
     *
     * @throws IllegalStateException if the request has not ended
     */
    @NonNull
    @Restricted(NoExternalUse.class)
    public Result resultFor(@NonNull PrebuildOptions options) {
        if (parts != null) {
            return CombinedRecord.result(parts, options);
        }
        if (conclusion == null) {
            throw new IllegalStateException("Request " + requestId + " has not ended");
        }
        return switch (conclusion) {
            case SKIPPED -> Result.SUCCESS;
            case COMPLETED -> completed(options);
            case FAILED, DELETED -> options.isPropagate() ? Result.FAILURE : Result.SUCCESS;
            case CANCELLED_IN_GITPOD -> options.isPropagate() ? Result.ABORTED : Result.SUCCESS;
            case CANCELLED, LEFT_RUNNING -> Result.ABORTED;
            // It is not known how the prebuild ended, or there is none: the step has nothing to return.
            case ERROR -> Result.FAILURE;
        };
    }

    private Result completed(PrebuildOptions options) {
        if (result == null || result.getWarningMessage() == null) {
            return Result.SUCCESS;
        }
        return switch (options.getOnWarning()) {
            case IGNORE -> Result.SUCCESS;
            case UNSTABLE -> Result.UNSTABLE;
            case FAIL -> Result.FAILURE;
        };
    }
}
