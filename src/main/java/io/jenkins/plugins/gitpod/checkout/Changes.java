package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.scm.ChangeLogSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a change log contains, as far as a decision that is made later needs it. Saved: fields may be added but not renamed.
 */
@Restricted(NoExternalUse.class)
public final class Changes {

    /** More paths are not kept: a change of so many files counts as one that matters. */
    static final int MAX_PATHS = 2000;

    /** More commits do not change a decision. */
    static final int MAX_COMMITS = 1000;

    /** Null if they are not known or not needed. */
    @Nullable
    private final ArrayList<String> paths;

    /** Null if there are none. */
    @Nullable
    private final ArrayList<String> commits;

    private Changes(@Nullable Collection<String> paths, Collection<String> commits) {
        this.paths = paths == null ? null : new ArrayList<>(paths);
        this.commits = commits.isEmpty() ? null : new ArrayList<>(commits);
    }

    /** @param needPaths whether it will be asked for the paths */
    @NonNull
    public static Changes of(@NonNull Collection<? extends ChangeLogSet<?>> changes, boolean needPaths) {
        List<ChangeLogSet.Entry> entries = new ArrayList<>();
        changes.forEach(set -> set.forEach(entries::add));
        List<String> commits = entries.stream()
                .map(ChangeLogSet.Entry::getCommitId)
                .filter(Objects::nonNull)
                .distinct()
                .limit(MAX_COMMITS)
                .toList();
        return new Changes(needPaths ? paths(entries) : null, commits);
    }

    @Nullable
    private static Set<String> paths(List<ChangeLogSet.Entry> entries) {
        Set<String> paths = new LinkedHashSet<>();
        for (ChangeLogSet.Entry each : entries) {
            try {
                paths.addAll(each.getAffectedPaths());
            } catch (UnsupportedOperationException e) {
                return null;
            }
        }
        return paths.size() > MAX_PATHS ? null : paths;
    }

    /** The changes of both. The paths are known only if those of both are: a first build has no change log. */
    @NonNull
    public Changes and(@NonNull Changes other) {
        Set<String> allPaths = null;
        if (paths != null && other.paths != null && !paths.isEmpty() && !other.paths.isEmpty()) {
            allPaths = new LinkedHashSet<>(paths);
            allPaths.addAll(other.paths);
        }
        Set<String> allCommits = new LinkedHashSet<>(commits());
        allCommits.addAll(other.commits());
        return new Changes(
                allPaths == null || allPaths.size() > MAX_PATHS ? null : allPaths,
                allCommits.stream().limit(MAX_COMMITS).toList());
    }

    /** The hashes of the commits; empty if they are not known. */
    @NonNull
    public List<String> commits() {
        return commits == null ? List.of() : List.copyOf(commits);
    }

    /** Whether a path matters; unknown if the paths were not kept. */
    @NonNull
    public ChangedPaths match(@NonNull PathPatterns patterns) {
        if (patterns.isEmpty()) {
            return ChangedPaths.MATCH;
        } else if (paths == null || paths.isEmpty()) {
            return ChangedPaths.UNKNOWN;
        }
        return paths.stream().anyMatch(patterns::match) ? ChangedPaths.MATCH : ChangedPaths.NO_MATCH;
    }
}
