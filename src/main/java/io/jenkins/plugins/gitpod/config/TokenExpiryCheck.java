package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.AsyncPeriodicWork;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Checks once a day, and some minutes after Jenkins starts, when the tokens of connections expire, and those of jobs that
 * were used since the start. It runs in a thread of its own because a credentials provider may block. It does not call
 * Gitpod.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class TokenExpiryCheck extends AsyncPeriodicWork {

    private static final Logger LOGGER = Logger.getLogger(TokenExpiryCheck.class.getName());

    /** For Jenkins' own use. */
    public TokenExpiryCheck() {
        super("Gitpod token expiry");
    }

    @Override
    public long getRecurrencePeriod() {
        return TimeUnit.DAYS.toMillis(1);
    }

    @Override
    public long getInitialDelay() {
        return TimeUnit.MINUTES.toMillis(5);
    }

    /** Does not log each daily run. */
    @Override
    protected Level getNormalLoggingLevel() {
        return Level.FINE;
    }

    @Override
    protected void execute(TaskListener listener) {
        ExpiringTokensMonitor monitor = ExpiringTokensMonitor.get();
        Set<TokenUse> uses = new HashSet<>(monitor.uses());
        GitpodGlobalConfiguration.get()
                .getConnections()
                .forEach(each -> uses.add(new TokenUse(each.getName(), null, null)));
        uses.forEach(use -> check(monitor, use));
    }

    private static void check(ExpiringTokensMonitor monitor, TokenUse use) {
        try {
            GitpodConnection connection = use.configured();
            if (connection == null) {
                monitor.forget(use);
                return;
            }
            monitor.note(
                    use.connection(),
                    use.credentialsId(),
                    use.jobFullName(),
                    found(connection, use).token());
        } catch (TokenUnavailableException | InvalidEndpointException e) {
            monitor.forget(use); // reported where it is used or configured
        } catch (RuntimeException e) {
            // A failure of the credentials provider. The noted expiry is kept.
            LOGGER.log(Level.FINE, "Could not look up the token of " + use, e);
        }
    }

    private static TokenLookup.Found found(@NonNull GitpodConnection connection, TokenUse use)
            throws TokenUnavailableException, InvalidEndpointException {
        TokenLookup lookup =
                new TokenLookup(connection.getName(), connection.toEngine().endpoint());
        return use.credentialsId() == null
                ? lookup.forConnection(connection, null)
                : lookup.forItem(use.credentialsId(), Objects.requireNonNull(use.jobFullName()));
    }
}
