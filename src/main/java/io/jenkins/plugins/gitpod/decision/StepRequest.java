package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.CheckoutsAction;
import io.jenkins.plugins.gitpod.checkout.NewCommit;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.util.List;
import java.util.UUID;

/**
 * What a build asks for, before it is known whether a prebuild is to be made of it.
 *
 * @param automatic what was checked out, if nobody but the job's property asks
 */
public record StepRequest(
        @NonNull UUID requestId,
        @NonNull Run<?, ?> run,
        @NonNull RequestOrigin origin,
        @NonNull ConfiguredConnection over,
        @NonNull PrebuildOptions options,
        @Nullable NewCommit automatic,
        @NonNull PrebuildListener waiter) {

    /** The same with another one who waits. */
    @NonNull
    public StepRequest with(@NonNull PrebuildListener other) {
        return new StepRequest(requestId, run, origin, over, options, automatic, other);
    }

    public boolean isAutomatic() {
        return automatic != null;
    }

    @NonNull
    public Connection connection() {
        return over.connection();
    }

    /** What the build has checked out. */
    @NonNull
    public List<Checkout> checkouts() {
        return automatic == null ? CheckoutsAction.of(run) : List.of(automatic.checkout());
    }

    /** Whether a prebuild can be made of it without a look at what was built or is under way. */
    public boolean isPlain() {
        return options.isUnconditional() && checkouts().isEmpty();
    }

    @NonNull
    public PrebuildRequest request(@NonNull String projectId) {
        return new PrebuildRequest(
                requestId,
                over.connection(),
                projectId,
                options.getEnvironmentClassId(),
                options.timeoutOrNull(),
                !options.isWait(),
                options.isCancelOnAbort());
    }
}
