package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The commits for which prebuilds were requested: a small file for each project, environment class and branch, with the last
 * few commits. Where it is known which commit Gitpod has built, that commit counts and not the requested one. The history
 * outlives jobs and builds; the oldest files are deleted. The methods read files. Changes count at once and are written a
 * little later, because some are made under a lock: those of one file that come in quick succession are written together.
 */
@Restricted(NoExternalUse.class)
public final class CommitHistory {

    private static final int MAX_ENTRIES = 20;
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

    private final CommitFiles files;
    private final ChangedFiles<BranchCommits> changes;
    private final InstantSource clock;

    /** Writes each change at once. */
    public CommitHistory(@NonNull Path directory, @NonNull InstantSource clock) {
        this(folder(directory), clock);
    }

    /**
     * @param directory created by the first write
     * @param writer runs tasks that write files
     */
    public CommitHistory(@NonNull Path directory, @NonNull InstantSource clock, @NonNull Executor writer) {
        this(folder(directory), clock, writer);
    }

    /** Writes each change at once. */
    CommitHistory(@NonNull XmlFolder<BranchCommits> folder, @NonNull InstantSource clock) {
        this(folder, clock, Runnable::run);
    }

    CommitHistory(@NonNull XmlFolder<BranchCommits> folder, @NonNull InstantSource clock, @NonNull Executor writer) {
        this.files = new CommitFiles(folder);
        this.changes = files.written(this, writer);
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
    public boolean setBuiltFrom(
            @NonNull Key builtCommits, @NonNull UUID requestId, @NonNull String commit, @Nullable String classId) {
        return change(() -> builtFrom(builtCommits, requestId, commit, classId));
    }

    private boolean builtFrom(Key builtCommits, UUID requestId, String commit, @Nullable String classId) {
        boolean isOlder = false;
        for (Map.Entry<String, BranchCommits> each : files.with(entry -> entry.isOf(requestId))) {
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
            changes.changed(each.getKey());
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
        return files.read().stream()
                .anyMatch(branch -> branch.entries.stream().anyMatch(entry -> prebuildId.equals(entry.prebuildId)));
    }

    /** Adds a request for a commit. After that no change is missed. */
    public void add(@NonNull Key key, @Nullable String revision, @NonNull UUID requestId) {
        change(() -> {
            BranchCommits branch = branch(key.fileName());
            branch.missedChange = false;
            branch.requested(requestId);
            branch.entries.removeIf(entry -> entry.isOf(requestId));
            add(key, branch, new BranchCommits.Entry(revision, requestId, clock.instant()));
            changes.changedFor(requestId);
            return true;
        });
    }

    private void add(Key key, BranchCommits branch, BranchCommits.Entry entry) {
        branch.entries.add(entry);
        while (branch.entries.size() > MAX_ENTRIES) {
            branch.entries.remove(0);
        }
        changes.changed(key.fileName());
    }

    /** Whether a change that matters got no prebuild. The next commit then gets one, whatever it changes. */
    public synchronized boolean hasMissedChange(@NonNull Key key) {
        return branch(key.fileName()).missedChange;
    }

    /** Notes that a change that matters gets no prebuild. */
    public void markMissedChange(@NonNull Key key) {
        change(() -> {
            BranchCommits branch = branch(key.fileName());
            boolean isNew = !branch.missedChange;
            branch.missedChange = true;
            if (isNew) {
                changes.changed(key.fileName());
            }
            return isNew;
        });
    }

    /** The time since the last request of a project, or null if there is none. */
    @CheckForNull
    public synchronized Duration sinceLast(@NonNull Key project) {
        BranchCommits.Entry last = last(project);
        return last == null ? null : last.age(clock.instant());
    }

    /** Notes that the prebuild of a request completed. */
    public void setCompleted(@NonNull UUID requestId, @NonNull String prebuildId, @NonNull String url) {
        changeFiles(entry -> entry.isOf(requestId), branch -> {
            changes.changedFor(requestId);
            for (BranchCommits.Entry entry : branch.entries) {
                if (entry.isOf(requestId)) {
                    entry.completed = true;
                    entry.prebuildId = prebuildId;
                    entry.url = url;
                }
            }
        });
    }

    /**
     * Notes that prebuilds no longer exist in Gitpod, so that no commit is skipped in favor of them. Their ids stay: they are
     * still of this controller.
     */
    public void deleted(@NonNull Collection<String> prebuildIds) {
        Predicate<BranchCommits.Entry> isDeleted = entry -> entry.completed && prebuildIds.contains(entry.prebuildId());
        changeFiles(
                isDeleted,
                branch -> branch.entries.stream().filter(isDeleted).forEach(entry -> entry.completed = false));
    }

    /** Removes a request that created no prebuild. If it was for a commit, a change is missed. */
    public void remove(@NonNull UUID requestId) {
        changeFiles(entry -> entry.isOf(requestId), branch -> {
            changes.changedFor(requestId);
            branch.missedChange |=
                    branch.entries.stream().anyMatch(entry -> entry.isOf(requestId) && entry.revision != null);
            branch.withdrawn(requestId);
            branch.entries.removeIf(entry -> entry.isOf(requestId));
        });
    }

    /**
     * Counts the commits of a build that are new since the last request.
     *
     * @param commits what the change log of the build contains; its revision counts in any case
     */
    public void countCommits(@NonNull Key key, @NonNull String revision, @NonNull Collection<String> commits) {
        change(() -> {
            boolean isNew = branch(key.fileName()).count(revision, commits);
            if (isNew) {
                changes.changed(key.fileName());
            }
            return isNew;
        });
    }

    /** The number of counted commits since the last request, or null if there was no request. */
    @CheckForNull
    public synchronized Integer newCommits(@NonNull Key key) {
        return last(key) == null ? null : branch(key.fileName()).newCommits();
    }

    /** Writes what has changed. */
    public void writeChanged() {
        changes.write();
    }

    /** Writes what has changed, if something of this request is not in the files yet. */
    public void writeRequest(@NonNull UUID requestId) {
        changes.writeRequest(requestId);
    }

    private BranchCommits branch(String name) {
        return files.branch(name);
    }

    /** @return what the change returns */
    private boolean change(BooleanSupplier change) {
        boolean result;
        synchronized (this) {
            result = change.getAsBoolean();
        }
        changes.writeLater();
        return result;
    }

    /** Changes all files with such an entry. */
    private void changeFiles(Predicate<BranchCommits.Entry> filter, Consumer<BranchCommits> change) {
        change(() -> {
            for (Map.Entry<String, BranchCommits> each : files.with(filter)) {
                change.accept(each.getValue());
                changes.changed(each.getKey());
            }
            return true;
        });
    }
}
