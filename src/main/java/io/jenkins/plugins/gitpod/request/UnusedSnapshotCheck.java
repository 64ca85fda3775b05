package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.decision.UnusedSnapshot;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Reads the project of a request whose project nobody has read, and says it if no environment would use the snapshot. That
 * happens once the prebuild is made, with the token that made it: it neither delays the create nor can it fail it. Stands
 * between the engine and the one who waits.
 */
final class UnusedSnapshotCheck implements PrebuildListener {

    private static final Logger LOGGER = Logger.getLogger(UnusedSnapshotCheck.class.getName());

    /** How long a step that does not wait for the prebuild's end waits for this. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final EngineRuntime runtime;
    private final StepRequest wish;
    private final String projectId;
    private final TokenSource tokens;

    @CheckForNull
    private volatile BearerToken lastToken;

    /** @param tokens where the token comes from */
    UnusedSnapshotCheck(
            @NonNull EngineRuntime runtime,
            @NonNull StepRequest wish,
            @NonNull String projectId,
            @NonNull TokenSource tokens) {
        this.runtime = runtime;
        this.wish = wish;
        this.projectId = projectId;
        this.tokens = tokens;
    }

    /** The token for the engine; it is used here as well, so that the credential is looked up once. */
    @NonNull
    BearerToken token() throws TokenUnavailableException {
        BearerToken token = tokens.token();
        lastToken = token;
        return token;
    }

    @Override
    public void created(@NonNull PrebuildResult result) {
        PrebuildListener to = wish.waiter();
        if (wish.options().isWait()) {
            to.created(result);
            runtime.executor(WorkQueue.LOOK_UP).execute(this::check);
            return;
        }
        // The step ends with this word, and its console with the step.
        AtomicBoolean isPassedOn = new AtomicBoolean();
        Runnable passOn = () -> runtime.executor(WorkQueue.DELIVERY).execute(() -> {
            if (isPassedOn.compareAndSet(false, true)) {
                to.created(result);
            }
        });
        EngineRuntime.Timer limit = runtime.schedule(PATIENCE, passOn);
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
            Project project =
                    GitpodLookup.get().project(new AuthenticatedConnection(wish.connection(), token), projectId);
            String reason = UnusedSnapshot.reason(project, wish.options().getEnvironmentClassId());
            if (reason != null) {
                line(reason);
            }
        } catch (GitpodException e) {
            LOGGER.log(Level.FINE, "Could not read how project " + projectId + " is set up for prebuilds", e);
        }
    }

    @Override
    public boolean isFor(@NonNull UUID requestId) {
        return wish.waiter().isFor(requestId);
    }

    @Override
    public void line(@NonNull String line) {
        wish.waiter().line(line);
    }

    @Override
    public void concluded(@NonNull PrebuildRecord record) {
        wish.waiter().concluded(record);
    }
}
