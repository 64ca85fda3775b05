package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.store.RunTimes;
import java.time.Instant;
import java.util.List;

/** What this Jenkins knows of its own running prebuilds. No method calls Gitpod. */
public interface RunningPrebuilds {

    /** The prebuilds of the request's project and environment class that are meant to keep running, of any credential. */
    @NonNull
    List<RunningPrebuild> like(@NonNull StepRequest request, @NonNull Project project);

    /** When prebuilds of the project that this Jenkins created ran in the last 24 hours, with those that run now. */
    @NonNull
    List<RunTimes.Run> runs(@NonNull StepRequest request, @NonNull Project project, @NonNull Instant now);
    /**
     * The id of a prebuild of the request's project and environment class that is not meant to keep running and whose end
     * Gitpod has not confirmed; empty if its id is not known, null if there is none.
     */
    @CheckForNull
    String ending(@NonNull StepRequest request, @NonNull Project project);

    /** Whether a prebuild is one of this Jenkins, or was until a short while ago. */
    boolean isOwn(@NonNull String prebuildId);

    /** Whether this Jenkins watched a prebuild that is not {@link #isOwn} any longer, and did not see its end. */
    boolean isGivenUp(@NonNull String prebuildId);

    /** Whether a prebuild that seems foreign may come from a create request whose response was lost. */
    boolean mayBeOwn(@NonNull StepRequest request, @NonNull Prebuild prebuild);

    /** Whether this Jenkins requested a prebuild of the project whose id is not known yet. */
    boolean anyWithoutId(@NonNull StepRequest request, @NonNull Project project);
}
