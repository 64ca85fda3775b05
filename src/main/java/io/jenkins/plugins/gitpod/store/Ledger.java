package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.engine.RequestStore;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The open requests of this controller, a small file for each in {@code $JENKINS_HOME/gitpod-prebuilds}. A change rewrites
 * one file.
 *
 * <p>The entry of a request that has ended is kept for some minutes in the subdirectory {@code closed}: after a crash it
 * still says which request its prebuild belongs to, so that no other request claims the prebuild.
 */
@Restricted(NoExternalUse.class)
public final class Ledger implements RequestStore {

    private static final Logger LOGGER = Logger.getLogger(Ledger.class.getName());

    /** Longer than the engine looks for a prebuild after a lost response, including read lag and clock skew. */
    private static final Duration CLOSED_RETENTION = Duration.ofMinutes(15);

    private static final XStream2 XSTREAM = new XStream2();
    private static final String CONSEQUENCE = "Check in Gitpod whether a prebuild is still running.";

    static {
        XSTREAM.alias("gitpod-prebuild-request", LedgerEntry.class);
    }

    private final XmlFolder<LedgerEntry> open;
    private final XmlFolder<LedgerEntry> closed;
    private final InstantSource clock;
    private final Map<UUID, Announced> announced = new ConcurrentHashMap<>();

    /** The requests that were closed or withdrawn, as long as their end is still being saved with a build. */
    private final Set<Announced> over = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** The entries in {@code closed}, the oldest first, so that no end of a request has to list the directory. */
    private final Queue<Closed> kept = new ConcurrentLinkedQueue<>();

    private record Closed(String name, Instant since) {}

    /** @param directory created when the first request is saved */
    public Ledger(@NonNull Path directory) {
        this(folder(directory), folder(directory.resolve("closed")), InstantSource.system());
    }

    Ledger(@NonNull XmlFolder<LedgerEntry> open, @NonNull XmlFolder<LedgerEntry> closed, @NonNull InstantSource clock) {
        this.open = open;
        this.closed = closed;
        this.clock = clock;
    }

    static XmlFolder<LedgerEntry> folder(Path directory) {
        return new XmlFolder<>(directory, XSTREAM, LedgerEntry.class, CONSEQUENCE);
    }

    /** The origin and the owners of an open request. Also the lock of its file. */
    private static final class Announced implements Supplier<RequestOrigin> {
        private volatile RequestOrigin origin;
        private volatile Owners owners = Owners.FIRST_ONLY;
        private volatile long logLines;

        Announced(RequestOrigin origin) {
            this.origin = origin;
        }

        synchronized boolean relocate(String oldFullName, String newFullName) {
            boolean isOf = origin.isOf(oldFullName);
            if (isOf) {
                origin = origin.relocated(oldFullName, newFullName);
            }
            return isOf;
        }

        @Override
        public RequestOrigin get() {
            return origin;
        }
    }

    /**
     * Adds the origin of a request. To be called before the request is first saved.
     *
     * @return the origin with the current names of its job and build
     */
    @NonNull
    public Supplier<RequestOrigin> announce(@NonNull UUID requestId, @NonNull RequestOrigin origin) {
        Announced known = new Announced(origin);
        announced.put(requestId, known);
        return known;
    }

    @Override
    public void follows(UUID requestId, UUID after) {
        Announced known = announced.get(after);
        if (known != null) {
            announce(requestId, known.origin);
        }
    }

    /** Removes a request that was never saved, or that joined another request and has left it. */
    public void withdraw(@NonNull UUID requestId) {
        remove(requestId);
    }

    @Override
    public void save(SavedRequest request) throws IOException {
        UUID requestId = request.request().requestId();
        Announced known = announced.get(requestId);
        if (known == null) {
            throw new IOException("Request " + requestId + " was never announced");
        }
        // The engine, a change of owners and the rename of a job may write the same entry.
        synchronized (known) {
            open.write(requestId.toString(), entry(request, known));
        }
    }

