package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import java.io.Serializable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The record of one request of a build. Saved in {@code build.xml}: fields may be added but not renamed. Immutable.
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

    /** The message about the end of the request, or null while it is open. */
    @Exported
    @CheckForNull
    public String getMessage() {
        return message;
    }

    /** A text about the commit that the prebuild is built from, or null if it is not known. */
    @CheckForNull
    public String getBuiltFrom() {
        EnvironmentGit git = result == null ? null : result.builtFrom();
        return git == null ? null : PrebuildMessages.commitOf(git);
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
