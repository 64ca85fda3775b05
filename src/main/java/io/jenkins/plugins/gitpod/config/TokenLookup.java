package io.jenkins.plugins.gitpod.config;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.security.ACL;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.core.Authentication;

/**
 * Finds bearer tokens in Jenkins' credentials. A credential that a job specifies is looked up in the scope of that job. The
 * credential of a connection is looked up in Jenkins itself. Each look-up may block, because providers may be remote.
 */
@Restricted(NoExternalUse.class)
public final class TokenLookup {

    private final GitpodEndpoint endpoint;
    private final String connectionName;

    /** @param endpoint the service that gets the token; the domains of credentials must match it */
    public TokenLookup(@NonNull String connectionName, @NonNull GitpodEndpoint endpoint) {
        this.connectionName = connectionName;
        this.endpoint = endpoint;
    }

    /**
     * A token that was found.
     *
     * @param credentialsId the id of its credential
     */
    public record Found(
            @NonNull String credentialsId, @NonNull BearerToken token) {}

    /**
     * The token of a credential that the job of a build specifies, as the build may use it: with its parameters, and with the
     * permissions that it runs with.
     *
     * @param uses tracks the use
     */
    @NonNull
    public Found forRun(@NonNull String credentialsId, @NonNull Run<?, ?> run, @NonNull CredentialUses uses)
            throws TokenUnavailableException {
        StringCredentials found =
                CredentialsProvider.findCredentialById(credentialsId, StringCredentials.class, run, requirements());
        if (found != null) {
            uses.add(run, found);
            return found(found);
        }
        boolean otherKind =
                CredentialsProvider.findCredentialById(credentialsId, StandardCredentials.class, run, requirements())
                        != null;
        throw notFound(credentialsId, otherKind);
    }

    /** The token of a credential that a job specifies, without a build. A deleted job is replaced by its nearest folder. */
    @NonNull
    public Found forItem(@NonNull String credentialsId, @NonNull String itemFullName) throws TokenUnavailableException {
        return forItem(credentialsId, nearest(itemFullName));
    }

    /** The token of a credential that builds of an item may use, or of Jenkins itself if there is no item. */
    @NonNull
    Found forItem(@NonNull String credentialsId, @Nullable Item item) throws TokenUnavailableException {
        List<StandardCredentials> seen = item == null ? inItemGroup(Jenkins.get()) : forBuildsOf(item);
        return found(pick(credentialsId, seen));
    }

    /** The same ones as {@link CredentialsProvider#findCredentialById} considers for a build without parameters. */
    private List<StandardCredentials> forBuildsOf(Item item) {
        Authentication builds = AuthenticatedConnection.authenticationOf(item);
        List<StandardCredentials> seen = new ArrayList<>(inItem(item, builds));
        if (!builds.equals(ACL.SYSTEM2) && item.hasPermission2(builds, CredentialsProvider.USE_ITEM)) {
            seen.addAll(inItem(item, ACL.SYSTEM2));
        }
        return seen;
    }

    private List<StandardCredentials> inItem(Item item, Authentication authentication) {
        return CredentialsProvider.lookupCredentialsInItem(
                StandardCredentials.class, item, authentication, requirements());
    }

    /**
     * The token of a connection's credential for a build.
     *
     * @param uses tracks the use
     */
    @NonNull
    public Found forRun(
            @Nullable GitpodConnection connection,
            @NonNull String jobFullName,
            @NonNull Run<?, ?> run,
            @NonNull CredentialUses uses)
            throws TokenUnavailableException {
        StringCredentials found = find(connection, jobFullName);
        uses.add(run, found);
        return found(found);
    }

    /**
     * The token of a connection's credential.
     *
     * @param connection the connection, or null if it was deleted
     * @param jobFullName the job that uses it, or null for Jenkins itself
     */
    @NonNull
    public Found forConnection(@Nullable GitpodConnection connection, @Nullable String jobFullName)
            throws TokenUnavailableException {
        StringCredentials found = find(connection, jobFullName);
        return found(found);
    }

    private StringCredentials find(@Nullable GitpodConnection connection, @Nullable String jobFullName)
            throws TokenUnavailableException {
        if (connection == null) {
            throw new TokenUnavailableException(
                    Problem.NOT_CONFIGURED, Messages.TokenLookup_connectionGone(connectionName));
        }
        String credentialsId = connection.getCredentialsId();
        if (credentialsId == null) {
            throw new TokenUnavailableException(
                    Problem.NOT_CONFIGURED, Messages.TokenLookup_noCredential(connectionName));
        }
        if (jobFullName != null && !connection.mayUseDefaultCredential(jobFullName)) {
            throw new TokenUnavailableException(
                    Problem.NOT_CONFIGURED, Messages.TokenLookup_notThisFolder(connectionName, jobFullName));
        }
        return pick(credentialsId, inItemGroup(Jenkins.get()));
    }

    private List<StandardCredentials> inItemGroup(ItemGroup<?> group) {
        return CredentialsProvider.lookupCredentialsInItemGroup(
                StandardCredentials.class, group, ACL.SYSTEM2, requirements());
    }

    private List<DomainRequirement> requirements() {
        return URIRequirementBuilder.fromUri(endpoint.apiUrl().toString()).build();
    }

    private static StringCredentials pick(String credentialsId, List<StandardCredentials> seen)
            throws TokenUnavailableException {
        StandardCredentials found = CredentialsMatchers.firstOrNull(seen, CredentialsMatchers.withId(credentialsId));
        if (found instanceof StringCredentials) {
            return (StringCredentials) found;
        }
        throw notFound(credentialsId, found != null);
    }

    /** The job, or if it was deleted the nearest folder that contained it, or null. */
    @CheckForNull
    private static Item nearest(String itemFullName) {
        String name = itemFullName;
        while (!name.isEmpty()) {
            Item item = Jenkins.get().getItemByFullName(name);
            if (item != null) {
                return item;
            }
            name = name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "";
        }
        return null;
    }

    private static Found found(StringCredentials credentials) throws TokenUnavailableException {
        try {
            return new Found(
                    credentials.getId(), BearerToken.of(credentials.getSecret().getPlainText()));
        } catch (IllegalArgumentException e) {
            throw new TokenUnavailableException(Problem.UNUSABLE, Messages.TokenLookup_unusable(credentials.getId()));
        }
    }

    private static TokenUnavailableException notFound(String credentialsId, boolean otherKind) {
        return otherKind
                ? new TokenUnavailableException(Problem.WRONG_KIND, Messages.TokenLookup_wrongKind(credentialsId))
                : new TokenUnavailableException(Problem.NOT_FOUND, Messages.TokenLookup_notFound(credentialsId));
    }
}
