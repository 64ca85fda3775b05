package io.jenkins.plugins.gitpod.config;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.BulkChange;
import hudson.model.Fingerprint;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.SerialExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Tracks which builds use credentials, so that the page of a credential shows them. Jenkins keeps all uses of a credential in
 * one file. If many builds start at once, the uses that come while the file is being written are written together.
 */
@Restricted(NoExternalUse.class)
public final class CredentialUses {

    private static final Logger LOGGER = Logger.getLogger(CredentialUses.class.getName());

    private record Use(Run<?, ?> run, StandardCredentials credentials) {}

    private final Executor executor;

    /** Guarded by itself. */
    private final List<Use> waiting = new ArrayList<>();

    /** @param executor runs tasks that write a file */
    public CredentialUses(@NonNull Executor executor) {
        this.executor = new SerialExecutor(executor, 1);
    }

    /** A build uses a credential. Returns at once. */
    public void add(@NonNull Run<?, ?> run, @NonNull StandardCredentials credentials) {
        synchronized (waiting) {
            waiting.add(new Use(run, credentials));
            if (waiting.size() > 1) {
                return; // the task for the first one tracks this one as well
            }
        }
        executor.execute(this::track);
    }

    private void track() {
        List<Use> uses;
        synchronized (waiting) {
            uses = List.copyOf(waiting);
            waiting.clear();
        }
        Map<String, List<Use>> byCredential = new LinkedHashMap<>();
        uses.forEach(use -> byCredential
                .computeIfAbsent(use.credentials().getId(), id -> new ArrayList<>())
                .add(use));
        Guarded.forEach("save which builds use a credential", byCredential.values(), CredentialUses::track);
    }

    /** Credentials with one id may be different ones in different folders. Each of them is saved then. */
    private static void track(List<Use> uses) {
        try {
            Fingerprint first =
                    CredentialsProvider.getOrCreateFingerprintOf(uses.get(0).credentials());
            try (BulkChange change = new BulkChange(first)) {
                uses.forEach(use -> CredentialsProvider.track(use.run(), use.credentials()));
                change.commit();
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "Could not save which builds use a credential", e);
        }
    }
}
