package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.store.Ledger;
import java.util.UUID;

/**
 * A connection that is configured and can be used.
 *
 * @param configured as the administrator sees it
 * @param connection as the engine uses it
 */
public record ConfiguredConnection(
        @NonNull GitpodConnection configured, @NonNull Connection connection) {

    /** @throws AbortException if there is none of this name, or it cannot be used; the message is for people */
    @NonNull
    public static ConfiguredConnection named(@Nullable String name) throws AbortException {
        GitpodGlobalConfiguration configuration = GitpodGlobalConfiguration.get();
        GitpodConnection configured = configuration.connection(name);
        if (configured == null) {
            throw new AbortException(configuration.missing(name));
        }
        try {
            return new ConfiguredConnection(configured, configured.toEngine());
        } catch (InvalidEndpointException e) {
            throw new AbortException(Messages.PrebuildService_badConnection(configured.getName()));
        }
    }

    /**
     * Where a request's token comes from: the credential that the job names, else the connection's as it is configured
     * then. Either is looked up as the job may see it.
     *
     * @param run the build that asks, or null after a restart
     */
    @NonNull
    public static TokenSource tokens(
            @NonNull Connection connection, @NonNull Ledger ledger, @NonNull UUID requestId, @Nullable Run<?, ?> run) {
        return new TokenSource() {
            @Override
            public BearerToken token() throws TokenUnavailableException {
                return lookUp(connection, ledger, requestId, run);
            }

            @Override
            public TokenSource of(UUID other) {
                return tokens(connection, ledger, other, null);
            }
        };
    }

    private static BearerToken lookUp(Connection connection, Ledger ledger, UUID requestId, @Nullable Run<?, ?> run)
            throws TokenUnavailableException {
        TokenLookup lookup = new TokenLookup(connection.name(), connection.endpoint());
        RequestOrigin origin = ledger.origin(requestId);
        if (origin == null) {
            throw new TokenUnavailableException(
                    TokenUnavailableException.Problem.LOOKUP_FAILED, Messages.PrebuildService_notOpen());
        }
        BearerToken token = token(lookup, connection, origin, requestId, run);
        ExpiringTokensMonitor.get().note(connection.name(), origin.credentialsId(), origin.jobFullName(), token);
        return token;
    }

    private static BearerToken token(
            TokenLookup lookup, Connection connection, RequestOrigin origin, UUID requestId, @Nullable Run<?, ?> run)
            throws TokenUnavailableException {
        String credentialsId = origin.credentialsId();
        if (credentialsId == null) {
            boolean isSent = PrebuildService.get().isSent(requestId);
            GitpodConnection configured = GitpodGlobalConfiguration.get().wayOf(connection, isSent);
            return run == null
                    ? lookup.forConnection(configured, origin.jobFullName())
                    : lookup.forRun(configured, origin.jobFullName(), run);
        }
        return run == null ? lookup.forItem(credentialsId, origin.jobFullName()) : lookup.forRun(credentialsId, run);
    }
}
