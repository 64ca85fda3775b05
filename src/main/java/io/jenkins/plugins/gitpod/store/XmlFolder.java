package io.jenkins.plugins.gitpod.store;

import com.thoughtworks.xstream.XStreamException;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.XmlFile;
import hudson.util.XStream2;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A directory of XML files, each with one saved object. A write replaces its file atomically and flushes it to disk, so that
 * a crash leaves the old or the new file. {@link #readAll} moves files that cannot be read to the subdirectory
 * {@code damaged}, so that one damaged file does not affect the others.
 *
 * @param <T> the class of the saved objects
 */
class XmlFolder<T> {

    private static final Logger LOGGER = Logger.getLogger(XmlFolder.class.getName());
    private static final String SUFFIX = ".xml";

    private final Path directory;
    private final Path damaged;
    private final XStream2 xstream;
    private final Class<T> type;
    private final String consequence;

    /**
     * @param directory created by the first write
     * @param xstream with the aliases of the saved class
     * @param consequence what a damaged file means, for the log: one sentence
     */
    XmlFolder(@NonNull Path directory, @NonNull XStream2 xstream, @NonNull Class<T> type, @NonNull String consequence) {
        this.directory = directory;
        damaged = directory.resolve("damaged");
        this.xstream = xstream;
        this.type = type;
        this.consequence = consequence;
    }

    /** Converts a saved object for {@link #readAll}. */
    @FunctionalInterface
    interface Reader<T, R> {
        /** @throws IOException if the object is incomplete or has another name; its file is damaged then */
        @NonNull
        R read(@NonNull String name, @NonNull T value) throws IOException;
    }

    private Path path(String name) {
        return directory.resolve(name + SUFFIX);
    }

    private XmlFile file(String name) {
        return new XmlFile(xstream, path(name).toFile());
    }

    boolean contains(@NonNull String name) {
        return Files.exists(path(name));
    }

    /** Whether a file of this name was moved to {@code damaged}. */
    boolean hasDamaged(@NonNull String name) {
        return Files.exists(damaged(name));
    }

    private Path damaged(String name) {
        return damaged.resolve(name + SUFFIX);
    }

    void write(@NonNull String name, @NonNull T value) throws IOException {
        Files.createDirectories(directory);
        file(name).write(value);
    }

    /** @throws IOException if the file does not exist or does not contain an object of the class */
    @NonNull
    T read(@NonNull String name) throws IOException {
        try {
            Object value = file(name).read();
            if (type.isInstance(value)) {
                return type.cast(value);
            }
        } catch (XStreamException e) {
            throw new IOException(e);
        }
        throw new IOException(path(name) + " does not contain a " + type.getSimpleName());
    }

    /** Reads all files and moves the damaged ones to {@code damaged}. Also deletes what a crash left of unfinished writes. */
    @NonNull
    <R> List<R> readAll(@NonNull Reader<T, R> reader) {
        for (Path unfinished : files("*.tmp")) {
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "Could not delete " + unfinished, e);
            }
        }
        List<R> all = new ArrayList<>();
        for (String name : names()) {
            try {
                all.add(reader.read(name, read(name)));
            } catch (IOException | IllegalArgumentException e) {
                setAside(name, e);
            }
        }
        return all;
    }

    /** Moves a damaged file to {@code damaged} and logs a warning. */
    void setAside(@NonNull String name, @NonNull Exception reason) {
        Path target = damaged(name);
        try {
            Files.createDirectories(damaged);
            Files.move(path(name), target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
        LOGGER.log(
                Level.WARNING,
                "The file " + path(name) + " is damaged and was set aside as " + target + ". " + consequence,
                reason);
    }

    /** The names of all files, in no particular order. */
    @NonNull
    List<String> names() {
        return files("*" + SUFFIX).stream()
                .map(path -> {
                    String name = String.valueOf(path.getFileName());
                    return name.substring(0, name.length() - SUFFIX.length());
                })
                .toList();
    }

    private List<Path> files(String pattern) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, pattern)) {
                stream.forEach(files::add);
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Could not list " + directory, e);
            }
        }
        return files;
    }

    /** Deletes a file if it exists. */
    void delete(@NonNull String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    /** Moves a file to another folder. Its time of last change becomes the present. Does nothing if it does not exist. */
    void move(@NonNull String name, @NonNull XmlFolder<T> target) throws IOException {
        Files.createDirectories(target.directory);
        try {
            touch(name);
            Files.move(path(name), target.path(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            LOGGER.log(Level.FINE, "{0} was never saved", name);
        }
    }

    /** Sets the time of a file's last change to the present. */
    void touch(@NonNull String name) throws IOException {
        Files.setLastModifiedTime(path(name), FileTime.from(Instant.now()));
    }

    /** When a file was last changed, or null if it does not exist. */
    @CheckForNull
    Instant lastChange(@NonNull String name) {
        try {
            return Files.getLastModifiedTime(path(name)).toInstant();
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "Could not read the time of " + path(name), e);
            return null;
        }
    }

    /**
     * Deletes the files that were changed the longest time ago until a number of files is left.
     *
     * @return the names of the deleted files
     */
    @NonNull
    List<String> deleteOldest(int maximumFiles) {
        List<String> names = new ArrayList<>(names());
        if (names.size() <= maximumFiles) {
            return List.of();
        }
        names.sort(Comparator.comparingLong(name -> path(name).toFile().lastModified()));
        List<String> deleted = new ArrayList<>();
        for (String name : names.subList(0, names.size() - maximumFiles)) {
            try {
                delete(name);
                deleted.add(name);
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "Could not delete " + path(name), e);
            }
        }
        return deleted;
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
