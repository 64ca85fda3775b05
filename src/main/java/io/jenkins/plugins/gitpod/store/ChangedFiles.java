package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes the files of a folder a little later than their content changes. Changes of one file that come in quick succession
 * are written together. The lock of the content is not held while files are written.
 *
 * @param <T> the class of the saved objects
 */
final class ChangedFiles<T> {

    private static final Logger LOGGER = Logger.getLogger(ChangedFiles.class.getName());

    private static final int FILES_BETWEEN_LISTINGS = 50;

    /** What the files contain. The methods are called under its lock. */
    interface Content<T> {

        /** What a file is to contain: an object that does not change any more. */
        @NonNull
        T toSave(@NonNull String name);

        /** A file was deleted, because there were too many. */
        void deleted(@NonNull String name);
    }

    private final XmlFolder<T> folder;
    private final int maximumFiles;
    private final Object lock;
    private final Content<T> content;
    private final Executor writer;
    private final String failure;

    /** Held while files are written, and taken before the lock of the content. */
    private final Object writing = new Object();

    // ---- guarded by the lock of the content

    private final Set<String> changed = new LinkedHashSet<>();

    /** The files of which older content may be on the disk, because they are being written. */
    private Set<String> beingWritten = Set.of();

    /** The requests of which something is not in the files yet. */
    private final Set<UUID> unwritten = new HashSet<>();

    private boolean isScheduled;

    /** How many files may be written before the directory is listed again. */
    private int listAfter;

    /**
     * @param maximumFiles if there are more, those that were changed the longest time ago are deleted
     * @param lock guards the content
     * @param writer runs the task that writes the files, at once or later
     * @param failure for the log: what could not be saved
     */
    ChangedFiles(
            @NonNull XmlFolder<T> folder,
            int maximumFiles,
            @NonNull Object lock,
            @NonNull Content<T> content,
            @NonNull Executor writer,
            @NonNull String failure) {
        this.folder = folder;
        this.maximumFiles = maximumFiles;
        this.lock = lock;
        this.content = content;
        this.writer = writer;
        this.failure = failure;
    }

    // ---- called under the lock of the content

    /** A file is to be written. */
    void changed(@NonNull String name) {
        changed.add(name);
    }

    /** A file that is to be written has something new of this request. */
    void changedFor(@NonNull UUID requestId) {
        unwritten.add(requestId);
    }

    /** Whether the file on the disk may lack something. */
    boolean isUnwritten(@NonNull String name) {
        return changed.contains(name) || beingWritten.contains(name);
    }

    // ---- called without the lock

    /** Has the files written that have changed. */
    void writeLater() {
        synchronized (lock) {
            if (changed.isEmpty() || isScheduled) {
                return;
            }
            isScheduled = true;
        }
        writer.execute(this::write);
    }

    /** Writes the files that have changed. When this returns, all earlier changes are in the files. */
    void write() {
        synchronized (writing) {
            Map<String, T> files = new LinkedHashMap<>();
            Set<UUID> requests;
            synchronized (lock) {
                isScheduled = false;
                changed.forEach(name -> files.put(name, content.toSave(name)));
                changed.clear();
                beingWritten = files.keySet();
                requests = Set.copyOf(unwritten);
            }
            files.forEach(this::write);
            synchronized (lock) {
                beingWritten = Set.of();
                unwritten.removeAll(requests);
                deleteOldest(files.size());
            }
        }
    }

    /** The same, if something of this request is not in the files yet. */
    void writeRequest(@NonNull UUID requestId) {
        boolean isWritten;
        synchronized (lock) {
            isWritten = !unwritten.contains(requestId);
        }
        if (!isWritten) {
            write();
        }
    }

    private void write(String name, T value) {
        try {
            folder.write(name, value);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, failure, e);
            synchronized (lock) {
                changed.add(name); // the next write tries again
            }
        }
    }

    /** Lists the directory once for many writes: a change must not cost more, the more files there are. */
    private void deleteOldest(int written) {
        listAfter -= written;
        if (listAfter < 0) {
            // What has changed meanwhile is still to be written.
            folder.deleteOldest(maximumFiles).stream()
                    .filter(name -> !changed.contains(name))
                    .forEach(content::deleted);
            listAfter = FILES_BETWEEN_LISTINGS;
        }
    }
}
