package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import io.jenkins.plugins.gitpod.api.Project;
import java.io.File;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.tools.ant.types.selectors.SelectorUtils;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Ant-style patterns of paths. There are none if all changes matter. */
@Restricted(NoExternalUse.class)
public final class PathPatterns {

    /** Stands for the files that decide what a prebuild contains. A file of this name is written with {@code ./} before it. */
    public static final String ENVIRONMENT = "environment";

    private static final Pattern SEPARATORS = Pattern.compile("[,;\\n\\r]+");

    /** Syntax of other tools' patterns that Ant's do not have: braces, a backslash, and a negation. */
    private static final Pattern UNSUPPORTED = Pattern.compile("[{}\\\\]|(^|[,;\\n\\r])\\s*!");

    /** As people write them. May contain {@link #ENVIRONMENT}. */
    private final List<String> patterns;

    private final List<String> localPaths;

    private PathPatterns(List<String> patterns) {
        this.patterns = patterns;
        this.localPaths = patterns.stream().map(PathPatterns::localPath).toList();
    }

    /** @param text patterns, separated by line breaks, commas or semicolons; null or blank if all changes matter */
    @NonNull
    public static PathPatterns of(@Nullable String text) {
        return new PathPatterns(SEPARATORS
                .splitAsStream(Util.fixNull(text))
                .map(String::trim)
                .filter(pattern -> !pattern.isEmpty())
                .toList());
    }

    /** Whether these patterns contain only syntax that is understood here. Other patterns would never match. */
    public static boolean areSupported(@NonNull String text) {
        return !UNSUPPORTED.matcher(text).find();
    }

    /** Whether some of them depend on the project. */
    public boolean needProject() {
        return patterns.contains(ENVIRONMENT);
    }

    /** The patterns for a project, with its own files in place of {@link #ENVIRONMENT}. */
    @NonNull
    public PathPatterns of(@NonNull Project project) {
        return new PathPatterns(patterns.stream()
                .flatMap(pattern ->
                        pattern.equals(ENVIRONMENT) ? EnvironmentFiles.patterns(project.files()) : Stream.of(pattern))
                .distinct()
                .toList());
    }

    /** Whether all changes matter. */
    public boolean isEmpty() {
        return patterns.isEmpty();
    }

    /** Whether a path, as an SCM reports it, matches one of them. */
    boolean match(@NonNull String path) {
        String local = GitPath.unquoted(path).replace('/', File.separatorChar);
        return localPaths.stream().anyMatch(pattern -> SelectorUtils.matchPath(pattern, local));
    }

    private static String localPath(String pattern) {
        String path = pattern.replaceFirst("^(\\./|/)+", "").replace('/', File.separatorChar);
        return path.endsWith(File.separator) ? path + "**" : path;
    }

    @NonNull
    @Override
    public String toString() {
        return String.join(", ", patterns);
    }
}
