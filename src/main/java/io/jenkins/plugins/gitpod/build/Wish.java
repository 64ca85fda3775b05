package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import java.util.List;
import java.util.UUID;

/**
 * What a build asks for, before it is known whether a prebuild is to be made of it.
 *
 * @param automatic what was checked out, if nobody but the job's property asks
 */
record Wish(
        @NonNull UUID requestId,
        @NonNull Run<?, ?> run,
        @NonNull RequestOrigin origin,
        @NonNull ConfiguredConnection over,
        @NonNull PrebuildOptions options,
        @Nullable NewCommit automatic,
        @NonNull PrebuildWaiter waiter) {

    /** The same with another one who waits. */
    @NonNull
    Wish with(@NonNull PrebuildWaiter other) {
        return new Wish(requestId, run, origin, over, options, automatic, other);
    }

    boolean isAutomatic() {
        return automatic != null;
    }

    @NonNull
    Connection connection() {
        return over.connection();
    }

    /** What the build has checked out. */
    @NonNull
    List<Checkout> checkouts() {
        return automatic == null ? Checkouts.of(run) : List.of(automatic.checkout());
    }

    /** Whether a prebuild can be made of it without a look at what was built or is under way. */
    boolean isPlain() {
        return options.isUnconditional() && checkouts().isEmpty();
    }

    @NonNull
    PrebuildRequest request(@NonNull String projectId) {
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