    private LedgerEntry entry(SavedRequest request, Announced known) {
        return new LedgerEntry(request, known.origin)
                .with(jointOwners(known.owners), known.owners)
                .withLogLines(known.logLines);
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
                rewrite(requestId, known);
            }
        }
    }

    private List<LedgerEntry.Joined> jointOwners(Owners owners) {
        List<LedgerEntry.Joined> joined = new ArrayList<>();
        for (Owners.Owner owner : owners.joined()) {
            RequestOrigin origin = origin(owner.requestId());
            if (origin != null) {
                joined.add(new LedgerEntry.Joined(owner, origin));
            }
        }
        return joined;
    }

    /** The origin of a request with the current names of its job and build, or null if the request is not open. */
    @CheckForNull
    public RequestOrigin origin(@NonNull UUID requestId) {
        Announced known = announced.get(requestId);
        return known == null ? null : known.origin;
    }

    /**
     * The origin of an open request with the current names of its job and build, even when the request is closed meanwhile.
     */
    @NonNull
    public Supplier<RequestOrigin> live(@NonNull UUID requestId) {
        return Objects.requireNonNull(announced.get(requestId), "not open");
    }

    /** Saves how many lines of the prebuild's log may have been printed. */
    public void printed(@NonNull UUID requestId, long lines) {
        Announced known = announced.get(requestId);
        if (known != null) {
            synchronized (known) {
                known.logLines = lines;
                rewrite(requestId, known);
            }
        }
    }

    /** How many lines of the prebuild's log may have been printed. */
    public long printed(@NonNull UUID requestId) {
        Announced known = announced.get(requestId);
        return known == null ? 0 : known.logLines;
    }

    /** Sets the flow node that waits for a request, which is one of the same build. */
    public void waitsElsewhere(@NonNull UUID requestId, @Nullable String nodeId) {
        Announced known = announced.get(requestId);
        if (known != null) {
            synchronized (known) {
                known.origin = known.origin.at(nodeId);
                rewrite(requestId, known);
            }
        }
    }

    /** Sets which credential was found for a request, so that it is found again when the build is gone. */
    public void credentialFound(@NonNull UUID requestId, @NonNull String credentialsId) {
        Announced known = announced.get(requestId);
        if (known != null && !credentialsId.equals(known.origin.knownCredentialsId())) {
            synchronized (known) {
                known.origin = known.origin.resolved(credentialsId);
                rewrite(requestId, known);
            }
        }
    }

    /** Updates the origins of the requests of a job, or of all jobs in a folder, that was renamed or moved. */
    public void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        Set<UUID> relocated = new HashSet<>();
        announced.forEach((requestId, known) -> {
            if (known.relocate(oldFullName, newFullName)) {
                relocated.add(requestId);
            }
        });
        // After the open ones: a request that is closed meanwhile is among these before it is no longer open.
        // They are copied, because the lock of one may be held while its file is written.
        List.copyOf(over).forEach(known -> known.relocate(oldFullName, newFullName));
        if (relocated.isEmpty()) {
            return; // as for each item below a folder, which was moved as a whole
        }
        // An entry contains the origins of the requests that joined it.
        announced.forEach((requestId, known) -> {
            synchronized (known) {
                if (relocated.contains(requestId)
                        || known.owners.joined().stream().anyMatch(each -> relocated.contains(each.requestId()))) {
                    rewrite(requestId, known);
                }
            }
        });
    }

    private void rewrite(UUID requestId, Announced known) {
        String name = requestId.toString();
        try {
            if (open.contains(name)) {
                open.write(name, entry(open.read(name).toSaved(), known));
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save the origin and the owners of request " + name, e);
        }
    }

    @CheckForNull
    private Announced remove(UUID requestId) {
        Announced known = announced.get(requestId);
        if (known != null) {
            over.add(known);
            announced.remove(requestId, known);
        }
        return known;
    }

    @Override
    public void close(UUID requestId) {
        Announced known = remove(requestId);
        synchronized (known == null ? this : known) {
            try {
                open.move(requestId.toString(), closed);
                kept.add(new Closed(requestId.toString(), clock.instant()));
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not close the ledger entry " + requestId, e);
            }
        }
        dropOldClosed();
    }

    private void dropOldClosed() {
        Instant limit = clock.instant().minus(CLOSED_RETENTION);
        for (Closed oldest = kept.peek(); oldest != null && oldest.since().isBefore(limit); oldest = kept.peek()) {
            if (kept.remove(oldest)) {
                try {
                    closed.delete(oldest.name());
                } catch (IOException e) {
                    LOGGER.log(Level.WARNING, "Could not delete the closed ledger entry " + oldest.name(), e);
                }
            }
        }
    }

    /** Whether a request that is not open has a damaged entry, or one that was closed some minutes ago. */
    public boolean hasLost(@NonNull UUID requestId) {
        String name = requestId.toString();
        return open.hasDamaged(name) || closed.hasDamaged(name) || closed.contains(name);
    }

    /** Whether a request is open, has a damaged entry, or was closed some minutes ago. */
    public boolean isKnown(@NonNull UUID requestId) {
        return open.contains(requestId.toString()) || hasLost(requestId);
    }

    /** The content of an entry. */
    public record Read(
            @NonNull SavedRequest saved,
            @NonNull RequestOrigin origin,
            @NonNull List<LedgerEntry.Joined> joined,
            @NonNull Owners owners) {}

    /** Reads all open entries. Damaged ones are set aside. */
    @NonNull
    public List<Read> readOpen() {
        return open.readAll(this::readOpen);
    }

    private Read readOpen(String name, LedgerEntry entry) throws IOException {
        Read read = new Read(entry.toSaved(), entry.origin(), entry.joined(), entry.owners());
        UUID requestId = read.saved().request().requestId();
        if (!requestId.toString().equals(name)) {
            throw new IOException("It holds request " + requestId);
        }
        announce(requestId, read.origin());
        announced.get(requestId).owners = read.owners();
        announced.get(requestId).logLines = entry.logLines();
        read.joined().forEach(joined -> announce(joined.id(), joined.origin()));
        return read;
    }

    /**
     * Reads the ids of the prebuilds of closed entries when Jenkins starts, then deletes the old entries. All are read, even
     * after a long downtime: a request of before it may still look for its prebuild.
     *
     * @param needed whether a request whose prebuild is unknown is open. The entries then count as closed now, so that they
     *     are still there after another crash.
     */
    @NonNull
    public List<String> readClosed(boolean needed) {
        List<Optional<String>> prebuildIds = closed.readAll((name, entry) -> {
            if (needed) {
                closed.touch(name);
            }
            return Optional.ofNullable(entry.prebuildId());
        });
        List<Closed> found = new ArrayList<>();
        for (String name : closed.names()) {
            Instant since = closed.lastChange(name);
            if (since != null) {
                found.add(new Closed(name, since));
            }
        }
        found.sort(Comparator.comparing(Closed::since));
        kept.clear();
        kept.addAll(found);
        dropOldClosed();
        return prebuildIds.stream().flatMap(Optional::stream).toList();
    }
}
