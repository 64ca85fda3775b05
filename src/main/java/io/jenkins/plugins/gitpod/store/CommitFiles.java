package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The files of the {@link CommitHistory}. What is changed is written a little later. Changes of one file that come in quick
 * succession are written together.
 */
final class CommitFiles {

    private static final Logger LOGGER = Logger.getLogger(CommitFiles.class.getName());

    private static final int MAX_FILES = 500;
    private static final int FILES_BETWEEN_LISTINGS = 50;

    private final XmlFolder<BranchCommits> folder;
    private final Object content;
    private final Executor writer;

    /** Held while files are written, and taken before the lock of the content. */
    private final Object writing = new Object();

    // ---- guarded by content

    private final Map<String, BranchCommits> branches = new HashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();

    /** The requests of which something is not in the files yet. */
    private final Set<UUID> unwritten = new HashSet<>();

    private boolean allRead;

    /** How many files may be written before the directory is listed again. */
    private int listAfter;

    /**
     * @param content the lock of everything that the files contain
     * @param writer runs tasks that write files
     */
    CommitFiles(@NonNull XmlFolder<BranchCommits> folder, @NonNull Object content, @NonNull Executor writer) {
        this.folder = folder;
        this.content = content;
        this.writer = writer;
    }

    // ---- called under the lock of the content

    /** The files that were read. */
    @NonNull
    Collection<BranchCommits> read() {
        return branches.values();
    }

    /** The files with such an entry. It may be of before a restart, and in a file that was not read since. */
    @NonNull
    List<Map.Entry<String, BranchCommits>> with(@NonNull Predicate<BranchCommits.Entry> filter) {
        if (!allRead) {
            allRead = true;
            folder.names().forEach(this::branch);
        }
        return branches.entrySet().stream()
                .filter(each -> each.getValue().entries.stream().anyMatch(filter))
                .toList();
    }

    @NonNull
    BranchCommits branch(@NonNull String name) {
        return branches.computeIfAbsent(name, this::read);
    }

    private BranchCommits read(String name) {
        if (folder.contains(name)) {
            try {
                return folder.read(name);
            } catch (IOException e) {
                folder.setAside(name, e);
            }
        }
        return new BranchCommits();
    }

    /** A file is to be written. */
    void changed(@NonNull String name) {
        changed.add(name);
    }

    /** A file that is to be written has something new of this request. */
    void changedFor(@NonNull UUID requestId) {
        unwritten.add(requestId);
    }

    // ---- called without the lock

    /** Has the files written that have changed. */
    void writeLater() {
        synchronized (content) {
            if (changed.isEmpty()) {
                return;
            }
        }
        writer.execute(this::write);
    }

    /** Writes the files that have changed. When this returns, all earlier changes are in the files. */
    void write() {
        synchronized (writing) {
            Map<String, BranchCommits> copies = new LinkedHashMap<>();
            Set<UUID> requests;
            synchronized (content) {
                changed.forEach(name -> copies.put(name, branch(name).copy()));
                changed.clear();
                requests = Set.copyOf(unwritten);
            }
            copies.forEach(this::write);
            synchronized (content) {
                unwritten.removeAll(requests);
                deleteOldest(copies.size());
            }
        }
    }

    /** The same, if something of this request is not in the files yet. */
    void writeRequest(@NonNull UUID requestId) {
        boolean isWritten;
        synchronized (content) {
            isWritten = !unwritten.contains(requestId);
        }
        if (!isWritten) {
            write();
        }
    }

    private void write(String name, BranchCommits branch) {
        try {
            folder.write(name, branch);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save which commits have a Gitpod prebuild", e);
        }
    }

    /** Lists the directory once for many writes: a decision must not cost more, the more commits are known. */
    private void deleteOldest(int written) {
        listAfter -= written;
        if (listAfter < 0) {
            // What has changed meanwhile is still to be written.
            folder.deleteOldest(MAX_FILES).stream()
                    .filter(name -> !changed.contains(name))
                    .forEach(branches::remove);
            listAfter = FILES_BETWEEN_LISTINGS;
        }
    }
}
