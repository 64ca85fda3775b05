package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.scm.ChangeLogSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The changed paths of a change log, for a decision that is made later. Saved: fields may be added but not renamed.
 */
@Restricted(NoExternalUse.class)
public final class Changes {

    /** More paths are not kept: a change of so many files counts as one that matters. */
    static final int MAX_PATHS = 2000;

    /** Null if they are not known. */
    @Nullable
    private final ArrayList<String> paths;

    private Changes(@Nullable Collection<String> paths) {
        this.paths = paths == null ? null : new ArrayList<>(paths);
    }

    @NonNull
    public static Changes of(@NonNull Collection<? extends ChangeLogSet<?>> changes) {
        return new Changes(paths(changes));
    }

    @Nullable
    private static Set<String> paths(Collection<? extends ChangeLogSet<?>> changes) {
        Set<String> paths = new LinkedHashSet<>();
        for (ChangeLogSet<?> set : changes) {
            for (ChangeLogSet.Entry each : set) {
                try {
                    paths.addAll(each.getAffectedPaths());
                } catch (UnsupportedOperationException e) {
                    return null;
                }
            }
        }
        return paths.size() > MAX_PATHS ? null : paths;
    }

    /** Whether a path matters. */
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
