package io.jenkins.plugins.gitpod.config;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Queue;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.security.Permission;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.time.Duration;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.core.Authentication;

/**
 * A connection and a token that an item may use, for look-ups.
 *
 * @param limits the limits of each call
 */
@Restricted(NoExternalUse.class)
public record AuthenticatedConnection(
        @NonNull Connection connection,
        @NonNull BearerToken token,
        @NonNull ClientLimits limits) {

    /** Short, because a person waits for the form. */
    private static final ClientLimits FORM_LIMITS =
            new ClientLimits(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(6), 4L * 1024 * 1024);

    /** There is no usable connection or token. The message is for people. */
    public static final class NoAccessException extends Exception {

        private static final long serialVersionUID = 1L;

        NoAccessException(String message) {
            super(message);
        }
    }

    /** A connection for the look-ups of a form. */
    @NonNull
    static AuthenticatedConnection forForm(@NonNull Connection connection, @NonNull BearerToken token) {
        return new AuthenticatedConnection(connection, token, FORM_LIMITS);
    }

    /**
     * Checks that the user may configure the item, or administer Jenkins if there is no item.
     *
     * @throws org.springframework.security.access.AccessDeniedException if the user may not
     */
    public static void checkMayConfigure(@Nullable Item item) {
        if (item == null) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        } else {
            item.checkPermission(Item.CONFIGURE);
        }
    }

    /** The authentication with which builds of an item look up credentials, as far as it is known before they run. */
    @NonNull
    public static Authentication authenticationOf(@NonNull Item item) {
        return item instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
    }

    /** Whether the user may see the names of the credentials of an item. */
    public static boolean mayListCredentials(@Nullable Item item) {
        if (item == null) {
            return Jenkins.get().hasPermission(Jenkins.ADMINISTER);
        }
        for (Permission enough : new Permission[] {Item.CONFIGURE, CredentialsProvider.USE_ITEM}) {
            if (item.hasPermission(enough)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Finds the connection and the token that a build of the item would use. May block on a credentials provider. The caller
     * checks the permission of the user.
     *
     * @param item the configured item, or null for Jenkins itself
     * @param connectionName the name in the form; blank for the default connection
     * @param credentialsId the id in the form; blank for the connection's credential
     * @throws NoAccessException if a build of the item could not use the connection either
     */
    @NonNull
    public static AuthenticatedConnection find(
            @Nullable Item item, @Nullable String connectionName, @Nullable String credentialsId)
            throws NoAccessException {
        GitpodConnection configured = GitpodGlobalConfiguration.get().connection(connectionName);
        if (configured == null) {
            throw new NoAccessException(GitpodGlobalConfiguration.get().missing(connectionName));
        }
        try {
            Connection connection = configured.toEngine();
            TokenLookup lookup = new TokenLookup(connection.name(), connection.endpoint());
            String id = Util.fixEmptyAndTrim(credentialsId);
            // The form of a folder configures the jobs in it.
            String itemName = item == null ? null : item.getFullName() + (item instanceof ItemGroup ? "/" : "");
            TokenLookup.Found found =
                    id == null ? lookup.forConnection(configured, itemName) : lookup.forItem(id, item);
            return forForm(connection, found.token());
        } catch (InvalidEndpointException e) {
            throw new NoAccessException(
                    Messages.GitpodConnection_badUrl(configured.getName(), GitpodConnection.urlProblem(e)));
        } catch (TokenUnavailableException e) {
            throw new NoAccessException(e.getMessage());
        }
    }
}
