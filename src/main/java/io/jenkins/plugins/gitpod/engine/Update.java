package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.time.Duration;
import java.util.List;

/** Something worth telling while a request is under way. */
public sealed interface Update {

    /** What a call was for. */
    enum Doing {
        CREATE,
        LOOK_UP,
        WATCH,
        CANCEL
    }

    /** The prebuild is made (or was found again) and has an id. */
    record Created(@NonNull Prebuild prebuild) implements Update {}

    /**
     * The prebuild was already known: somebody attached to a request under way.
     *
     * @param builtFrom what it is built from, or null if that is not known
     */
    record Resumed(@NonNull String prebuildId, @Nullable EnvironmentGit builtFrom) implements Update {}

    /** Gitpod says which commit the prebuild is built from. Told at most once, before the end. */
    record BuiltFrom(@NonNull String prebuildId, @NonNull EnvironmentGit git) implements Update {}

    /** The phase differs from the one told before. */
    record PhaseChanged(@NonNull Prebuild prebuild) implements Update {}

    /** A phase that this version does not know; told once for each. */
    record UnknownPhase(@NonNull String prebuildId, @NonNull String phase) implements Update {}

    /** Gitpod asked to wait before the create is sent again. Told once. */
    record RateLimited(@NonNull Duration retryAfter) implements Update {}

    /** Calls fail; they are tried again. Told once until they work again. */
    record Trouble(@NonNull Doing doing, @NonNull GitpodException failure) implements Update {}

    /** Calls work again. */
    record Recovered() implements Update {}

    /** The answer to the create was lost; the prebuild is being looked for. */
    record LookingUp() implements Update {}

    /**
     * No prebuild was surely found, so the create is sent again.
     *
     * @param again how many times, this one included
     * @param most how many times at most
     * @param found what might be the work of the ones before, none of it surely
     */
    record SendingAgain(int again, int most, @NonNull List<Prebuild> found) implements Update {
        public SendingAgain {
            found = List.copyOf(found);
        }
    }

    /** A create whose answer was lost made a prebuild after all; another one serves the request, so it is cancelled. */
    record SurplusCancelled(@NonNull String prebuildId) implements Update {}

    /** One of these may be a prebuild too many, but it is not sure which; none is cancelled. */
    record SurplusUnsure(@NonNull List<Prebuild> found) implements Update {
        public SurplusUnsure {
            found = List.copyOf(found);
        }
    }

    /** The token was refused and another one was found in the credential. */
    record TokenRotated() implements Update {}

    /** The cancel goes out. */
    record Cancelling(@NonNull String prebuildId, @NonNull CancelReason reason) implements Update {}
}
