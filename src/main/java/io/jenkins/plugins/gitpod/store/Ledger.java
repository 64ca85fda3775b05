package io.jenkins.plugins.gitpod.store;

import com.thoughtworks.xstream.XStreamException;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.XmlFile;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.engine.RequestStore;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The controller's book of open requests, a small file for each in {@code $JENKINS_HOME/gitpod-prebuilds}: one change
 * rewrites one file, atomically and flushed to disk, and a damaged file costs one entry and not the book.
 *
 * <p>An entry that is closed is kept for some minutes more in {@code closed}: after a crash it still tells whose its
 * prebuild was, so that no other request takes it for its own. A file that cannot be read is set aside in {@code damaged}.
 */
public final class Ledger implements RequestStore {

    private static final Logger LOGGER = Logger.getLogger(Ledger.class.getName());

    /** Longer than a lost create is looked for, read lag and clock skew included. */
    private static final Duration KEEP_CLOSED = Duration.ofMinutes(15);

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-prebuild-request", LedgerEntry.class);
    }

    private final Path open;
    private final Path closed;
    private final Path damaged;
    private final Map<UUID, Announced> announced = new ConcurrentHashMap<>();

    public Ledger(@NonNull Path directory) {
        open = directory;
        closed = directory.resolve("closed");
        damaged = directory.resolve("damaged");
    }

    /** An open request's origin, all who wait for its prebuild, and the lock of its file. */
    private static final class Announced {
        private volatile RequestOrigin origin;
        private volatile Owners owners = Owners.FIRST_ONLY;

        Announced(RequestOrigin origin) {
            this.origin = origin;
        }
    }

    /** Tells where a request comes from, before it is first saved. */
    public void announce(@NonNull UUID requestId, @NonNull RequestOrigin origin) {
        announced.put(requestId, new Announced(origin));
    }

    @Override
    public void follows(UUID requestId, UUID after) {
        Announced known = announced.get(after);
        if (known != null) {
            announce(requestId, known.origin);
        }
    }

    /** Takes an announcement back: nothing was saved and nothing will be, or it joined another request and has left. */
    public void withdraw(@NonNull UUID requestId) {
        announced.remove(requestId);
    }

    @Override
    public void save(SavedRequest request) throws IOException {
        UUID requestId = request.request().requestId();
        Announced known = announced.get(requestId);
        if (known == null) {
            throw new IOException("Request " + requestId + " was never announced");
        }
        // One writer at a time for each entry: the engine, or a job that moves.
        synchronized (known) {
            Files.createDirectories(open);
            file(open.resolve(requestId + ".xml"))
                    .write(new LedgerEntry(request, known.origin).with(jointOwners(known.owners), known.owners));
        }
    }

    /**
     * Saves which builds share a request's prebuild now.
     *
     * @param owners is asked under the entry's lock, so that a later save never has an earlier state
     */
    public void share(@NonNull UUID requestId, @NonNull Supplier<Owners> owners) {
        Announced known = announced.get(requestId);
        if (known != null) {
            synchronized (known) {
                known.owners = owners.get();
                rewrite(open.resolve(requestId + ".xml"), known);
            }
        }
    }

    private List<LedgerEntry.Joined> jointOwners(Owners owners) {
        List<LedgerEntry.Joined> joined = new ArrayList<>();
        for (Owners.Owner owner : owners.joined()) {
            RequestOrigin origin = origin(owner.requestId());
            if (origin != null) {
                joined.add(new LedgerEntry.Joined(owner.requestId(), origin, owner.cancelOnAbort(), owner.waiting()));
            }
        }
        return joined;
    }

    /** Where a request came from, by the present names of jobs, or null if it is not open. */
    @CheckForNull
    public RequestOrigin origin(@NonNull UUID requestId) {
        Announced known = announced.get(requestId);
        return known == null ? null : known.origin;
    }

    /** Another flow node of the same build waits from now on. */
    public void waitsElsewhere(@NonNull UUID requestId, @Nullable String nodeId) {
        Announced known = announced.get(requestId);
        if (known != null) {
            synchronized (known) {
                known.origin = known.origin.at(nodeId);
                rewrite(open.resolve(requestId + ".xml"), known);
            }
        }
    }

    /** Follows a job, or a folder around jobs, to its new name. */
    public void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        announced.forEach((requestId, known) -> {
            synchronized (known) {
                if (known.origin.isOf(oldFullName)) {
                    known.origin = known.origin.relocated(oldFullName, newFullName);
                    rewrite(open.resolve(requestId + ".xml"), known);
                }
            }
        });
        announced.forEach((requestId, known) -> {
            synchronized (known) {
                if (!known.owners.joined().isEmpty()) {
                    rewrite(open.resolve(requestId + ".xml"), known);
                }
            }
        });
    }

    private void rewrite(Path path, Announced known) {
        try {
            if (Files.exists(path)) {
                file(path)
                        .write(new LedgerEntry(read(path).toSaved(), known.origin)
                                .with(jointOwners(known.owners), known.owners));
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save the owners in the ledger entry " + path, e);
        }
    }

    @Override
    public void close(UUID requestId) {
        Announced known = announced.remove(requestId);
        synchronized (known == null ? this : known) {
            moveToClosed(requestId);
        }
        dropOldClosed();
    }

    private void moveToClosed(UUID requestId) {
        Path file = open.resolve(requestId + ".xml");
        try {
            Files.createDirectories(closed);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            Files.move(file, closed.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException neverSaved) {
            LOGGER.log(Level.FINE, "Request {0} ended before it was saved", requestId);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not close the ledger entry " + file, e);
        }
    }

    /** Whether something is known of a request that is not open: its entry is damaged, or was closed a short while ago. */
    public boolean hasLost(@NonNull UUID requestId) {
        String name = requestId + ".xml";
        return Files.exists(damaged.resolve(name)) || Files.exists(closed.resolve(name));
    }

    /** Whether a request is open, or something else is known of it. */
    public boolean isKnown(@NonNull UUID requestId) {
        return Files.exists(open.resolve(requestId + ".xml")) || hasLost(requestId);
    }

    /** An entry as it was read. */
    public record Read(
            @NonNull SavedRequest saved,
            @NonNull RequestOrigin origin,
            @NonNull List<LedgerEntry.Joined> joined,
            @NonNull Owners owners) {}

    /** Reads all open entries; what cannot be read is set aside. */
    @NonNull
    public List<Read> readOpen() {
        List<Read> entries = new ArrayList<>();
        dropUnfinished();
        for (Path path : files(open, "*.xml")) {
            try {
                LedgerEntry entry = read(path);
                Read read = new Read(entry.toSaved(), entry.origin(), entry.joined(), entry.owners());
                UUID requestId = read.saved().request().requestId();
                if (!path.equals(open.resolve(requestId + ".xml"))) {
                    throw new IOException("It holds request " + requestId);
                }
                announce(requestId, read.origin());
                announced.get(requestId).owners = read.owners();
                read.joined().forEach(joined -> announce(joined.id(), joined.origin()));
                entries.add(read);
            } catch (IOException e) {
                setAside(path, e);
            }
        }
        return entries;
    }

    /**
     * The prebuilds of closed entries, for a start of Jenkins. After a long downtime too, all of them are read before the
     * old ones are dropped, for a request from before it may still be looked for.
     *
     * @param needed whether a request whose prebuild is unknown is open: then they are kept as if closed now, lest the next
     *     crash finds them gone
     */
    @NonNull
    public List<String> readClosed(boolean needed) {
        List<String> prebuildIds = new ArrayList<>();
        for (Path path : files(closed, "*.xml")) {
            try {
                String prebuildId = read(path).prebuildId();
                if (prebuildId != null) {
                    prebuildIds.add(prebuildId);
                }
                if (needed) {
                    Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
                }
            } catch (IOException e) {
                setAside(path, e);
            }
        }
        dropOldClosed();
        return prebuildIds;
    }

    private static LedgerEntry read(Path path) throws IOException {
        try {
            if (file(path).read() instanceof LedgerEntry entry) {
                return entry;
            }
        } catch (XStreamException e) {
            throw new IOException(e);
        }
        throw new IOException("Not a ledger entry");
    }

    private void setAside(Path path, IOException why) {
        Path aside = damaged.resolve(path.getFileName());
        try {
            Files.createDirectories(damaged);
            Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
        LOGGER.log(
                Level.WARNING,
                "The Gitpod ledger entry " + path.getFileName() + " is damaged and was set aside as " + aside
                        + "; look in Gitpod whether a prebuild is left running",
                why);
    }

    private void dropOldClosed() {
        Instant limit = Instant.now().minus(KEEP_CLOSED);
        for (Path path : files(closed, "*.xml")) {
            try {
                if (Files.getLastModifiedTime(path).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "Could not drop " + path, e);
            }
        }
    }

    /** What a crash left of files that were being written: the entries themselves are whole. */
    private void dropUnfinished() {
        for (Path path : files(open, "*.tmp")) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "Could not drop " + path, e);
            }
        }
    }

    private static List<Path> files(Path directory, String like) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, like)) {
                stream.forEach(files::add);
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not read the Gitpod ledger " + directory, e);
            }
        }
        return files;
    }

    private static XmlFile file(Path path) {
        return new XmlFile(XSTREAM, path.toFile());
    }
}
