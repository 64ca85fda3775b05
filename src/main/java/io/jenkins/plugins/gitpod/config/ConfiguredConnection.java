package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.Connection;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A configured connection that is valid.
 *
 * @param configured the connection in the global configuration
 * @param connection the connection for the engine
 */
@Restricted(NoExternalUse.class)
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
}
