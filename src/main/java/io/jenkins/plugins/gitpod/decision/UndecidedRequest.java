package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A request for which it is not decided yet whether a prebuild is created, as pages show it.
 *
 * @param projectId the project, or the empty text while it is not known
 * @param age how long ago it was made, or decided again after a restart
 */
@Restricted(NoExternalUse.class)
public record UndecidedRequest(
        @NonNull StepRequest request,
        @NonNull String projectId,
        @NonNull WaitsFor waitsFor,
        @NonNull Duration age) {

    /**
     * What it waits for.
     *
     * @param what the id of a prebuild, or the empty text if it is not known; a time; or a commit
     */
    public record WaitsFor(@NonNull Kind kind, @NonNull String what) {

        static final WaitsFor DECISION = new WaitsFor(Kind.DECISION, "");
    }

    /** The kinds of what a request waits for. */
    public enum Kind {
        /** It is being decided. */
        DECISION,
        /** The end of a prebuild. */
        PREBUILD,
        /** The end of quiet hours. */
        QUIET_HOURS,
        /** What becomes of the request for a newer commit. */
        NEWER_REQUEST
    }
}
