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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** Shorter than the about seven days after which Gitpod deletes prebuilds. */
    private static final Duration COMPLETED_VALID = Duration.ofDays(6);

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("gitpod-commits", Branch.class);
        XSTREAM.alias("commit", Entry.class);
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

    /** A request for a commit. Saved: fields may be added but not renamed. */
    public static final class Entry {
        private final String revision;
        private final String requestId;
        private final long time;
        private String prebuildId;
        private String url;
        private boolean completed;
        private String builtFrom;
        private String classId;

        Entry(String revision, UUID requestId, Instant now) {
            this.revision = revision;
            this.requestId = requestId.toString();
            this.time = now.toEpochMilli();
        }

        public boolean isOf(UUID request) {
            return request.toString().equals(requestId);
        }

        boolean isOfRevision(@Nullable String commit) {
            return commit != null && commit.equals(revision);
        }

        /** Whether the prebuild contains this commit: the commit it was built from if that is known, else the requested one. */
        public boolean isFor(@Nullable String commit) {
            return commit != null && commit.equals(builtFrom == null ? revision : builtFrom);
        }

        /** The age by this machine's clock. After the clock was set back, a time in the future must not count for long. */
        private Duration age(Instant now) {
            return Duration.between(Instant.ofEpochMilli(time), now).abs();
        }

        /** Whether the prebuild completed, and recently enough that Gitpod has not deleted it. */
        boolean isCompleted(@NonNull Instant now) {
            return completed && age(now).compareTo(COMPLETED_VALID) < 0;
        }

        /** The id of the completed prebuild (UUID), or the empty string. */
        @NonNull
        public String prebuildId() {
            return Objects.toString(prebuildId, "");
        }

        /** The commit that the prebuild was built from, or null if it is not known. */
        @CheckForNull
        public EnvironmentGit builtFrom() {
            return builtFrom == null ? null : new EnvironmentGit(null, null, builtFrom);
        }

        /** The page of the completed prebuild, or the empty string. */
        @NonNull
        public String url() {
            return Objects.toString(url, "");
        }
    }

    /** The content of a file. Saved: fields may be added but not renamed. */
    static final class Branch {
        private List<Entry> entries = new ArrayList<>();
        private boolean missedChange;

        private Object readResolve() {
            if (entries == null) {
                entries = new ArrayList<>();
            }
            return this;
        }
    }

    private final XmlFolder<Branch> folder;
    private final Map<String, Branch> branches = new HashMap<>();
    private final InstantSource clock;
    private boolean allRead;

    /** How many files may be written before the directory is listed again. */
    private int listAfter;

    /** @param directory created by the first write */
    public CommitHistory(@NonNull Path directory, @NonNull InstantSource clock) {
        this(folder(directory), clock);
    }

    CommitHistory(@NonNull XmlFolder<Branch> folder, @NonNull InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    static XmlFolder<Branch> folder(Path directory) {
        return new XmlFolder<>(
                directory, XSTREAM, Branch.class, "Commits that already have a Gitpod prebuild may get another one.");
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
    public synchronized Entry last(@NonNull Key key) {
        List<Entry> entries = branch(key.fileName()).entries;
        return entries.isEmpty() ? null : entries.get(entries.size() - 1);
    }

    /** The completed prebuild of a commit, or null if there is none or Gitpod may have deleted it. */
    @CheckForNull
    public synchronized Entry completed(@NonNull Key key, @NonNull String revision) {
        return completed(key, revision, classId -> true);
    }

    /**
     * The completed prebuild of a commit, or null if there is none or Gitpod may have deleted it.
     *
     * @param isOfClass whether a prebuild of this environment class is accepted; the class is the one that Gitpod used
     */
    @CheckForNull
    public synchronized Entry completed(
            @NonNull Key key, @NonNull String revision, @NonNull Predicate<String> isOfClass) {
        for (Entry entry : branch(key.fileName()).entries) {
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
                .map(Entry::builtFrom)
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
        Entry last = last(key);
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
        for (Map.Entry<String, Branch> each : withRequest(requestId)) {
            Branch branch = each.getValue();
            for (Entry entry : branch.entries) {
                if (entry.isOf(requestId)) {
                    entry.builtFrom = commit;
                    entry.classId = classId;
                    boolean lacksChange = isOlder(branch, commit, entry.revision);
                    branch.missedChange |= lacksChange;
                    isOlder |= lacksChange;
                }
            }
            write(each.getKey(), branch);
        }
        Branch branch = branch(builtCommits.fileName());
        branch.entries.removeIf(entry -> entry.isOf(requestId));
        Entry entry = new Entry(commit, requestId, clock.instant());
        entry.builtFrom = commit;
        entry.classId = classId;
        add(builtCommits, branch, entry);
        return isOlder;
    }

    /** Whether a commit of the branch was there before another one. An old commit that is built again is not newer for that. */
    private static boolean isOlder(Branch branch, String commit, @Nullable String than) {
        for (Entry entry : branch.entries) {
            if (than == null || entry.isOfRevision(than)) {
                return false;
            } else if (entry.isOfRevision(commit)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a prebuild completed for a request of this controller, as far as the files were read. */
    public synchronized boolean isKnown(@NonNull String prebuildId) {
        return branches.values().stream()
                .anyMatch(branch -> branch.entries.stream().anyMatch(entry -> prebuildId.equals(entry.prebuildId)));
    }

    /** Adds a request for a commit. After that no change is missed. */
    public synchronized void add(@NonNull Key key, @Nullable String revision, @NonNull UUID requestId) {
        Branch branch = branch(key.fileName());
        branch.missedChange = false;
        branch.entries.removeIf(entry -> entry.isOf(requestId));
        add(key, branch, new Entry(revision, requestId, clock.instant()));
    }

    private void add(Key key, Branch branch, Entry entry) {
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
        Branch branch = branch(key.fileName());
        if (!branch.missedChange) {
            branch.missedChange = true;
            write(key.fileName(), branch);
            deleteOldest();
        }
    }

    /** The time since the last request of a project, or null if there is none. */
    @CheckForNull
    public synchronized Duration sinceLast(@NonNull Key project) {
        Entry last = last(project);
        return last == null ? null : last.age(clock.instant());
    }

    /** Notes that the prebuild of a request completed. */
    public synchronized void setCompleted(@NonNull UUID requestId, @NonNull String prebuildId, @NonNull String url) {
        for (Map.Entry<String, Branch> each : withRequest(requestId)) {
            for (Entry entry : each.getValue().entries) {
                if (entry.isOf(requestId)) {
                    entry.completed = true;
                    entry.prebuildId = prebuildId;
                    entry.url = url;
                }
            }
            write(each.getKey(), each.getValue());
        }
    }

    /** Removes a request that created no prebuild. If it was for a commit, a change is missed. */
    public synchronized void remove(@NonNull UUID requestId) {
        for (Map.Entry<String, Branch> each : withRequest(requestId)) {
            Branch branch = each.getValue();
            branch.missedChange |=
                    branch.entries.stream().anyMatch(entry -> entry.isOf(requestId) && entry.revision != null);
            branch.entries.removeIf(entry -> entry.isOf(requestId));
            write(each.getKey(), branch);
        }
    }

    private List<Map.Entry<String, Branch>> withRequest(UUID requestId) {
        if (!allRead) {
            // The request may be of before a restart, and in files that were not read since.
            allRead = true;
            folder.names().forEach(this::branch);
        }
        return branches.entrySet().stream()
                .filter(each -> each.getValue().entries.stream().anyMatch(entry -> entry.isOf(requestId)))
                .toList();
    }

    private Branch branch(String name) {
        return branches.computeIfAbsent(name, this::read);
    }

    private Branch read(String name) {
        if (folder.contains(name)) {
            try {
                return folder.read(name);
            } catch (IOException e) {
                folder.setAside(name, e);
            }
        }
        return new Branch();
    }

    private void write(String name, Branch branch) {
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
