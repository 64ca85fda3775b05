package io.jenkins.plugins.gitpod.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.Jenkins;

/** The ledger of the running Jenkins, as it lies on the disk. */
public final class LedgerFiles {

    private LedgerFiles() {}

    public static Path directory() {
        return directory(Jenkins.get().getRootDir().toPath());
    }

    public static Path directory(Path home) {
        return home.resolve("gitpod-prebuilds");
    }

    /** The entries of open requests. */
    public static List<Path> open() {
        return in(directory());
    }

    /** The entries in a directory. */
    public static List<Path> in(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".xml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All open entries, one after the other. */
    public static String text() {
        return open().stream()
                .map(file -> {
                    try {
                        return Files.readString(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .collect(Collectors.joining("\n"));
    }
}
