package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.config.ExpiringTokensMonitor;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.config.TokenLookup;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.Ledger;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Where the token of a request comes from: the credential that the job names, else the default credential of the
 * connection as it is configured at that moment. Either is looked up with the job's permissions.
 */
final class RequestTokens {

    private final Ledger ledger;
    private final Predicate<UUID> isSent;

    /** @param isSent whether a prebuild may exist for a request already */
    RequestTokens(@NonNull Ledger ledger, @NonNull Predicate<UUID> isSent) {
        this.ledger = ledger;
        this.isSent = isSent;
    }

    /** @param run the build that makes the request, or null after a restart */
    @NonNull
    TokenSource of(@NonNull Connection connection, @NonNull UUID requestId, @Nullable Run<?, ?> run) {
        return new TokenSource() {
            @Override
            public BearerToken token() throws TokenUnavailableException {
                return lookUp(connection, requestId, run);
            }

            @Override
            public TokenSource of(UUID other) {
                return RequestTokens.this.of(connection, other, null);
            }
        };
    }

    private BearerToken lookUp(Connection connection, UUID requestId, @Nullable Run<?, ?> run)
            throws TokenUnavailableException {
        RequestOrigin origin = ledger.origin(requestId);
        if (origin == null) {
            throw new TokenUnavailableException(
                    TokenUnavailableException.Problem.LOOKUP_FAILED, Messages.PrebuildService_notOpen());
        }
        TokenLookup lookup = new TokenLookup(connection.name(), connection.endpoint());
        BearerToken token = lookUp(lookup, connection, origin, requestId, run);
        ExpiringTokensMonitor.get().note(connection.name(), origin.credentialsId(), origin.jobFullName(), token);
        return token;
    }

    private BearerToken lookUp(
            TokenLookup lookup, Connection connection, RequestOrigin origin, UUID requestId, @Nullable Run<?, ?> run)
            throws TokenUnavailableException {
        String credentialsId = origin.credentialsId();
        if (credentialsId == null) {
            GitpodConnection configured =
                    GitpodGlobalConfiguration.get().credentialConnection(connection, isSent.test(requestId));
            return run == null
                    ? lookup.forConnection(configured, origin.jobFullName())
                    : lookup.forRun(configured, origin.jobFullName(), run);
        }
        return run == null ? lookup.forItem(credentialsId, origin.jobFullName()) : lookup.forRun(credentialsId, run);
    }
}
