package io.jenkins.plugins.gitpod.store;

import com.thoughtworks.xstream.XStreamException;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.XmlFile;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.NewCommit;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Automatic requests about which nothing is decided yet, a small file for each, so that a crash loses none: no step comes
 * back to ask for them again.
 */
public final class CommitRequestStore {

    private static final Logger LOGGER = Logger.getLogger(CommitRequestStore.class.getName());
    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-new-commit", Pending.class);
    }

    /** The saved form. Fields may be added but not renamed. */
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
            return requestId != null && buildId != null && options != null && checkout != null && changed != null;
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
            return options;
        }

        @NonNull
        public NewCommit commit() {
            return new NewCommit(checkout, changed);
        }
    }

    private final Path directory;
    private final Set<UUID> saved = ConcurrentHashMap.newKeySet();

    public CommitRequestStore(@NonNull Path directory) {
        this.directory = directory;
    }

    public void save(@NonNull Pending pending) {
        try {
            Files.createDirectories(directory);
            new XmlFile(XSTREAM, file(pending.requestId()).toFile()).write(pending);
            saved.add(pending.requestId());
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save that a commit may need a Gitpod prebuild", e);
        }
    }

    /** Decided, or in the ledger by now. */
    public void forget(@NonNull UUID requestId) {
        if (saved.remove(requestId)) {
            try {
                Files.deleteIfExists(file(requestId));
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not delete " + file(requestId), e);
            }
        }
    }

    /** What an earlier life of Jenkins has left; what cannot be read is deleted. */
    @NonNull
    public List<Pending> readAll() {
        List<Pending> all = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return all;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.xml")) {
            for (Path path : files) {
                try {
                    if (new XmlFile(XSTREAM, path.toFile()).read() instanceof Pending pending && pending.isComplete()) {
                        saved.add(pending.requestId());
                        all.add(pending);
                        continue;
                    }
                } catch (IOException | XStreamException | IllegalArgumentException e) {
                    LOGGER.log(Level.WARNING, "Could not read " + path, e);
                }
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not read " + directory, e);
        }
        return all;
    }

    private Path file(UUID requestId) {
        return directory.resolve(requestId + ".xml");
    }
}
