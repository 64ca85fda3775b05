package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The requests for new commits that are not decided yet, a small file for each. They survive a crash: unlike a step, the job
 * property does not come back to request them again.
 */
@Restricted(NoExternalUse.class)
public final class CommitRequestStore {

    private static final Logger LOGGER = Logger.getLogger(CommitRequestStore.class.getName());
    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-commit-request", Pending.class);
    }

    /** The saved form of a request. Fields may be added but not renamed. */
    public static final class Pending {
        private final String requestId;
        private final String buildId;
        private final PrebuildOptions options;
        private final Checkout checkout;
        private final ChangedPaths changed;

        public Pending(UUID requestId, String buildId, PrebuildOptions options, NewCommit commit) {
            this.requestId = requestId.toString();
            this.buildId = buildId;
            this.options = options;
            this.checkout = commit.checkout();
            this.changed = commit.changed();
        }

        boolean isComplete() {
            return requestId != null && buildId != null && checkout != null && checkout.isComplete();
        }

        @NonNull
        public UUID requestId() {
            return UUID.fromString(requestId);
        }

        @NonNull
        public String buildId() {
            return buildId;
        }

        @NonNull
        public PrebuildOptions options() {
            return (options == null ? new PrebuildOptions() : options).forCommits();
        }

        @NonNull
        public NewCommit commit() {
            return new NewCommit(checkout, changed == null ? ChangedPaths.UNKNOWN : changed);
        }
    }

    private final XmlFolder<Pending> folder;
    private final Set<UUID> saved = ConcurrentHashMap.newKeySet();

    /** @param directory created when the first request is saved */
    public CommitRequestStore(@NonNull Path directory) {
        folder = new XmlFolder<>(directory, XSTREAM, Pending.class, "A new commit may get no Gitpod prebuild.");
    }

    /** Saves a request. A failure is logged. */
    public void save(@NonNull Pending pending) {
        try {
            folder.write(pending.requestId().toString(), pending);
            saved.add(pending.requestId());
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save that a commit may need a Gitpod prebuild", e);
        }
    }

    /** Deletes a request that is decided or that the ledger contains. */
    public void forget(@NonNull UUID requestId) {
        if (saved.remove(requestId)) {
            try {
                folder.delete(requestId.toString());
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not delete the request " + requestId + " in " + folder, e);
            }
        }
    }

    /** Reads all requests that were saved before Jenkins stopped. Damaged files are set aside. */
    @NonNull
    public List<Pending> readAll() {
        return folder.readAll((name, pending) -> {
            if (!pending.isComplete() || !pending.requestId().toString().equals(name)) {
                throw new IOException("Not a complete request");
            }
            saved.add(pending.requestId());
            return pending;
        });
    }
}
