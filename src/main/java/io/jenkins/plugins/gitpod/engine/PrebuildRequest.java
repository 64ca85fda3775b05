package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/**
 * A request for one prebuild.
 *
 * @param requestId identifies the request, also after a restart; the engine leaves at most one prebuild running for it
 * @param connection the Gitpod that it is sent to
 * @param projectId Gitpod project (uuid)
 * @param environmentClassId class to prebuild (uuid), or null for the project's default
 * @param timeout {@code spec.timeout}, 5 to 120 minutes, or null for the server's default
 * @param detached whether no build waits for the prebuild, so that the end of a build does not cancel it once it is made
 * @param cancelOnAbort whether the early end of the waiting build cancels the prebuild
 * @param after what follows once the prebuild has completed
 */
public record PrebuildRequest(
        @NonNull UUID requestId,
        @NonNull Connection connection,
        @NonNull String projectId,
        @Nullable String environmentClassId,
        @Nullable Duration timeout,
        boolean detached,
        boolean cancelOnAbort,
        @NonNull AfterCompletion after) {

    /** A request after whose completion nothing follows. */
    public PrebuildRequest(
            @NonNull UUID requestId,
            @NonNull Connection connection,
            @NonNull String projectId,
            @Nullable String environmentClassId,
            @Nullable Duration timeout,
            boolean detached,
            boolean cancelOnAbort) {
        this(
                requestId,
                connection,
                projectId,
                environmentClassId,
                timeout,
                detached,
                cancelOnAbort,
                AfterCompletion.NOTHING);
    }

    /** Ids are trimmed and converted to lower case, as Gitpod writes them; a blank class is null. */
    public PrebuildRequest {
        Objects.requireNonNull(requestId, "requestId");
        Objects.requireNonNull(connection, "connection");
        Objects.requireNonNull(after, "after");
        projectId = Objects.requireNonNull(projectId, "projectId").strip().toLowerCase(Locale.ROOT);
        environmentClassId = environmentClassId == null || environmentClassId.isBlank()
                ? null
                : environmentClassId.strip().toLowerCase(Locale.ROOT);
    }
}
