package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.model.BallColor;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.decision.UndecidedRequest;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.record.PhaseNames;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A row of the administrators' page: one open request as it stood when the page was made, for one user. */
@Restricted(NoExternalUse.class)
public final class OpenPrebuild {

    private final PrebuildRequest request;
    private final String requestId;
    private final RequestOrigin origin;
    private final Instant since;

    /** Looked up once: a row asks for it several times, and each look-up checks permissions and a directory. */
    @CheckForNull
    private Run<?, ?> run;

    private boolean isLookedUp;

    /** Null while it waits for a free place, or is undecided. */
    @Nullable
    private final PrebuildHandle.View view;

    /** Null if it is decided that a prebuild is created or shared. */
    @Nullable
    private final UndecidedRequest.WaitsFor waitsFor;

    public OpenPrebuild(
            PrebuildRequest request, RequestOrigin origin, Instant since, @Nullable PrebuildHandle.View view) {
        this(request, origin, since, view, null);
    }

    private OpenPrebuild(
            PrebuildRequest request,
            RequestOrigin origin,
            Instant since,
            @Nullable PrebuildHandle.View view,
            @Nullable UndecidedRequest.WaitsFor waitsFor) {
        this.request = request;
        this.requestId = request.requestId().toString();
        this.origin = origin;
        this.since = since;
        this.view = view;
        this.waitsFor = waitsFor;
    }

    /** A request about which nothing is decided. */
    @NonNull
    static OpenPrebuild of(@NonNull UndecidedRequest undecided, @NonNull Instant now) {
        StepRequest request = undecided.request();
        return new OpenPrebuild(
                request.request(undecided.projectId()),
                request.origin(),
                now.minus(undecided.age()),
                null,
                undecided.waitsFor());
    }

    /** Whether it is not decided yet whether a prebuild is created. */
    public boolean isUndecided() {
        return waitsFor != null;
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
        return requestId;
    }

    @CheckForNull
    private Run<?, ?> run() {
        if (!isLookedUp) {
            run = BuildLookup.find(origin.buildId());
            isLookedUp = true;
        }
        return run;
    }

    /** The name of the build, without its job's name if the user may not see the job. */
    @NonNull
    public String getBuildName() {
        Run<?, ?> build = run();
        if (build != null) {
            return build.getFullDisplayName();
        }
        return Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                ? Messages.OpenPrebuild_deletedBuild(origin.buildId())
                : Messages.OpenPrebuild_hiddenBuild();
    }

    /** Below Jenkins' own URL; null if the build is gone or the user may not see it. */
    @CheckForNull
    public String getBuildUrl() {
        Run<?, ?> build = run();
        return build == null ? null : build.getUrl();
    }

    @NonNull
    public String getConnection() {
        return request.connection().name();
    }

    @NonNull
    public String getProjectId() {
        return request.projectId();
    }

    /** The environment class that was requested (UUID), or null for the project's default. */
    @CheckForNull
    public String getEnvironmentClassId() {
        return request.environmentClassId();
    }

    /** The project's name if it is known, else its id; the empty text while an undecided request has no project. */
    @NonNull
    public String getProjectName() {
        return Objects.toString(GitpodLookup.get().knownName(request.projectId()), request.projectId());
    }

    @NonNull
    public String getProjectUrl() {
        return request.connection().endpoint().projectPage(request.projectId()).toString();
    }

    @NonNull
    public String getPrebuildId() {
        return view == null ? "" : Objects.toString(view.prebuildId(), "");
    }

    /** The state in words. */
    @NonNull
    public String getState() {
        if (waitsFor != null) {
            return switch (waitsFor.kind()) {
                case DECISION -> Messages.PrebuildService_deciding();
                case PREBUILD, NEWER_REQUEST -> Messages.OpenPrebuild_inQueue();
                case QUIET_HOURS -> Messages.OpenPrebuild_waiting();
            };
        } else if (view == null) {
            return Messages.OpenPrebuild_queued();
        } else if (isCancelling()) {
            return Messages.PhaseNames_cancelling();
        } else if (view.stage() == Stage.LOOKING_UP) {
            return Messages.OpenPrebuild_lookingUp();
        } else if (view.prebuildId() == null) {
            return Messages.OpenPrebuild_creating();
        }
        return PhaseNames.of(view.phase().name(), view.snapshotPercentage());
    }

    /** What an undecided request waits for, in words; else the empty text. Names no other job, which the user may not see. */
    @NonNull
    public String getWaitsFor() {
        if (waitsFor == null || waitsFor.kind() == UndecidedRequest.Kind.DECISION) {
            return "";
        }
        String what = waitsFor.what();
        return switch (waitsFor.kind()) {
            case NEWER_REQUEST -> Messages.OpenPrebuild_behindNewer(what);
            case QUIET_HOURS -> Messages.OpenPrebuild_untilQuietHoursEnd(what);
            default -> what.isEmpty() ? Messages.OpenPrebuild_behindOther() : Messages.OpenPrebuild_behind(what);
        };
    }

    /** The page of an environment in Gitpod. */
    @NonNull
    public String environmentUrl(@NonNull String environmentId) {
        return request.connection().endpoint().environmentPage(environmentId).toString();
    }

    /** The symbol of the state. */
    @NonNull
    public String getIcon() {
        if (view == null) {
            return "symbol-hourglass";
        }
        BallColor color = isCancelling() ? BallColor.ABORTED_ANIME : BallColor.NOTBUILT_ANIME;
        return "symbol-status-" + color.getIconName();
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

    /** Whether no build waits for it. */
    public boolean isDetached() {
        return view == null ? request.detached() : view.detached();
    }

    @NonNull
    public String getOwner() {
        return isDetached() ? Messages.OpenPrebuild_detached() : Messages.OpenPrebuild_owned();
    }

    /** Changes when the request does, apart from its age. Does not look up the build, nor the permissions of the user. */
    @NonNull
    public String getVersion() {
        return Integer.toHexString(Objects.hash(
                origin.buildId(),
                getState(),
                getWaitsFor(),
                getProjectName(),
                getPrebuildId(),
                isUndecided(),
                isCancelling(),
                isDetached(),
                getLastError()));
    }

    @NonNull
    public String getLastError() {
        return view == null || view.lastFailure() == null
                ? ""
                : CallFailures.explain(view.lastFailure(), request.connection());
    }
}
