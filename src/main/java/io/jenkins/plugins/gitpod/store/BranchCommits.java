package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The content of a file of the {@link CommitHistory}. Saved: fields may be added but not renamed. The last two are null unless
 * new commits are counted.
 */
@Restricted(NoExternalUse.class)
public final class BranchCommits {

    /** Shorter than the about seven days after which Gitpod deletes prebuilds. */
    private static final Duration COMPLETED_VALID = Duration.ofDays(6);

    /** More are not needed for any decision. */
    private static final int MAX_COUNTED = 1000;

    /** A request for a commit. Saved: fields may be added but not renamed. */
    public static final class Entry {
        final String revision;
        private final String requestId;
        private final long time;
        String prebuildId;
        String url;
        boolean completed;
        String builtFrom;
        String classId;

        Entry(String revision, UUID requestId, Instant now) {
            this.revision = revision;
            this.requestId = requestId.toString();
            this.time = now.toEpochMilli();
        }

        private Entry(Entry of) {
            revision = of.revision;
            requestId = of.requestId;
            time = of.time;
            prebuildId = of.prebuildId;
            url = of.url;
            completed = of.completed;
            builtFrom = of.builtFrom;
            classId = of.classId;
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
        Duration age(Instant now) {
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

    List<Entry> entries = new ArrayList<>();
    boolean missedChange;

    /** The commits since the last request. */
    @Nullable
    private ArrayList<String> newCommits;

    /** The commits that the last request was for, besides the one that its entry has. */
    @Nullable
    private ArrayList<String> requestedCommits;

    /** A copy that can be written while this one changes. */
    @NonNull
    BranchCommits copy() {
        BranchCommits copy = new BranchCommits();
        entries.forEach(entry -> copy.entries.add(new Entry(entry)));
        copy.missedChange = missedChange;
        copy.newCommits = newCommits == null ? null : new ArrayList<>(newCommits);
        copy.requestedCommits = requestedCommits == null ? null : new ArrayList<>(requestedCommits);
        return copy;
    }

    private Object readResolve() {
        if (entries == null) {
            entries = new ArrayList<>();
        }
        return this;
    }

    /** Whether a commit of the branch was there before another one. An old commit that is built again is not newer for that. */
    boolean isOlder(@NonNull String commit, @Nullable String than) {
        for (Entry entry : entries) {
            if (than == null || entry.isOfRevision(than)) {
                return false;
            } else if (entry.isOfRevision(commit)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> set(@Nullable Collection<String> commits) {
        return commits == null ? new LinkedHashSet<>() : new LinkedHashSet<>(commits);
    }

    @Nullable
    private static ArrayList<String> list(Set<String> commits) {
        return commits.isEmpty()
                ? null
                : new ArrayList<>(commits.stream().limit(MAX_COUNTED).toList());
    }

    int newCommits() {
        return newCommits == null ? 0 : newCommits.size();
    }

    /**
     * Counts the commits of a build, unless a request was made for its revision.
     *
     * @param commits what its change log contains, with or without its revision
     * @return whether some of them are new
     */
    boolean count(@NonNull String revision, @NonNull Collection<String> commits) {
        if (entries.stream().anyMatch(entry -> entry.isOfRevision(revision))) {
            return false;
        }
        Set<String> counted = set(newCommits);
        Set<String> requested = set(requestedCommits);
        entries.forEach(entry -> requested.add(entry.revision));
        int before = counted.size();
        commits.stream().filter(each -> !requested.contains(each)).forEach(counted::add);
        // Also without a change log, a build of another revision has a new commit.
        counted.add(revision);
        newCommits = list(counted);
        return newCommits() != before;
    }

    /** A request is being added: the count starts again. */
    void requested(@NonNull UUID requestId) {
        if (!isLast(requestId)) {
            requestedCommits = newCommits;
            newCommits = null;
        }
    }

    private boolean isLast(UUID requestId) {
        return !entries.isEmpty() && entries.get(entries.size() - 1).isOf(requestId);
    }

    /** A request that has created no prebuild is being removed. If it was the last one, its commits are new again. */
    void withdrawn(@NonNull UUID requestId) {
        if (isLast(requestId) && requestedCommits != null) {
            Set<String> again = set(requestedCommits);
            again.addAll(set(newCommits));
            newCommits = list(again);
            requestedCommits = null;
        }
    }
}
