package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.scm.ChangeLogSet;
import java.io.File;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.tools.ant.types.selectors.SelectorUtils;
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

    private static final Pattern SEPARATORS = Pattern.compile("[,;\\n\\r]+");

    /** Syntax of other tools' patterns that Ant's do not have: braces, a backslash, and a negation. */
    private static final Pattern UNSUPPORTED = Pattern.compile("[{}\\\\]|(^|[,;\\n\\r])\\s*!");

    /** Whether these patterns contain only syntax that {@link #of} understands. Other patterns would never match. */
    public static boolean areSupported(@NonNull String patterns) {
        return !UNSUPPORTED.matcher(patterns).find();
    }

    /** @param patterns Ant-style patterns, separated by line breaks, commas or semicolons; null or blank if all changes matter */
    @NonNull
    public static ChangedPaths of(@Nullable String patterns, @NonNull Collection<? extends ChangeLogSet<?>> changes) {
        List<String> wanted = patterns(patterns);
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
                if (paths.stream().anyMatch(path -> matches(wanted, path))) {
                    return MATCH;
                }
            }
        }
        return any ? NO_MATCH : UNKNOWN;
    }

    private static List<String> patterns(@Nullable String patterns) {
        return SEPARATORS
                .splitAsStream(Util.fixNull(patterns))
                .map(String::trim)
                .filter(pattern -> !pattern.isEmpty())
                .flatMap(ChangedPaths::asPath)
                .toList();
    }

    private static Stream<String> asPath(String pattern) {
        String path = pattern.replaceFirst("^(\\./|/)+", "").replace('/', File.separatorChar);
        return Stream.of(path.endsWith(File.separator) ? path + "**" : path);
    }

    private static boolean matches(List<String> patterns, String path) {
        String local = GitPath.unquoted(path).replace('/', File.separatorChar);
        return patterns.stream().anyMatch(pattern -> SelectorUtils.matchPath(pattern, local));
    }
}
