package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.decision.DecisionQueue;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.Ledger;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.time.Instant;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Requests for new commits, made by the job property. They are saved at once, so that a crash loses none. */
final class CommitRequests {

    private static final Logger LOGGER = Logger.getLogger(CommitRequests.class.getName());

    private final CommitRequestStore pending;
    private final Ledger ledger;
    private final RequestTokens tokens;
    private final RequestRegistry registry;
    private final DecisionQueue decisions;

    CommitRequests(
            CommitRequestStore pending,
            Ledger ledger,
            RequestTokens tokens,
            RequestRegistry registry,
            DecisionQueue decisions) {
        this.pending = pending;
        this.ledger = ledger;
        this.tokens = tokens;
        this.registry = registry;
        this.decisions = decisions;
    }

    /** @throws AbortException if the options cannot be used; the message is for people */
    void submit(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @NonNull PrebuildOptions options,
            @NonNull NewCommit commit,
            @NonNull RequestListener listener)
            throws AbortException {
        if (decisions.isPending(requestId) || registry.recorder(requestId) != null || ledger.isKnown(requestId)) {
            return; // it was submitted before a crash
        }
        ConfiguredConnection configured = ConfiguredConnection.named(options.getConnection());
        pending.save(
                new CommitRequestStore.Pending(requestId, run.getExternalizableId(), options, commit, Instant.now()));
        ask(requestId, run, options, configured, commit, null, listener);
    }

    private void ask(
            UUID requestId,
            Run<?, ?> run,
            PrebuildOptions options,
            ConfiguredConnection configured,
            NewCommit commit,
            @Nullable PartOf whole,
            RequestListener listener) {
        RequestOrigin origin = new RequestOrigin(
                run.getExternalizableId(),
                run.getParent().getFullName(),
                null,
                options.getCredentialsId(),
                null,
                whole);
        decisions.add(
                new StepRequest(
                        requestId, run, ledger.announce(requestId, origin), configured, options, commit, listener),
                tokens.of(configured.connection(), requestId));
    }

    /** Whether a request was made before Jenkins stopped, so that it continues by itself. */
    boolean isKnown(@NonNull UUID requestId) {
        return pending.contains(requestId) || ledger.isKnown(requestId) || registry.recorder(requestId) != null;
    }

    /** A job or a folder was renamed or moved. */
    void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        pending.relocate(oldFullName, newFullName);
    }

    /** Continues with new commits for which nothing was decided when Jenkins stopped. Loads their builds. */
    void resume() {
        for (CommitRequestStore.Pending each : pending.readAll()) {
            UUID requestId = each.requestId();
            if (decisions.isPending(requestId)) {
                continue;
            }
            // In the ledger by itself, or as the owner of a shared prebuild.
            boolean isDecided = registry.recorder(requestId) != null || ledger.isKnown(requestId);
            Run<?, ?> run = isDecided ? null : BuildLookup.find(each.buildId());
            try {
                if (run != null) {
                    ConfiguredConnection configured =
                            ConfiguredConnection.named(each.options().getConnection());
                    ask(requestId, run, each.options(), configured, each.commit(), each.partOf(), new NoListener());
                    continue;
                }
            } catch (AbortException e) {
                LOGGER.log(
                        Level.WARNING, "Skipped the Gitpod prebuild for {0}: {1}", new Object[] {run, e.getMessage()});
            }
            pending.forget(requestId);
        }
    }

    /** After a restart no listener is told about a prebuild for a commit; the build's page shows it. */
    static final class NoListener implements RequestListener {
        @Override
        public boolean isFor(@NonNull UUID requestId) {
            return false;
        }

        @Override
        public void line(@NonNull String line) {
            LOGGER.log(Level.FINE, "{0}", line);
        }

        @Override
        public void created(@NonNull PrebuildResult result) {
            LOGGER.log(Level.FINE, "Created {0}", result);
        }

        @Override
        public void concluded(@NonNull PrebuildRecord record) {
            LOGGER.log(Level.FINE, "{0}", record.getMessage());
        }
    }
}
