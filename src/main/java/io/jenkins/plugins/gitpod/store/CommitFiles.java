package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** The files of the {@link CommitHistory}, as far as they were read. All methods are called under the lock of the content. */
final class CommitFiles implements ChangedFiles.Content<BranchCommits> {

    private static final int MAX_FILES = 500;

    private final XmlFolder<BranchCommits> folder;
    private final Map<String, BranchCommits> branches = new HashMap<>();
    private boolean allRead;

    CommitFiles(@NonNull XmlFolder<BranchCommits> folder) {
        this.folder = folder;
    }

    /**
     * What writes these files.
     *
     * @param content the lock of everything that the files contain
     * @param writer runs tasks that write files
     */
    @NonNull
    ChangedFiles<BranchCommits> written(@NonNull Object content, @NonNull Executor writer) {
        return new ChangedFiles<>(
                folder, MAX_FILES, content, this, writer, "Could not save which commits have a Gitpod prebuild");
    }

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

    @NonNull
    @Override
    public BranchCommits toSave(@NonNull String name) {
        return branch(name).copy();
    }

    @Override
    public void deleted(@NonNull String name) {
        branches.remove(name);
    }
}
