package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.scm.ChangeLogSet;
import java.util.Collection;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Whether a change log contains a change that matters. The names are saved and must not be changed. */
@Restricted(NoExternalUse.class)
public enum ChangedPaths {
    /** A changed path matches a pattern, or there are no patterns. */
    MATCH,
    /** There are changed paths, and none matches. */
    NO_MATCH,
    /** There is no change log, or it has no paths. */
    UNKNOWN;

    /** @param patterns Ant-style patterns, separated by line breaks, commas or semicolons; null or blank if all changes matter */
    @NonNull
    public static ChangedPaths of(@Nullable String patterns, @NonNull Collection<? extends ChangeLogSet<?>> changes) {
        return matching(PathPatterns.of(patterns), changes);
    }

    /** @param wanted none if all changes matter */
    @NonNull
    public static ChangedPaths matching(
            @NonNull PathPatterns wanted, @NonNull Collection<? extends ChangeLogSet<?>> changes) {
        if (wanted.isEmpty()) {
            return MATCH;
        }
        boolean any = false;
        for (ChangeLogSet<?> set : changes) {
            for (Object each : set) {
                Collection<String> paths;
                try {
                    paths = ((ChangeLogSet.Entry) each).getAffectedPaths();
                } catch (UnsupportedOperationException e) {
                    return UNKNOWN;
                }
                any |= !paths.isEmpty();
                if (paths.stream().anyMatch(wanted::match)) {
                    return MATCH;
                }
            }
        }
        return any ? NO_MATCH : UNKNOWN;
    }

    /** Whether one of two change logs contains a change that matters. */
    @NonNull
    public ChangedPaths or(@NonNull ChangedPaths other) {
        return this == MATCH || other == NO_MATCH ? this : other;
    }
}
