package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A row of the administrators' page: one open request as it stood when the page was made. */
@Restricted(NoExternalUse.class)
public final class OpenPrebuild {

    private final PrebuildRequest request;
    private final RequestOrigin origin;
    private final Instant since;

    /** Null while it waits for a free place. */
    @Nullable
    private final PrebuildHandle.View view;

    public OpenPrebuild(
            PrebuildRequest request, RequestOrigin origin, Instant since, @Nullable PrebuildHandle.View view) {
        this.request = request;
        this.origin = origin;
        this.since = since;
        this.view = view;
    }

    @NonNull
    public String jobFullName() {
        return origin.jobFullName();
    }

    @NonNull
    public Instant since() {
        return since;
    }

    @NonNull
    public String getRequestId() {
        return request.requestId().toString();
    }

    @CheckForNull
    private Run<?, ?> run() {
        try {
            return Run.fromExternalizableId(origin.buildId());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @NonNull
    public String getBuildName() {
        Run<?, ?> run = run();
        return run == null ? origin.buildId() : run.getFullDisplayName();
    }

    /** Below Jenkins' own URL; null if the build is gone. */
    @CheckForNull
    public String getBuildUrl() {
        Run<?, ?> run = run();
        return run == null ? null : run.getUrl();
    }

    @NonNull
    public String getConnection() {
        return request.connection().name();
    }

    @NonNull
    public String getProjectId() {
        return request.projectId();
    }

    /** The project's name if a form has asked for it lately, else its id. */
    @NonNull
    public String getProjectName() {
        return Objects.toString(
                GitpodLookup.get().knownProjectName(request.connection(), request.projectId()), request.projectId());
    }

    @NonNull
    public String getProjectUrl() {
        return request.connection().endpoint().projectPage(request.projectId()).toString();
    }

    @NonNull
    public String getPrebuildId() {
        return view == null ? "" : Objects.toString(view.prebuildId(), "");
    }

    @NonNull
    public String getState() {
        if (view == null) {
            return Messages.OpenPrebuild_queued();
        } else if (isCancelling()) {
            return Messages.OpenPrebuild_cancelling(view.phase());
        } else if (view.stage() == Stage.LOOKING_UP) {
            return Messages.OpenPrebuild_lookingUp();
        }
        return view.prebuildId() == null
                ? Messages.OpenPrebuild_creating()
                : view.phase().name();
    }

    public boolean isCancelling() {
        return view != null && view.cancelReason() != null;
    }

    public long getAgeMillis() {
        return Math.max(0, Duration.between(since, Instant.now()).toMillis());
    }

    @NonNull
    public String getAge() {
        return Util.getTimeSpanString(getAgeMillis());
    }

    @NonNull
    public String getOwner() {
        boolean detached = view == null ? request.detached() : view.detached();
        return detached ? Messages.OpenPrebuild_detached() : Messages.OpenPrebuild_owned();
    }

    @NonNull
    public String getLastError() {
        return view == null || view.lastFailure() == null
                ? ""
                : CallFailures.explain(view.lastFailure(), request.connection());
    }
}
