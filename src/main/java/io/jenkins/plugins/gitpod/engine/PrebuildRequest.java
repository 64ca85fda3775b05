package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/**
 * What somebody asks for: one prebuild.
 *
 * @param requestId names this request for good; the engine makes at most one prebuild for it
 * @param connection where it is sent
 * @param projectId Gitpod project (uuid)
 * @param environmentClassId class to prebuild (uuid), or null for the project's default
 * @param timeout {@code spec.timeout}, 5 to 120 minutes, or null for the server's default
 * @param detached true: nobody waits for the end, so nobody's end cancels the prebuild once it is made
 * @param cancelOnAbort whether the early end of the one who waits cancels the prebuild
 */
public record PrebuildRequest(
        @NonNull UUID requestId,
        @NonNull Connection connection,
        @NonNull String projectId,
        @Nullable String environmentClassId,
        @Nullable Duration timeout,
        boolean detached,
        boolean cancelOnAbort) {

    /** Ids are trimmed and lowered, as Gitpod writes them; a blank class is none. */
    public PrebuildRequest {
        Objects.requireNonNull(requestId, "requestId");
        Objects.requireNonNull(connection, "connection");
        projectId = Objects.requireNonNull(projectId, "projectId").strip().toLowerCase(Locale.ROOT);
        environmentClassId = environmentClassId == null || environmentClassId.isBlank()
                ? null
                : environmentClassId.strip().toLowerCase(Locale.ROOT);
    }
}
