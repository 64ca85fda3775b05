package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.config.CredentialUses;
import io.jenkins.plugins.gitpod.config.ExpiringTokensMonitor;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.config.TokenLookup;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.Ledger;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Where the token of a request comes from: the credential that the job names, else the default credential of the
 * connection as it is configured at that moment. A credential that the job names is looked up as the build may use it, also
 * after a restart. When the build was deleted, it is looked up by its id with the permissions of the job.
 */
final class RequestTokens {

    private final Ledger ledger;
    private final Predicate<UUID> isSent;
    private final CredentialUses uses;

    /** The fingerprint of the last token of each open request. */
    private final Map<UUID, String> fingerprints = new ConcurrentHashMap<>();

    /** @param isSent whether a prebuild may exist for a request already */
    RequestTokens(@NonNull Ledger ledger, @NonNull Predicate<UUID> isSent, @NonNull CredentialUses uses) {
        this.ledger = ledger;
        this.isSent = isSent;
        this.uses = uses;
    }

    /** The tokens of a request. No build is held in memory: it is found by its id when a token is looked up. */
    @NonNull
    TokenSource of(@NonNull Connection connection, @NonNull UUID requestId) {
        return new TokenSource() {
            @Override
            public BearerToken token() throws TokenUnavailableException {
                return lookUp(connection, requestId);
            }

            @Override
            public TokenSource of(UUID other) {
                return RequestTokens.this.of(connection, other);
            }
        };
    }

    private BearerToken lookUp(Connection connection, UUID requestId) throws TokenUnavailableException {
        RequestOrigin origin = ledger.origin(requestId);
        if (origin == null) {
            throw new TokenUnavailableException(
                    TokenUnavailableException.Problem.NOT_CONFIGURED, Messages.PrebuildService_notOpen());
        }
        TokenLookup lookup = new TokenLookup(connection.name(), connection.endpoint());
        TokenLookup.Found found = origin.credentialsId() == null
                ? ofConnection(lookup, connection, origin, requestId)
                : ofJob(lookup, origin, origin.credentialsId());
        fingerprints.put(requestId, found.token().fingerprint());
        String ofJob = origin.credentialsId() == null ? null : found.credentialsId();
        if (ofJob != null) {
            ledger.credentialFound(requestId, ofJob);
        }
        ExpiringTokensMonitor.get().note(connection.name(), ofJob, origin.jobFullName(), found.token());
        return found.token();
    }

    private TokenLookup.Found ofConnection(
            TokenLookup lookup, Connection connection, RequestOrigin origin, UUID requestId)
            throws TokenUnavailableException {
        boolean sent = isSent.test(requestId);
        GitpodConnection configured = GitpodGlobalConfiguration.get().credentialConnection(connection, sent);
        // The use was tracked when the create request was sent. No build is loaded for that after a restart.
        Run<?, ?> run = sent ? null : BuildLookup.find(origin.buildId());
        return run == null
                ? lookup.forConnection(configured, origin.jobFullName())
                : lookup.forRun(configured, origin.jobFullName(), run, uses);
    }

    private TokenLookup.Found ofJob(TokenLookup lookup, RequestOrigin origin, String credentialsId)
            throws TokenUnavailableException {
        Run<?, ?> run = BuildLookup.find(origin.buildId());
        return run == null
                ? lookup.forItem(Objects.requireNonNull(origin.knownCredentialsId()), origin.jobFullName())
                : lookup.forRun(credentialsId, run, uses);
    }

    /**
     * Whether two requests of one connection use the same credential, so that one may join or cancel the prebuild of the
     * other. Credentials with equal ids may be different ones in different folders; then the tokens decide.
     */
    boolean isSameCredential(@NonNull UUID requestId, @NonNull UUID other) {
        RequestOrigin one = ledger.origin(requestId);
        RequestOrigin two = ledger.origin(other);
        if (one == null || two == null) {
            return false;
        }
        String credentialsId = one.knownCredentialsId();
        boolean isSameId = Objects.equals(credentialsId, two.knownCredentialsId());
        String fingerprint = fingerprints.get(requestId);
        return isSameId && (credentialsId == null || one.isInFolderOf(two))
                || fingerprint != null && fingerprint.equals(fingerprints.get(other));
    }

    /** The request is not open any longer. */
    void forget(@NonNull UUID requestId) {
        fingerprints.remove(requestId);
    }
}
