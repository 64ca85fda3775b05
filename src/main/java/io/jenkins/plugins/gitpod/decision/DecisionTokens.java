package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.GitpodClients;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.TokenLookUp;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import io.jenkins.plugins.gitpod.engine.TurnExecutor;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The tokens of undecided requests, which are looked up as the engine looks up those of its requests. */
final class DecisionTokens {

    private static final Logger LOGGER = Logger.getLogger(DecisionTokens.class.getName());

    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final GitpodClients clients;
    private final TurnExecutor credentials;
    private final TurnExecutor lookUps;

    DecisionTokens(EngineRuntime runtime, EngineSettings settings, GitpodClients clients) {
        this.runtime = runtime;
        this.settings = settings;
        this.clients = clients;
        this.credentials = new TurnExecutor(runtime.executor(WorkQueue.CREDENTIALS));
        this.lookUps = new TurnExecutor(runtime.executor(WorkQueue.LOOK_UP));
    }

    /** Runs the look-ups of a decision. Jobs take turns, so that one with hundreds of builds does not hold up others. */
    Executor lookUps(PendingDecision decision) {
        return ofJob(lookUps, decision);
    }

    private static Executor ofJob(TurnExecutor executor, PendingDecision decision) {
        StepRequest request = decision.request();
        String project = Objects.toString(request.options().getProjectId(), "");
        return executor.of(project, request.origin().jobFullName());
    }

    /** Starts a look-up. One of the two consumers is called later; neither may block. */
    void lookUp(
            PendingDecision decision,
            Consumer<AuthenticatedConnection> found,
            Consumer<TokenUnavailableException> failed) {
        Object lock = new Object();
        Executor mailbox = task -> {
            synchronized (lock) {
                task.run();
            }
        };
        TokenLookUp lookUp = new TokenLookUp(
                decision.tokens(),
                runtime,
                ofJob(credentials, decision),
                mailbox,
                settings.credentialLimit(),
                () -> settings.credentialLimit().plus(settings.connectBudget()),
                new TokenLookUp.Listener() {
                    @Override
                    public void found(@NonNull BearerToken token) {
                        AuthenticatedConnection connection;
                        try {
                            connection = clients.forBuild(decision.request().connection(), token);
                        } catch (RuntimeException | Error e) {
                            // Without the message, which may contain the token.
                            String what = e.getClass().getSimpleName();
                            LOGGER.log(Level.WARNING, "Could not make a Gitpod client: {0}", what);
                            failed.accept(new TokenUnavailableException(Problem.LOOKUP_FAILED, what));
                            return;
                        }
                        found.accept(connection);
                    }

                    @Override
                    public void failed(@NonNull TokenUnavailableException e) {
                        failed.accept(e);
                    }
                });
        mailbox.execute(lookUp::start);
    }

    /** Tells the administrators' monitor whether Gitpod accepted the token of a request. */
    static void note(StepRequest request, boolean isAccepted) {
        RequestOrigin origin = request.origin();
        RefusedTokensMonitor.get()
                .note(request.connection().name(), origin.credentialsId(), origin.jobFullName(), isAccepted);
    }
}
