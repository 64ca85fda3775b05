package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.GitpodClients;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.decision.UnusedSnapshot;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells a build if no environment would use the snapshot of its prebuild, for requests that did not read the project before.
 * It reads the project after the prebuild was created, with the same token, so it neither delays nor fails the create
 * request.
 */
final class UnusedSnapshotCheck {

    private static final Logger LOGGER = Logger.getLogger(UnusedSnapshotCheck.class.getName());

    /** How long a step that does not wait for the prebuild waits for this check. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(3);

    private final EngineRuntime runtime;
    private final GitpodClients clients;
    private final StepRequest request;
    private final String projectId;
    private final TokenSource tokens;

    @CheckForNull
    private volatile BearerToken lastToken;

    /** @param tokens where the token comes from */
    UnusedSnapshotCheck(
            @NonNull EngineRuntime runtime,
            @NonNull GitpodClients clients,
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull TokenSource tokens) {
        this.runtime = runtime;
        this.clients = clients;
        this.request = request;
        this.projectId = projectId;
        this.tokens = tokens;
    }

    /** The token for the engine. This check uses the same one, so that the credential is looked up only once. */
    @NonNull
    BearerToken token() throws TokenUnavailableException {
        BearerToken token = tokens.token();
        lastToken = token;
        return token;
    }

    /** The prebuild was created. Tells the listener, and checks. */
    void created(@NonNull RequestListener to, @NonNull PrebuildResult result) {
        if (request.options().isWait()) {
            to.created(result);
            runtime.executor(WorkQueue.LOOK_UP).execute(this::check);
            return;
        }
        // The step ends when it is told, and its console ends with the step.
        AtomicBoolean isPassedOn = new AtomicBoolean();
        Runnable passOn = () -> runtime.executor(WorkQueue.DELIVERY).execute(() -> {
            if (isPassedOn.compareAndSet(false, true)) {
                to.created(result);
            }
        });
        EngineRuntime.Timer limit = runtime.schedule(TIME_LIMIT, passOn);
        runtime.executor(WorkQueue.LOOK_UP).execute(() -> {
            try {
                check();
            } finally {
                limit.cancel();
                passOn.run();
            }
        });
    }

    private void check() {
        BearerToken token = lastToken;
        if (token == null) {
            return;
        }
        try {
            AuthenticatedConnection access = clients.forBuild(request.connection(), token);
            Project project = GitpodLookup.get().project(access, projectId);
            String reason = UnusedSnapshot.reason(project, request.options().getEnvironmentClassId());
            if (reason != null) {
                request.listener().line(reason);
            }
            GitpodLookup.get().learnClassNames(access, project);
        } catch (GitpodException e) {
            LOGGER.log(Level.FINE, "Could not read how project " + projectId + " is set up for prebuilds", e);
        }
    }
}
