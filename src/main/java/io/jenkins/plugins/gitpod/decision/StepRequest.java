package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.checkout.BuildCheckouts;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.engine.AfterCompletion;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A request of a build, before it is decided whether a prebuild is created.
 *
 * @param liveOrigin the origin with the current names of its job and build
 * @param newCommit the commit that was checked out if the job's property makes the request, or null if a step does
 */
public record StepRequest(
        @NonNull UUID requestId,
        @NonNull Run<?, ?> run,
        @NonNull Supplier<RequestOrigin> liveOrigin,
        @NonNull ConfiguredConnection configured,
        @NonNull PrebuildOptions options,
        @Nullable NewCommit newCommit,
        @NonNull RequestListener listener) {

    /** The origin with the present names of its job and build: it may take minutes until the request is decided. */
    @NonNull
    public RequestOrigin origin() {
        return liveOrigin.get();
    }

    public boolean isAutomatic() {
        return newCommit != null;
    }

    /** Whether it replaces an old prebuild, without a new commit. No other request for a commit is forced. */
    boolean isForFreshness() {
        return isAutomatic() && options.isForce();
    }

    @NonNull
    public Connection connection() {
        return configured.connection();
    }

    /** What the build is of, the job's own source first. May call the API of the host of a multibranch project. */
    @NonNull
    List<Checkout> checkouts() {
        return newCommit == null ? BuildCheckouts.of(run) : List.of(BuildCheckouts.located(run, newCommit.checkout()));
    }

    /** Whether anything may be known of what the build is of. */
    public boolean mayKnowCheckouts() {
        return newCommit != null || BuildCheckouts.mayKnow(run);
    }

    /** What the setting asks of the commit; none for steps. */
    @NonNull
    CommitConditions conditions() {
        return newCommit == null ? CommitConditions.NONE : newCommit.conditions();
    }

    /** Whether no option depends on the build's commit or on other prebuilds. */
    boolean isUnconditional() {
        return options.isUnconditional() && conditions().isNone();
    }

    /** Whether a prebuild can be requested without looking at what was built or is running. */
    public boolean isPlain() {
        return isUnconditional() && !options.isForSeveralClasses() && !mayKnowCheckouts();
    }

    /** The environment class (UUID), or null if it is the project's default class or there are several. */
    @CheckForNull
    public String classId() {
        return options.isForSeveralClasses() ? null : options.getEnvironmentClassId();
    }

    /** Whether it is a part of a request for several environment classes. */
    boolean isPart() {
        return origin().partOf() != null;
    }

    /** The ids of the requests that were made together with this one, for other environment classes, and its own. */
    @NonNull
    List<UUID> madeTogether() {
        PartOf whole = origin().partOf();
        return whole == null ? List.of(requestId) : whole.partIds();
    }

    /**
     * The part of this request for an environment class.
     *
     * @param partId the id of the part
     * @param partOrigin the origin of the part with the current names of its job and build
     * @param classId the class, or null for the project's default
     */
    @NonNull
    public StepRequest part(
            @NonNull UUID partId,
            @NonNull Supplier<RequestOrigin> partOrigin,
            @NonNull String projectId,
            @Nullable String classId,
            @NonNull RequestListener partListener) {
        return new StepRequest(
                partId, run, partOrigin, configured, options.ofClass(projectId, classId), newCommit, partListener);
    }

    @NonNull
    public PrebuildRequest request(@NonNull String projectId) {
        return new PrebuildRequest(
                requestId,
                configured.connection(),
                projectId,
                options.getEnvironmentClassId(),
                options.timeoutOrNull(),
                !options.isWait(),
                options.isCancelOnAbort(),
                new AfterCompletion(
                        options.isWaitForWarmPool(), Objects.requireNonNullElse(options.getKeepPrebuilds(), 0)));
    }
}
