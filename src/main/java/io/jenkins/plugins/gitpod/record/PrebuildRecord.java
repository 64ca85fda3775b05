package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import java.io.Serializable;
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
}
