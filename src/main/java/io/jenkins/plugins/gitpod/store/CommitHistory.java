package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The commits for which prebuilds were requested: a small file for each project, environment class and branch, with the last
 * few commits. Where it is known which commit Gitpod has built, that commit counts and not the requested one. The history
 * outlives jobs and builds; the oldest files are deleted. The methods read and write files.
 */
@Restricted(NoExternalUse.class)
public final class CommitHistory {

    private static final Logger LOGGER = Logger.getLogger(CommitHistory.class.getName());

    private static final int MAX_ENTRIES = 20;
    private static final int MAX_FILES = 500;
    private static final int FILES_BETWEEN_LISTINGS = 50;
    private static final int MAX_ATTEMPTS = 2;

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-commits", BranchCommits.class);
        XSTREAM.alias("commit", BranchCommits.Entry.class);
    }

    /** Selects the file of a project, environment class and branch. */
    public record Key(
            @NonNull String apiUrl,
            @NonNull String projectId,
            @NonNull String classId,
            @NonNull String branch) {

        private String fileName() {
            return Util.getDigestOf(apiUrl + '\n' + projectId + '\n' + classId + '\n' + branch);
        }
    }

    private final XmlFolder<BranchCommits> folder;
    private final Map<String, BranchCommits> branches = new HashMap<>();
    private final InstantSource clock;
    private boolean allRead;

    /** How many files may be written before the directory is listed again. */
    private int listAfter;

    /** @param directory created by the first write */
    public CommitHistory(@NonNull Path directory, @NonNull InstantSource clock) {
        this(folder(directory), clock);
    }

    CommitHistory(@NonNull XmlFolder<BranchCommits> folder, @NonNull InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    static XmlFolder<BranchCommits> folder(Path directory) {
        return new XmlFolder<>(
                directory,
                XSTREAM,
                BranchCommits.class,
                "Commits that already have a Gitpod prebuild may get another one.");
    }

    /** The key of the last request of a project, of any class and branch. */
    @NonNull
    public static Key ofProject(@NonNull String apiUrl, @NonNull String projectId) {
        return new Key(apiUrl, projectId, "*", "*");
    }

    /** The key of the commits that the prebuilds of a project were built from, whatever was requested. */
    @NonNull
    public static Key ofBuiltCommits(@NonNull String apiUrl, @NonNull String projectId) {
        return new Key(apiUrl, projectId, "*", "built");
    }

    /** The last request of a key, or null. */
    @CheckForNull
    public synchronized BranchCommits.Entry last(@NonNull Key key) {
        List<BranchCommits.Entry> entries = branch(key.fileName()).entries;
        return entries.isEmpty() ? null : entries.get(entries.size() - 1);
    }

    /** The completed prebuild of a commit, or null if there is none or Gitpod may have deleted it. */
    @CheckForNull
    public synchronized BranchCommits.Entry completed(@NonNull Key key, @NonNull String revision) {
        return completed(key, revision, classId -> true);
    }

    /**
     * The completed prebuild of a commit, or null if there is none or Gitpod may have deleted it.
     *
     * @param isOfClass whether a prebuild of this environment class is accepted; the class is the one that Gitpod used
     */
    @CheckForNull
    public synchronized BranchCommits.Entry completed(
            @NonNull Key key, @NonNull String revision, @NonNull Predicate<String> isOfClass) {
        for (BranchCommits.Entry entry : branch(key.fileName()).entries) {
            if (entry.isFor(revision) && entry.isCompleted(clock.instant()) && isOfClass.test(entry.classId)) {
                return entry;
            }
        }
        return null;
    }

    /** The commit that a prebuild was built from, or null if it is not known. */
    @CheckForNull
    public synchronized EnvironmentGit builtFrom(@NonNull Key builtCommits, @NonNull String prebuildId) {
        return branch(builtCommits.fileName()).entries.stream()
                .filter(entry -> prebuildId.equals(entry.prebuildId))
                .map(BranchCommits.Entry::builtFrom)
                .findFirst()
                .orElse(null);
    }

    /** Whether the prebuild of a request contains this commit. */
    public synchronized boolean isFor(@NonNull Key key, @NonNull UUID requestId, @NonNull String revision) {
        return branch(key.fileName()).entries.stream()
                .anyMatch(entry -> entry.isOf(requestId) && entry.isFor(revision));
    }

    /**
     * Whether the job property needs no further request for a commit. If Gitpod has built another commit, a second request
     * is made but no third one: the project may be pinned to a commit, or be of another branch.
     *
     * @param current the request that is to be decided
     */
    public synchronized boolean isHandled(@NonNull Key key, @NonNull String revision, @NonNull UUID current) {
        BranchCommits.Entry last = last(key);
        if (last == null || last.isOf(current)) {
            return false;
        }
        long attempts = branch(key.fileName()).entries.stream()
                .filter(entry -> entry.isOfRevision(revision) && !entry.isOf(current))
                .count();
        return last.isFor(revision) || last.isOfRevision(revision) && attempts >= MAX_ATTEMPTS;
    }

    /**
     * Sets the commit that the prebuild of a request is built from. If that is an older one than the requested one, a change
     * is missed.
     *
     * @param builtCommits {@link #ofBuiltCommits} of the project
     * @param classId the environment class that Gitpod used, or null if it is not known
     * @return whether the commit is known to be older than the requested one
     */
    public synchronized boolean setBuiltFrom(
            @NonNull Key builtCommits, @NonNull UUID requestId, @NonNull String commit, @Nullable String classId) {
        boolean isOlder = false;
        for (Map.Entry<String, BranchCommits> each : withRequest(requestId)) {
            BranchCommits branch = each.getValue();
            for (BranchCommits.Entry entry : branch.entries) {
                if (entry.isOf(requestId)) {
                    entry.builtFrom = commit;
                    entry.classId = classId;
                    boolean lacksChange = branch.isOlder(commit, entry.revision);
                    branch.missedChange |= lacksChange;
                    isOlder |= lacksChange;
                }
            }
            write(each.getKey(), branch);
        }
        BranchCommits branch = branch(builtCommits.fileName());
        branch.entries.removeIf(entry -> entry.isOf(requestId));
        BranchCommits.Entry entry = new BranchCommits.Entry(commit, requestId, clock.instant());
        entry.builtFrom = commit;
        entry.classId = classId;
        add(builtCommits, branch, entry);
        return isOlder;
    }

    /** Whether a prebuild completed for a request of this controller, as far as the files were read. */
    public synchronized boolean isKnown(@NonNull String prebuildId) {
        return branches.values().stream()
                .anyMatch(branch -> branch.entries.stream().anyMatch(entry -> prebuildId.equals(entry.prebuildId)));
    }

    /** Adds a request for a commit. After that no change is missed. */
    public synchronized void add(@NonNull Key key, @Nullable String revision, @NonNull UUID requestId) {
        BranchCommits branch = branch(key.fileName());
        branch.missedChange = false;
        branch.requested(requestId);
        branch.entries.removeIf(entry -> entry.isOf(requestId));
        add(key, branch, new BranchCommits.Entry(revision, requestId, clock.instant()));
    }

    private void add(Key key, BranchCommits branch, BranchCommits.Entry entry) {
        branch.entries.add(entry);
        while (branch.entries.size() > MAX_ENTRIES) {
            branch.entries.remove(0);
        }
        write(key.fileName(), branch);
        deleteOldest();
    }

    /** Whether a change that matters got no prebuild. The next commit then gets one, whatever it changes. */
    public synchronized boolean hasMissedChange(@NonNull Key key) {
        return branch(key.fileName()).missedChange;
    }

    /** Notes that a change that matters gets no prebuild. */
    public synchronized void markMissedChange(@NonNull Key key) {
        BranchCommits branch = branch(key.fileName());
        if (!branch.missedChange) {
            branch.missedChange = true;
            write(key.fileName(), branch);
            deleteOldest();
        }
    }

    /** The time since the last request of a project, or null if there is none. */
    @CheckForNull
    public synchronized Duration sinceLast(@NonNull Key project) {
        BranchCommits.Entry last = last(project);
        return last == null ? null : last.age(clock.instant());
    }

    /** Notes that the prebuild of a request completed. */
    public synchronized void setCompleted(@NonNull UUID requestId, @NonNull String prebuildId, @NonNull String url) {
        for (Map.Entry<String, BranchCommits> each : withRequest(requestId)) {
            for (BranchCommits.Entry entry : each.getValue().entries) {
                if (entry.isOf(requestId)) {
                    entry.completed = true;
                    entry.prebuildId = prebuildId;
                    entry.url = url;
                }
            }
            write(each.getKey(), each.getValue());
        }
    }

    /**
     * Notes that prebuilds no longer exist in Gitpod, so that no commit is skipped in favor of them. Their ids stay: they are
     * still of this controller.
     */
    public synchronized void deleted(@NonNull Collection<String> prebuildIds) {
        Predicate<BranchCommits.Entry> isDeleted = entry -> entry.completed && prebuildIds.contains(entry.prebuildId());
        for (Map.Entry<String, BranchCommits> each : with(isDeleted)) {
            each.getValue().entries.stream().filter(isDeleted).forEach(entry -> entry.completed = false);
            write(each.getKey(), each.getValue());
        }
    }

    /** Removes a request that created no prebuild. If it was for a commit, a change is missed. */
    public synchronized void remove(@NonNull UUID requestId) {
        for (Map.Entry<String, BranchCommits> each : withRequest(requestId)) {
            BranchCommits branch = each.getValue();
            branch.missedChange |=
                    branch.entries.stream().anyMatch(entry -> entry.isOf(requestId) && entry.revision != null);
            branch.withdrawn(requestId);
            branch.entries.removeIf(entry -> entry.isOf(requestId));
            write(each.getKey(), branch);
        }
    }

    /**
     * Counts the commits of a build that are new since the last request.
     *
     * @param commits what the change log of the build contains; its revision counts in any case
     */
    public synchronized void countCommits(
            @NonNull Key key, @NonNull String revision, @NonNull Collection<String> commits) {
        BranchCommits branch = branch(key.fileName());
        if (branch.count(revision, commits)) {
            write(key.fileName(), branch);
            deleteOldest();
        }
    }

    /** The number of counted commits since the last request, or null if there was no request. */
    @CheckForNull
    public synchronized Integer newCommits(@NonNull Key key) {
        return last(key) == null ? null : branch(key.fileName()).newCommits();
    }

    private List<Map.Entry<String, BranchCommits>> withRequest(UUID requestId) {
        return with(entry -> entry.isOf(requestId));
    }

    /** The files with such an entry. It may be of before a restart, and in a file that was not read since. */
    private List<Map.Entry<String, BranchCommits>> with(Predicate<BranchCommits.Entry> filter) {
        if (!allRead) {
            allRead = true;
            folder.names().forEach(this::branch);
        }
        return branches.entrySet().stream()
                .filter(each -> each.getValue().entries.stream().anyMatch(filter))
                .toList();
    }

    private BranchCommits branch(String name) {
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

    private void write(String name, BranchCommits branch) {
        try {
            folder.write(name, branch);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save which commits have a Gitpod prebuild", e);
        }
    }

    /** Lists the directory once for many writes: a decision must not cost more, the more commits are known. */
    private void deleteOldest() {
        if (listAfter-- <= 0) {
            folder.deleteOldest(MAX_FILES).forEach(branches::remove);
            listAfter = FILES_BETWEEN_LISTINGS;
        }
    }
}
