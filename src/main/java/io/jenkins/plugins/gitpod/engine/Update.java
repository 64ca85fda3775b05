package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.WarmPool;
import java.time.Duration;
import java.util.List;

/** What an observer is told before the outcome. */
public sealed interface Update {

    /** What a call was for. */
    enum Operation {
        CREATE,
        LOOK_UP,
        WATCH,
        CANCEL
    }

    /** The prebuild was created, or found after its answer was lost. */
    record Created(@NonNull Prebuild prebuild) implements Update {}

    /**
     * The request continues after a restart, and its prebuild is known.
     *
     * @param builtFrom the commit that it is built from, or null if that is not known
     */
    record Resumed(@NonNull String prebuildId, @Nullable EnvironmentGit builtFrom) implements Update {}

    /** The commit that the prebuild is built from became known. Told at most once. */
    record BuiltFrom(@NonNull String prebuildId, @NonNull EnvironmentGit git) implements Update {}

    /** The prebuild has completed; the outcome follows once the warm pool was waited for. */
    record Completed(@NonNull Prebuild prebuild) implements Update {}

    /** The warm pool does not serve the snapshot yet. Told once. */
    record WaitsForWarmPool(@NonNull WarmPool pool, @NonNull Duration limit) implements Update {}

    /**
     * The warm pool is no longer waited for.
     *
     * @param failure why the pool could not be read, or null
     */
    record WarmPoolEnded(@NonNull WarmPoolEnd end, @Nullable GitpodException failure) implements Update {}

    /** The phase differs from the one told before. */
    record PhaseChanged(@NonNull Prebuild prebuild) implements Update {}

    /** The prebuild has a phase that this version does not know. Told once for each. */
    record UnknownPhase(@NonNull String prebuildId, @NonNull String phase) implements Update {}

    /** Gitpod asks to wait before the create is sent again. Told once. */
    record RateLimited(@NonNull Duration retryAfter) implements Update {}

    /** Calls fail and are tried again. Told once until they succeed. */
    record Retrying(@NonNull Operation operation, @NonNull GitpodException failure) implements Update {}

    /** Calls succeed again. */
    record Recovered() implements Update {}

    /** The answer to the create was lost; the prebuild is being looked for. */
    record LookingUp() implements Update {}

    /**
     * No prebuild was surely found, so the create is sent again.
     *
     * @param again the number of resends, including this one
     * @param maximum the maximum number of resends
     * @param found what may be the work of the creates before, none of it surely
     */
    record SendingAgain(int again, int maximum, @NonNull List<Prebuild> found) implements Update {
        public SendingAgain {
            found = List.copyOf(found);
        }
    }

    /** A create whose answer was lost made this prebuild; the request uses another one, so it is cancelled. */
    record SurplusCancelled(@NonNull String prebuildId) implements Update {}

    /** One of these prebuilds may be surplus, but it is not sure which; none is cancelled. */
    record SurplusUnsure(@NonNull List<Prebuild> found) implements Update {
        public SurplusUnsure {
            found = List.copyOf(found);
        }
    }

    /** The token was refused, and the credential has another one. */
    record TokenRotated() implements Update {}

    /** The cancel is being sent. */
    record Cancelling(@NonNull String prebuildId, @NonNull CancelReason reason) implements Update {}
}
